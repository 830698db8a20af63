"""The one door through which messages leave, as the delivery engine sees it. The chat layer implements it.

A send has three ends, and they are kept apart because only one of them may be tried again at will: it was refused for a
reason we know (``Refused``), it certainly never left (``NotSent``), or we can't tell (``Unknown``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from bot.rendering.content import Content


@dataclass(frozen=True)
class Target:
    """Where a message goes. ``account`` is the bot's own account that has to carry it."""

    account: str
    kind: Literal["group", "private"]
    id: str
    platform: str = "onebot11"


class Refusal(StrEnum):
    REMOVED = "removed"  # the account is no longer in the group, or no friend: never retried, target paused
    MUTED = "muted"  # retried only after the unmute
    INVALID = "invalid"  # the platform won't take this message: a person has to look
    UNREADABLE = "unreadable"  # this version of the program can't read it: it never left


class Refused(Exception):
    def __init__(self, kind: Refusal, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


class NotSent(Exception):
    """Nothing left this machine (no connection). It may be tried again without risk."""


class Unknown(Exception):
    """It may or may not have arrived: no answer, an ambiguous error, a dropped socket."""


@dataclass(frozen=True)
class Found:
    """The message is in the history under this platform message id."""

    message_id: str


@dataclass(frozen=True)
class Absent:
    """The history was read back to before the send, and the message isn't in it."""


@dataclass(frozen=True)
class NoHistory:
    """The history can't answer: empty, failing, or it doesn't reach back far enough."""


class Transport(Protocol):
    def online_accounts(self) -> frozenset[str]:
        """The accounts whose connection this process holds and that the platform calls online."""
        ...

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        """Send now; the platform's message id. Raises ``Refused``, ``NotSent`` or ``Unknown`` within ``timeout`` s."""
        ...

    async def find(self, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
        """Look in the history for an own message that bears ``reference``, sent after ``since``. Never raises."""
        ...

    async def may_write(self, target: Target) -> bool:
        """Whether the platform says that the account may write there: it is in the group and not muted, or a friend.
        False also where it doesn't say. Never raises."""
        ...

    async def recall(self, target: Target, message_id: str) -> bool:
        """Take a message back; False where the platform can't or won't."""
        ...

    async def pin(self, target: Target, message_id: str, how: str, text: str) -> bool:
        """Keep a message of ours in sight in its group: among the highlights (``essence``), or its ``text`` on the
        group's board (``board``). False where the platform can't or won't."""
        ...
