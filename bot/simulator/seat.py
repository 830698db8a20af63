"""The simulated world from another chair: one more of its people has a client of their own."""

from collections.abc import Callable
from typing import Any

from bot.simulator import happenings as h
from bot.simulator.cq import Segment
from bot.simulator.entities import Message
from bot.simulator.errors import refused
from bot.simulator.world import Listener, World


class Seat(World):
    """The same world, with ``self_id`` another of its people. Of private chats there is only the one with the first
    account: others are none of its business."""

    def __init__(self, first: World, user_id: int) -> None:
        self.first = first
        self.self_id = user_id

    def __getattr__(self, name: str) -> Any:
        """Everything that isn't its own is the first world's."""
        return getattr(self.first, name)

    def listen(self, listener: Listener) -> Callable[[], None]:
        return self.first.listen(lambda happening: listener(happening) if self._concerns(happening) else None)

    def tell(self, happening: h.Happening) -> None:
        if not isinstance(happening, h.OnlineChanged):
            self.first.tell(happening)

    def partner(self, message: Message) -> int | None:
        return self.first.self_id if message.peer_id is not None else None

    def check_may_speak(self, chat: str, user_id: int) -> None:
        if chat.startswith("private:") and self._there(chat) != f"private:{self.self_id}":
            raise refused("只能和机器人私聊")
        super().check_may_speak(chat, user_id)

    def say(self, chat: str, user_id: int, segments: list[Segment], *, reported: bool = True) -> Message:
        return super().say(self._there(chat), user_id, segments, reported=reported)

    def in_chat(self, chat: str) -> list[Message]:
        return super().in_chat(self._there(chat))

    def message(self, message_id: int) -> Message:
        found = super().message(message_id)
        if not self._sees(found):
            raise refused("消息不存在或已被撤回")
        return found

    def _there(self, chat: str) -> str:
        """How the first world names a chat."""
        return f"private:{self.self_id}" if chat == f"private:{self.first.self_id}" else chat

    def _sees(self, message: Message) -> bool:
        return message.peer_id in (None, self.self_id)

    def _concerns(self, happening: h.Happening) -> bool:
        match happening:
            case h.Said(message) | h.Recalled(message) | h.Reacted(message) | h.EssenceSet(message):
                return self._sees(message)
            case h.OnlineChanged() | h.Befriended():
                return False
            case h.Requested():
                return happening.group_id is not None and happening.sub_type == "add"
        return True
