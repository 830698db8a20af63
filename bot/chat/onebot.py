"""OneBot v11 beyond sending: reactions, files, rosters, and what the platform tells us about accounts and messages."""

import base64
import binascii
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from nonebot.adapters.onebot.v11.exception import ActionFailed, ApiNotAvailable, NetworkError

from bot.chat.adapter import XuebanAdapter
from bot.chat.call import Incoming, IncomingFile
from bot.chat.onebot_message import read_segments
from bot.chat.onebot_transport import OneBotTransport
from bot.chat.scene import Routed, Scene
from bot.chat.screen import PLATFORM, incoming
from bot.chat.table import CommandTable
from bot.core.db import Database
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.delivery.models import HoldKind
from bot.delivery.transport import Target
from bot.delivery.worker import Worker
from bot.discussion.listening import Listening
from bot.sources.fetcher import Fetcher

log = logging.getLogger("xueban.onebot")

_API_ERRORS = (ActionFailed, ApiNotAvailable, NetworkError)
_NO_REACTIONS_FOR = 600.0
"""Seconds after which an account that had no reactions is asked again."""


class OneBot:
    """The platform as the desk and the adapter need it."""

    def __init__(
        self,
        adapter: XuebanAdapter,
        transport: OneBotTransport,
        fetcher: Fetcher,
        database: Database,
        table: CommandTable,
        listening: Listening,
    ) -> None:
        self._adapter = adapter
        self._transport = transport
        self._fetcher = fetcher
        self._database = database
        self._table = table
        self._listening = listening
        self._without_reactions: dict[str, float] = {}
        self.worker: Worker
        self.on_connected: Callable[[str], None] = lambda account: None
        """Called with each account that is here: connected, and logged in."""
        self.on_disconnected: Callable[[str], None] = lambda account: None
        """Called with each that is no longer."""

    async def _call(self, account: str, action: str, **params: Any) -> Any:
        bot = self._adapter.bots.get(account)
        if bot is None:
            raise NetworkError(f"account {account} is not connected")
        return await bot.call_api(action, **params)

    # -- what the desk needs

    async def react(self, scene: Scene, message_id: str, emoji_id: str) -> bool:
        if self._without_reactions.get(scene.account, 0) > monotonic():
            return False
        try:
            await self._call(
                scene.account, "set_msg_emoji_like", message_id=_number(message_id), emoji_id=emoji_id, _timeout=10.0
            )
        except _API_ERRORS:
            self._without_reactions[scene.account] = monotonic() + _NO_REACTIONS_FOR
            return False
        return True

    async def download(self, account: str, group_id: str | None, file: IncomingFile, limit: int) -> bytes:
        """Raises ``UserError``. Chat files come from the platform's own servers, so private addresses are allowed."""
        if file.size > limit:
            raise UserError(f"文件有 {file.size // 2**20} MB,超过了 {limit // 2**20} MB,请压缩或拆分后再发。")
        url = file.url
        if not url.startswith("http"):
            try:
                answer = await self._call(account, "get_file", file_id=file.file_id)
            except _API_ERRORS as error:
                raise UserError("这个文件取不到(可能已过期),请重新发一次。") from error
            if encoded := answer.get("base64"):
                try:
                    data = base64.b64decode(encoded)
                except binascii.Error as error:
                    raise UserError("这个文件取不到(可能已过期),请重新发一次。") from error
                if len(data) > limit:
                    raise UserError(f"文件超过了 {limit // 2**20} MB,请压缩或拆分后再发。")
                return data
            url = str(answer.get("url") or "")
        if not url.startswith("http"):
            raise UserError("这个文件取不到(可能已过期),请重新发一次。")
        return await self._fetcher.download(url, limit, timeout=60.0, trusted=True)

    async def message(self, account: str, message_id: str) -> Incoming:
        """Raises ``UserError``."""
        try:
            frame = await self._call(account, "get_msg", message_id=_number(message_id))
            body = frame["message"]
            body = read_segments(body) if isinstance(body, str) else body
            segments = [segment for segment in body if isinstance(segment, dict)]
            return incoming(frame, segments, account, "")
        except (*_API_ERRORS, KeyError, TypeError, AttributeError) as error:
            raise UserError("看不到您回复的那条消息,请把文件或文字再发一次。") from error

    async def forwarded(self, account: str, forward_id: str) -> list[str]:
        """The texts in a merged forward, in order. Raises ``UserError``."""
        try:
            found = await self._call(account, "get_forward_msg", message_id=forward_id)
            bodies = [(node, node.get("message") or node.get("content") or []) for node in found["messages"]]
            texts = [incoming(node, body, account, "").raw for node, body in bodies]
        except (*_API_ERRORS, KeyError, TypeError, AttributeError) as error:
            raise UserError("打不开这条转发,请把文字直接发给我。") from error
        return [text.strip() for text in texts if text.strip()]

    async def group_members(self, account: str, group_id: str) -> list[tuple[str, str, str, bool]]:
        try:
            rows = await self._call(account, "get_group_member_list", group_id=int(group_id))
        except _API_ERRORS as error:
            raise UserError("暂时读不到群成员,请稍后再试,或发送名册表格。") from error
        return [
            (str(row["user_id"]), str(row.get("card") or ""), str(row.get("nickname") or ""), bool(row.get("is_robot")))
            for row in rows
            if str(row["user_id"]) != account
        ]

    # -- what the adapter tells

    def connected(self, account: str) -> None:
        self._transport.set_online(account, True)
        self._arrived(account)

    def disconnected(self, account: str) -> None:
        self.on_disconnected(account)
        self._transport.connection_lost(account)
        self.worker.disconnected(account)

    def online(self, account: str, online: bool) -> None:
        if self._transport.set_online(account, online):
            if online:
                self._arrived(account)
            else:
                self.on_disconnected(account)

    def _arrived(self, account: str) -> None:
        self.worker.connected(account)
        self.on_connected(account)

    async def own_message(self, account: str, frame: dict[str, Any]) -> None:
        target = _target(account, frame)
        text = "".join(
            str(segment.get("data", {}).get("text", ""))
            for segment in frame.get("message") or []
            if isinstance(segment, dict) and segment.get("type") == "text"
        )
        await self.worker.echo(PLATFORM, account, str(frame.get("message_id")), text, target)

    async def notice(self, account: str, frame: dict[str, Any]) -> Routed | None:
        handle = _NOTICES.get(str(frame.get("notice_type")))
        return await handle(self, account, frame) if handle is not None else None

    async def _reaction(self, account: str, frame: dict[str, Any]) -> Routed | None:
        if str(frame.get("user_id")) == account:
            return None
        message_id = str(frame.get("message_id"))
        async with self._database.reading() as uow:
            origin = await outbox.origin_of(uow, PLATFORM, str(frame.get("group_id")), message_id)
        taken_away = frame.get("is_add") is False
        if origin is None and self._listening.windows(PLATFORM, str(frame.get("group_id"))):
            return self._signal("discussion", "unliked" if taken_away else "liked", account, frame, message_id)
        if origin is None:
            return None
        likes = frame.get("likes") or [{}]
        emoji_id = str(likes[0].get("emoji_id", ""))
        name = "unreaction" if taken_away else "reaction"
        return self._signal(origin.partition(".")[0], name, account, frame, message_id, emoji_id)

    async def _recalled(self, account: str, frame: dict[str, Any]) -> Routed | None:
        return self._signal("discussion", "recalled", account, frame, str(frame.get("message_id")))

    async def _joined(self, account: str, frame: dict[str, Any]) -> Routed | None:
        if str(frame.get("user_id")) == account:
            await self.worker.may_write(_target(account, frame), HoldKind.REMOVED)
            return None
        return self._signal("branch", "joined", account, frame)

    async def _left(self, account: str, frame: dict[str, Any]) -> Routed | None:
        if str(frame.get("user_id")) == account:
            return None
        return self._signal("branch", "left", account, frame)

    async def _ban(self, account: str, frame: dict[str, Any]) -> Routed | None:
        if frame.get("sub_type") == "lift_ban" and str(frame.get("user_id")) in (account, "0"):
            await self.worker.may_write(_target(account, frame), HoldKind.MUTED)
        return None

    async def _befriended(self, account: str, frame: dict[str, Any]) -> Routed | None:
        await self.worker.may_write(Target(account, "private", str(frame.get("user_id"))), HoldKind.REMOVED)
        return None

    async def _offline(self, account: str, frame: dict[str, Any]) -> Routed | None:
        self.online(account, False)
        return None

    def _signal(
        self,
        plugin: str,
        name: str,
        account: str,
        frame: dict[str, Any],
        message_id: str = "",
        emoji_id: str | None = None,
    ) -> Routed | None:
        handler = self._table.signals.get((plugin, name))
        scene = Scene(PLATFORM, account, str(frame.get("user_id")), "", str(frame.get("group_id")))
        if handler is None or not (scene.user_id.isdecimal() and str(scene.group_id).isdecimal()):
            return None
        message = Incoming(message_id, "", "", reply_to=message_id or None, emoji_id=emoji_id)
        return Routed(plugin, handler, scene, message)


_NOTICES: dict[str, Callable[[OneBot, str, dict[str, Any]], Awaitable[Routed | None]]] = {
    "group_msg_emoji_like": OneBot._reaction,
    "group_recall": OneBot._recalled,
    "group_increase": OneBot._joined,
    "group_decrease": OneBot._left,
    "group_ban": OneBot._ban,
    "friend_add": OneBot._befriended,
    "bot_offline": OneBot._offline,
}


def _target(account: str, frame: dict[str, Any]) -> Target:
    if frame.get("message_type") == "private":
        return Target(account, "private", str(frame.get("target_id") or frame.get("user_id")))
    return Target(account, "group", str(frame.get("group_id")))


def _number(message_id: str) -> int | str:
    return int(message_id) if message_id.lstrip("-").isdecimal() else message_id
