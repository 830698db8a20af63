"""What a handler gets and what it may give back. Free of NoneBot, so that handlers are tested as plain functions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.branch.actor import Actor
from bot.rendering.content import Content

if TYPE_CHECKING:
    from bot.app import App


@dataclass(frozen=True)
class IncomingFile:
    """A file or picture that came with the message. Fetch its bytes with ``call.download``."""

    name: str
    file_id: str
    url: str = ""
    size: int = 0


@dataclass(frozen=True)
class Incoming:
    """One message as it came, without platform words. ``text`` is normalised, ``raw`` is as typed, the command word and
    mentions of the bot included. ``reply_to`` is the platform message id of the message that it answers. ``said_at``:
    when it was said, where nobody listened then and it is read in the history now."""

    message_id: str
    text: str
    raw: str
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    files: tuple[IncomingFile, ...] = ()
    pictures: tuple[IncomingFile, ...] = ()
    forward_id: str | None = None
    emoji_id: str | None = None
    said_at: datetime | None = None


@dataclass(frozen=True)
class Say:
    """Answer where it was asked; ``privately`` sends it to the asker's private chat instead, with ``here`` (a line
    without names) said in the group."""

    content: Content
    privately: bool = False
    here: str = ""


@dataclass(frozen=True)
class Acknowledge:
    """Quiet acknowledgement, in a group, of an act that is on disk: an emoji on the message, or where there are no
    reactions one collected line ``✅ 张三、李四等 5 人已完成,23/27``; without ``progress`` the emoji or nothing. What
    only the person need know (``besides``) they read in private, if they can be written to."""

    item: str  # what acknowledgements are collected by, e.g. "study:7"
    name: str  # the person, for the collected line
    progress: Callable[[], Awaitable[str]] | None  # the count when the line is said, e.g. "23/27"
    done: str = "已完成"  # what they have done, in the collected line
    besides: str = ""


@dataclass(frozen=True)
class Ask:
    """Say ``content`` and wait for this person's next message here (2 minutes, or ``minutes``). ``choices`` limits what
    counts as an answer ("确认", "取消", numbers …); without it any text does. The answer goes to the handler
    ``then`` (``CommandSet.answer``), which finds ``payload`` (JSON) in ``call.payload``. Survives a restart. With
    ``privately`` it is asked in the person's private chat, and ``here`` (a line without names) is said in the group.
    What many in a group are asked at the same time, a number, is ``alike``: it is put once, and whoever is asked the
    same while it stands there gets a line together with the others."""

    content: Content
    then: str
    payload: dict[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ("确认", "取消")
    minutes: float = 2.0
    privately: bool = False
    here: str = ""
    alike: bool = False


Reply = Say | Acknowledge | Ask | str | None
"""A plain str is said where it was asked. None is silence."""


@dataclass
class Call:
    """One command on its way to its handler. ``args`` is what follows the command word (as typed, trimmed)."""

    app: "App"
    actor: Actor
    message: Incoming
    word: str = ""
    args: str = ""
    payload: dict[str, object] = field(default_factory=dict)

    async def download(self, file: IncomingFile, limit: int = 50 * 1024 * 1024) -> bytes:
        """The bytes of a file that came with the message. Raises ``UserError`` if it is too large or gone."""
        return await self.app.chat.download(self.actor, file, limit)

    async def answered(self) -> Incoming | None:
        """The message that this one replies to; None if it replies to none. Raises ``UserError`` if it is gone."""
        reply_to = self.message.reply_to
        return None if reply_to is None else await self.app.chat.message(self.actor, reply_to)

    async def answered_text(self) -> str:
        """The words of the message that this one replies to, of a merged forward all of them; empty if there is none.

        Raises ``UserError`` if it can't be had.
        """
        message = await self.answered()
        if message is None:
            return ""
        if message.forward_id is not None:
            return "\n".join(await self.app.chat.forwarded(self.actor, message.forward_id))
        return message.raw.strip()
