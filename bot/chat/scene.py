"""One message for the bot, routed: what arrived, where, from whom, and which handler takes it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.chat.call import Incoming
from bot.chat.commands import Command, Handler


@dataclass(frozen=True)
class Scene:
    """Where it was said and by whom, as the platform has it. ``group_id`` is None in a private chat."""

    platform: str
    account: str
    user_id: str
    display_name: str
    group_id: str | None

    @property
    def key(self) -> str:
        return f"group:{self.group_id}" if self.group_id is not None else "private"


@dataclass(frozen=True)
class Asked:
    """An open question: which handler takes the answer (``plugin.name``), what it may be (empty: anything), until when.
    Two that are asked one after the other are never equal."""

    then: str
    choices: tuple[str, ...]
    expires_at: datetime

    @property
    def wants_number(self) -> bool:
        return any(choice.isdecimal() for choice in self.choices)


@dataclass(frozen=True)
class Routed:
    """A message on its way to the one matcher of ``plugin``. ``command`` is None for signals, and where it
    ``answers`` what was open when it arrived."""

    plugin: str
    handler: Handler
    scene: Scene
    message: Incoming
    command: Command | None = None
    word: str = ""
    args: str = ""
    payload: dict[str, object] = field(default_factory=dict)
    answers: Asked | None = None
