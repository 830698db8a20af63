"""Who and what there is in the simulated world, as plain data."""

from dataclasses import dataclass, field
from typing import Any

from bot.simulator.cq import Segment


@dataclass
class Person:
    user_id: int
    name: str
    sex: str = "unknown"
    age: int = 0
    friend: bool = True
    is_robot: bool = False
    avatar: str = ""
    post: str = ""
    """What the person is in the story, for the page only; the bot never gets to see it."""


@dataclass
class Member:
    user_id: int
    role: str = "member"
    card: str = ""
    title: str = ""
    joined_at: int = 0
    last_sent_at: int = 0
    muted_until: int = 0
    """POSIX seconds; 0 if not muted."""


@dataclass
class Group:
    group_id: int
    name: str
    members: dict[int, Member] = field(default_factory=dict)
    whole_ban: bool = False
    max_members: int = 200
    notices: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    folders: list[dict[str, Any]] = field(default_factory=list)
    """Of the files: those with ``folder_id`` None lie outside of any folder."""
    at_all_left: int = 20


@dataclass
class Message:
    """One message in one chat. ``chat`` is ``group:ID`` or ``private:ID of the other person``; ``time`` is POSIX."""

    message_id: int
    chat: str
    user_id: int
    time: int
    seq: int
    segments: list[Segment]
    recalled: bool = False
    essence: dict[str, Any] | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict)

    @property
    def group_id(self) -> int | None:
        kind, _, number = self.chat.partition(":")
        return int(number) if kind == "group" else None

    @property
    def peer_id(self) -> int | None:
        """The other person of a private chat."""
        kind, _, number = self.chat.partition(":")
        return int(number) if kind == "private" else None

    @property
    def text(self) -> str:
        return "".join(str(s["data"].get("text", "")) for s in self.segments if s["type"] == "text")
