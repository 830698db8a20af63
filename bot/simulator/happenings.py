"""What can happen in the simulated world, as values. The wire and the browser each tell it in their own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.simulator.entities import Message


@dataclass(frozen=True)
class Said:
    """A message was delivered. ``reported`` is False where the platform fails to tell the sender's own client."""

    message: Message
    reported: bool = True


@dataclass(frozen=True)
class Recalled:
    message: Message
    operator_id: int


@dataclass(frozen=True)
class Reacted:
    message: Message
    user_id: int
    emoji_id: str
    is_add: bool


@dataclass(frozen=True)
class EssenceSet:
    message: Message
    operator_id: int
    is_add: bool


@dataclass(frozen=True)
class Joined:
    group_id: int
    user_id: int
    operator_id: int
    sub_type: Literal["approve", "invite"]


@dataclass(frozen=True)
class Left:
    group_id: int
    user_id: int
    operator_id: int
    sub_type: Literal["leave", "kick"]


@dataclass(frozen=True)
class Banned:
    """``user_id`` 0 is the whole group; ``duration`` in seconds, 0 lifts the ban, -1 has no end."""

    group_id: int
    user_id: int
    operator_id: int
    duration: int


@dataclass(frozen=True)
class CardChanged:
    group_id: int
    user_id: int
    old: str
    new: str


@dataclass(frozen=True)
class AdminChanged:
    group_id: int
    user_id: int
    is_admin: bool


@dataclass(frozen=True)
class TitleChanged:
    group_id: int
    user_id: int
    title: str


@dataclass(frozen=True)
class Renamed:
    group_id: int
    operator_id: int
    name: str


@dataclass(frozen=True)
class Uploaded:
    group_id: int
    user_id: int
    file_id: str
    name: str
    size: int


@dataclass(frozen=True)
class Poked:
    user_id: int
    target_id: int
    group_id: int | None = None


@dataclass(frozen=True)
class Announced:
    """A group notice was put up or taken down. OneBot has no event for it."""

    group_id: int
    notice: dict[str, Any]
    is_add: bool = True


@dataclass(frozen=True)
class Befriended:
    user_id: int


@dataclass(frozen=True)
class Requested:
    """Somebody asks to be a friend (``group_id`` None), to join a group (add), or invites the bot (invite)."""

    flag: str
    user_id: int
    comment: str
    group_id: int | None = None
    sub_type: Literal["add", "invite"] = "add"


@dataclass(frozen=True)
class OnlineChanged:
    online: bool
    reason: str = ""


@dataclass(frozen=True)
class Reset:
    """Everything is as at the beginning."""


Happening = (
    Said
    | Recalled
    | Reacted
    | EssenceSet
    | Joined
    | Left
    | Banned
    | CardChanged
    | AdminChanged
    | TitleChanged
    | Renamed
    | Uploaded
    | Poked
    | Announced
    | Befriended
    | Requested
    | OnlineChanged
    | Reset
)
