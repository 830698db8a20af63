"""The one NoneBot event that reaches matchers: a message that is for the bot, already routed."""

from typing import TYPE_CHECKING, Any

from nonebot.adapters import Event, Message
from nonebot.exception import NoLogException

from bot.chat.scene import Routed

if TYPE_CHECKING:
    from bot.chat.desk import Desk


class RoutedEvent(Event):
    """Its type is ``xueban.<plugin>``, so that exactly one matcher takes it. Its log line carries no message body."""

    routed: Any
    desk: Any

    @classmethod
    def wrap(cls, routed: Routed, desk: "Desk") -> "RoutedEvent":
        return cls.model_construct(routed=routed, desk=desk)

    def __repr__(self) -> str:
        return f"RoutedEvent({self.get_event_name()})"  # NoneBot asks for it with each message, for a log that is off

    def get_type(self) -> str:
        return f"xueban.{self.routed.plugin}"

    def get_event_name(self) -> str:
        command = self.routed.command
        return command.key if command is not None else f"{self.routed.plugin}.answer"

    def get_event_description(self) -> str:
        return self.get_event_name()

    def get_log_string(self) -> str:
        raise NoLogException("OneBot V11")

    def get_user_id(self) -> str:
        return str(self.routed.scene.user_id)

    def get_session_id(self) -> str:
        return f"{self.routed.scene.key}:{self.routed.scene.user_id}"

    def get_message(self) -> Message[Any]:
        raise ValueError("a routed event carries no platform message")

    def is_tome(self) -> bool:
        return True
