"""The delivery engine's door to OneBot v11: sends through the bots that NoneBot holds, and tells the three ends apart.

The exceptions of NoneBot can't tell "never sent" from "no answer", so the connection is looked at first: without one
nothing has left (``NotSent``); after the write only a clear refusal is one, everything else is ``Unknown``.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, cast

from nonebot.adapters.onebot.v11 import Message
from nonebot.adapters.onebot.v11.exception import ActionFailed, ApiNotAvailable, NetworkError

from bot.chat import onebot_history, onebot_standing
from bot.chat.onebot_errors import classify
from bot.chat.onebot_message import Composer, Draw, MediaStore, nodes
from bot.delivery.transport import Absent, Found, NoHistory, NotSent, Refusal, Refused, Target, Unknown
from bot.rendering.content import Attachment, Card, Content, Forward, MentionAll, Picture

log = logging.getLogger("xueban.onebot")

_UPLOAD_RATE = 256 * 1024
"""Bytes a second that implementations reckon with when they upload a picture or file; 10 s come on top."""

_NO_IDS = ("", "0", "-1")
"""What stands for a message's number where there is none."""


class _Bot(Protocol):
    async def call_api(self, api: str, **data: Any) -> Any: ...


class Connections(Protocol):
    """The adapter: which accounts have a bot, and which have a live connection."""

    @property
    def bots(self) -> Mapping[str, Any]: ...

    @property
    def connections(self) -> Mapping[str, Any]: ...


