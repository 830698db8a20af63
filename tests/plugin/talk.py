"""A chat in memory around the real table, screen and desk: what people send goes in as frames, what they get comes out.

No NoneBot and no wire: a handler is tried with everything between it and the platform.
"""

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from bot.app import App
from bot.branch import counting
from bot.branch.models import Leave
from bot.chat import hints
from bot.chat.call import Incoming, IncomingFile
from bot.chat.commands import CommandSet
from bot.chat.scene import Routed, Scene
from bot.chat.screen import PLATFORM, Screen, incoming
from bot.chat.table import TABLE
from bot.core.errors import UserError
from bot.delivery.models import OutboxRow
from bot.delivery.transport import Absent, Refused, Target
from bot.rendering.content import Content

ACCOUNT = "1"
GROUP = 9


@dataclass
class Telephone:
    """The platform: ``cards`` are (user id, card, nickname, robot) by group, ``files`` the bytes by file id."""

    said: list[tuple[str, str]] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    cards: dict[str, list[tuple[str, str, str, bool]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    forwards: dict[str, list[str]] = field(default_factory=dict)
    pinned: list[tuple[str, str, str]] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    allows: bool = False
    reacted: list[str] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def online_accounts(self) -> frozenset[str]:
        return frozenset({ACCOUNT})

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        if target.id in self.unreachable:
            from bot.delivery.transport import Refusal

            raise Refused(Refusal.REMOVED, "no friend")
        self.said.append((f"{target.kind} {target.id}", content.plain))
        self.contents.append(content)
        return str(next(self._ids))

    async def find(self, target: Target, reference: str, since: datetime) -> Absent:
        return Absent()

    async def may_write(self, target: Target) -> bool:
        return True

    async def recall(self, target: Target, message_id: str) -> bool:
        self.recalled += [message_id] if self.allows else []
        return self.allows

    async def pin(self, target: Target, message_id: str, how: str, text: str) -> bool:
        self.pinned.append((message_id, how, text))
        return self.allows

    async def react(self, scene: Scene, message_id: str, emoji_id: str) -> bool:
        self.reacted.append(message_id)
        return True

    async def download(self, account: str, group_id: str | None, file: IncomingFile, limit: int) -> bytes:
        if file.size > limit:
            raise UserError(f"文件有 {file.size // 2**20} MB,超过了 {limit // 2**20} MB,请压缩或拆分后再发。")
        data = self.files[file.file_id]
        if len(data) > limit:
            raise UserError(f"文件超过了 {limit // 2**20} MB,请压缩或拆分后再发。")
        return data

    async def message(self, account: str, message_id: str) -> Incoming:
        if message_id not in self.messages:
            raise UserError("看不到您回复的那条消息,请把文件或文字再发一次。")
        segments = self.messages[message_id]
        return incoming({"message_id": message_id}, segments, account, "")

    async def forwarded(self, account: str, forward_id: str) -> list[str]:
        return self.forwards[forward_id]

    async def group_members(self, account: str, group_id: str) -> list[tuple[str, str, str, bool]]:
        return self.cards.get(group_id, [])


class Talk:
    """Say something as somebody; what the bot answers comes back as ``[(where, text)]`` or as plain texts."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.telephone = Telephone()
        app.connect(self.telephone, self.telephone)
        self._screen = Screen(TABLE, app.conversations, hints.unknown, app.listening)
        self._message_ids = itertools.count(100)

    async def _said(self, routed: Routed | None) -> list[tuple[str, str]]:
        before = len(self.telephone.said)
        if routed is not None:
            await self.app.chat.run(routed)
        return self.telephone.said[before:]

    async def hear(
        self,
        user: int,
        *segments: str | dict[str, Any],
        group: int | None = GROUP,
        card: str = "",
        message_id: int | None = None,
    ) -> list[tuple[str, str]]:
        """What the bot sends, and where, when ``user`` sends this (``group`` None: in private)."""
        message_id = next(self._message_ids) if message_id is None else message_id
        sent = [{"type": "text", "data": {"text": s}} if isinstance(s, str) else s for s in segments]
        self.telephone.messages[str(message_id)] = sent
        frame = {
            "post_type": "message",
            "message_type": "private" if group is None else "group",
            "self_id": int(ACCOUNT),
            "user_id": user,
            "group_id": group,
            "message_id": message_id,
            "sender": {"nickname": f"用户{user}", "card": card},
            "message": sent,
        }
        return await self._said(self._screen.message(frame))

    async def say(
        self,
        user: int,
        *segments: str | dict[str, Any],
        group: int | None = GROUP,
        card: str = "",
        message_id: int | None = None,
    ) -> str:
        """The texts of the bot's answers in one; empty for silence."""
        heard = await self.hear(user, *segments, group=group, card=card, message_id=message_id)
        return "\n".join(text for _, text in heard)

    @property
    def last_id(self) -> str:
        """The id of the last message that was sent to the bot."""
        return list(self.telephone.messages)[-1]

    async def whisper(self, user: int, *segments: str | dict[str, Any]) -> str:
        return await self.say(user, *segments, group=None)

    async def signal(self, commands: CommandSet, name: str, user: int, group: int = GROUP) -> str:
        """Something happens to ``user`` in the group (``joined``, ``left``); what the bot says about it at once."""
        from bot.chat.call import Incoming

        scene = Scene(PLATFORM, ACCOUNT, str(user), "", str(group))
        routed = Routed(commands.plugin, commands.signals[name], scene, Incoming("", "", ""))
        return "\n".join(text for _, text in await self._said(routed))

    async def notice(self, name: str, user: int, message_id: str, group: int = GROUP) -> None:
        """Something happens to a message of people's own (``recalled``, ``liked``), as discussions hear it."""
        scene = Scene(PLATFORM, ACCOUNT, str(user), "", str(group))
        incoming = Incoming(message_id, "", "", reply_to=message_id)
        await self._said(Routed("discussion", TABLE.signals["discussion", name], scene, incoming))

    async def react(
        self,
        commands: CommandSet,
        user: int,
        message_id: str,
        group: int = GROUP,
        emoji: str = "76",
        *,
        off: bool = False,
    ) -> None:
        """An emoji of ``user`` on a message of ours (or ``off`` it), as it is routed to the plugin that the message
        belongs to."""
        scene = Scene(PLATFORM, ACCOUNT, str(user), "", str(group))
        incoming = Incoming("", "", "", reply_to=message_id, emoji_id=emoji)
        signal = commands.signals["unreaction" if off else "reaction"]
        await self._said(Routed(commands.plugin, signal, scene, incoming))

    def file(self, name: str, data: bytes) -> dict[str, Any]:
        """A file segment whose bytes can be fetched."""
        self.telephone.files[name] = data
        return {"type": "file", "data": {"file": name, "file_id": name, "file_size": str(len(data))}}

    async def enqueued(self) -> list[tuple[str, str]]:
        """What waits in the outbox, and for whom, without the reference at the end."""
        async with self.app.database.reading() as uow:
            rows = (await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
        texts = [Content.model_validate_json(row.content).plain.partition("〔")[0].strip() for row in rows]
        return [(f"{row.target_kind} {row.target_id}", text) for row, text in zip(rows, texts, strict=True)]


async def exempt(talk: Talk, member_id: int, since: date = date(2020, 7, 1)) -> None:
    """Somebody needn't study, since before the bot came."""
    async with talk.app.database.unit_of_work() as uow:
        days = {"first_day": since, "last_day": date.max, "exempt": True}
        uow.session.add(Leave(member_id=member_id, reason="年老体弱", created_at=uow.now, **days))
        await counting.changed(uow, [member_id], since)


def reply(message_id: str | int) -> dict[str, Any]:
    return {"type": "reply", "data": {"id": str(message_id)}}


def at(user: int) -> dict[str, Any]:
    return {"type": "at", "data": {"qq": str(user)}}