class OneBotTransport:
    """See ``bot.delivery.transport.Transport``. ``draw`` makes cards into PNG bytes."""

    def __init__(self, adapter: Connections, media: MediaStore, draw: Draw) -> None:
        self._adapter = adapter
        self._composer = Composer(media, draw)
        self._offline: set[str] = set()
        self._calls: defaultdict[str, set[asyncio.Task[Any]]] = defaultdict(set)

    # -- which accounts are there

    def online_accounts(self) -> frozenset[str]:
        return frozenset(self._adapter.connections.keys() & self._adapter.bots.keys()) - self._offline

    def set_online(self, account: str, online: bool) -> bool:
        """What the platform says of an account that is connected (heartbeat, bot_offline); True if that is new."""
        if online == (account not in self._offline):
            return False
        self._offline.symmetric_difference_update({account})
        return True

    def connection_lost(self, account: str) -> None:
        """The socket is gone: end every call under way there, for its answer can't come any more."""
        for call in tuple(self._calls[account]):
            call.cancel()

    # -- sending

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        if target.account not in self.online_accounts():
            raise NotSent("账号不在线")
        match content.parts:
            case (Forward() as forward,):
                return await self._send_forward(target, forward, timeout)
            case (Attachment() as file,):
                return await self._send_file(target, file, timeout)
        try:
            return await self._send_inline(target, content, timeout)
        except Refused as refused:
            pictures = any(isinstance(part, Picture | Card) for part in content.parts)
            if refused.kind is not Refusal.INVALID or not pictures:
                raise
            log.warning("picture refused (%s); its words are sent instead", refused)
            return await self._send_inline(target, content, timeout, pictures=False)

    async def _send_inline(self, target: Target, content: Content, timeout: float, *, pictures: bool = True) -> str:
        everyone = any(isinstance(part, MentionAll) for part in content.parts)
        may_mention_all = everyone and target.kind == "group" and await self._may_mention_all(target)
        message = await self._composer.message(
            content, group=target.kind == "group", may_mention_all=may_mention_all, pictures=pictures
        )
        answer = await self._act(target, "send_group_msg", "send_private_msg", timeout, message=message)
        return _message_id(answer)

    async def _send_forward(self, target: Target, forward: Forward, timeout: float) -> str:
        try:
            pages = nodes(forward, target.account)
            answer = await self._act(
                target, "send_group_forward_msg", "send_private_forward_msg", timeout, messages=pages
            )
        except Refused as refused:
            if refused.kind is not Refusal.INVALID:
                raise
            log.warning("merged forward refused (%s); sent as plain text", refused)
            return await self._send_inline(target, Content(parts=(forward,)), timeout)
        return _message_id(answer)

    async def _send_file(self, target: Target, file: Attachment, timeout: float) -> str:
        encoded = await self._composer.file(file.sha256)
        if encoded is None:
            raise Refused(Refusal.INVALID, f"文件「{file.name}」已不在")
        answer = await self._act(
            target, "upload_group_file", "upload_private_file", timeout, file=encoded, name=file.name
        )
        found = answer.get("message_id") or answer.get("file_id") if isinstance(answer, dict) else None
        return str(found or f"file:{file.sha256[:16]}")

    async def _may_mention_all(self, target: Target) -> bool:
        try:
            answer = await self._call(target.account, "get_group_at_all_remain", 10.0, group_id=int(target.id))
        except (Unknown, Refused, NotSent):
            return False
        remain = answer if isinstance(answer, dict) else {}
        left = (remain.get("remain_at_all_count_for_group"), remain.get("remain_at_all_count_for_uin", 1))
        return bool(remain.get("can_at_all")) and all(str(one).isdecimal() and int(str(one)) > 0 for one in left)

    async def _act(self, target: Target, in_group: str, in_private: str, timeout: float, **params: Any) -> Any:
        timeout += _extra_time(params)
        if target.kind == "group":
            return await self._call(target.account, in_group, timeout, group_id=int(target.id), **params)
        return await self._call(target.account, in_private, timeout, user_id=int(target.id), **params)

    async def _call(self, account: str, action: str, timeout: float, **params: Any) -> Any:
        """One call on the wire. Raises ``NotSent``, ``Refused`` or ``Unknown``."""
        bot = cast("_Bot | None", self._adapter.bots.get(account))
        if bot is None or account not in self._adapter.connections:
            raise NotSent("账号不在线")
        call = asyncio.ensure_future(bot.call_api(action, _timeout=timeout, **params))
        self._calls[account].add(call)
        try:
            await asyncio.wait({call})
        except asyncio.CancelledError:
            call.cancel()
            raise
        finally:
            self._calls[account].discard(call)
        if call.cancelled():
            raise Unknown("连接断开")
        match call.exception():
            case None:
                return call.result()
            case ActionFailed() as failed:
                raise classify(failed.info)
            case ApiNotAvailable():
                raise NotSent("账号不在线")
            case NetworkError() as error:
                raise Unknown(error.msg or "没有回应")
            case error:
                raise Unknown(f"连接出错:{type(error).__name__}")

    # -- afterwards

    async def find(self, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
        bot = self._adapter.bots.get(target.account)
        if bot is None or target.account not in self.online_accounts():
            return NoHistory()
        return await onebot_history.find(bot.call_api, target, reference, since)

    async def said_since(self, target: Target, since: datetime) -> tuple[list[dict[str, Any]], bool]:
        """What others have said there since then, oldest first, and whether that is all of it. Never raises."""
        bot = self._adapter.bots.get(target.account)
        return ([], False) if bot is None else await onebot_history.said_since(bot.call_api, target, since)

    async def may_write(self, target: Target) -> bool:
        bot = self._adapter.bots.get(target.account)
        try:
            return bot is not None and await onebot_standing.may_write(bot.call_api, target)
        except Exception as error:
            log.info("%s %s doesn't say who may write: %s", target.kind, target.id, type(error).__name__)
            return False

    async def recall(self, target: Target, message_id: str) -> bool:
        number = int(message_id) if message_id.lstrip("-").isdecimal() else message_id
        try:
            await self._call(target.account, "delete_msg", 10.0, message_id=number)
        except (Refused, NotSent, Unknown):
            return False
        return True

    async def pin(self, target: Target, message_id: str, how: str, text: str) -> bool:
        number = int(message_id) if message_id.lstrip("-").isdecimal() else message_id
        try:
            if how == "essence":
                await self._call(target.account, "set_essence_msg", 10.0, message_id=number)
            else:
                await self._call(target.account, "_send_group_notice", 10.0, group_id=int(target.id), content=text)
        except (Refused, NotSent, Unknown):
            return False
        return True


def _message_id(answer: Any) -> str:
    found = answer.get("message_id") if isinstance(answer, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | str) or str(found).strip() in _NO_IDS:
        raise Unknown("平台没有给出消息编号")
    return str(found)


def _extra_time(params: dict[str, Any]) -> float:
    """What pictures and files take on top: 10 s and their size at the upload rate."""
    message = params.get("message")
    bodies = [str(s.data.get("file", "")) for s in message if s.type == "image"] if isinstance(message, Message) else []
    if isinstance(file := params.get("file"), str):
        bodies.append(file)
    return 10.0 + sum(map(len, bodies)) * 3 / 4 / _UPLOAD_RATE if bodies else 0.0
