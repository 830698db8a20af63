"""What a chat's history holds: a message of ours, or what was said while nobody listened. Reads pages back in time and
answers only what it can stand for."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.chat.onebot_message import read_segments
from bot.delivery.reference import mark, marks_in
from bot.delivery.transport import Absent, Found, NoHistory, Target

log = logging.getLogger("xueban.onebot")

Call = Callable[..., Awaitable[Any]]

_PAGE = 50
_MOST_PAGES = 8
_SLACK = 600.0
"""Seconds by which our clock and the platform's may differ: pages are read back so much further than needed."""

_BEHIND = 5.0
"""Seconds by which the platform's clock may be behind ours where nothing may be missed: it tells whole seconds only."""

_SAME_MESSAGE = 12 * 3600.0
"""References come again after a year; a message so much older than the send is another one."""

_NO_TIME = float("inf")

_BACKWARDS = {"reverse_order": True, "reverseOrder": True}
"""NapCat reads on towards now without these (#987), others back in time with or without; Lagrange knows a page by the
``message_id``, the others by ``message_seq``."""


async def find(call: Call, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
    """Look for an own message bearing ``reference``. ``Absent`` only if a message from before ``since`` was seen and
    nothing in between is unreadable. Never raises."""
    try:
        return await _find(call, target, reference, since.timestamp())
    except Exception as error:
        log.warning("history of %s %s: %s", target.kind, target.id, type(error).__name__)
        return NoHistory()


async def said_since(call: Call, target: Target, since: datetime) -> tuple[list[dict[str, Any]], bool]:
    """What others have said there since then or just before, oldest first, as frames; and whether that is all of it:
    something from before was seen. Never raises."""
    found: list[dict[str, Any]] = []
    reached = False
    try:
        async for message in _back(call, target, since.timestamp()):
            reached = reached or _time(message) <= since.timestamp()
            if since.timestamp() - _BEHIND <= _time(message) < _NO_TIME and _sender(message) != target.account:
                found.append(message)
    except Exception as error:
        log.warning("history of %s %s: %s", target.kind, target.id, type(error).__name__)
        reached = False
    return sorted(found, key=_time), reached


async def _find(call: Call, target: Target, reference: str, since: float) -> Found | Absent | NoHistory:
    reached = opaque = False
    async for message in _back(call, target, since):
        sent_at = _time(message)
        reached = reached or sent_at <= since
        if _sender(message) != target.account or sent_at < since - _SAME_MESSAGE:
            continue
        bears = await _bears(call, message, reference)
        if bears:
            return Found(str(message.get("message_id")))
        opaque = opaque or (bears is None and sent_at >= since - _SLACK)
    return Absent() if reached and not opaque else NoHistory()


async def _back(call: Call, target: Target, since: float) -> AsyncIterator[dict[str, Any]]:
    """The messages of the chat, each once, page by page, until one from well before ``since`` has been seen."""
    seen: set[str] = set()
    before: dict[str, Any] = {}
    direction = _BACKWARDS
    for _ in range(_MOST_PAGES):
        page = await _page(call, target, before | direction if before else {})
        new = [message for message in page if str(message.get("message_id")) not in seen]
        for message in new:
            seen.add(str(message.get("message_id")))
            yield message
        if not new and before and direction:
            direction = {}
            continue
        if not new:
            return
        oldest = min(new, key=_time)
        if _time(oldest) < since - _SLACK:
            return
        seq = oldest.get("message_seq") or oldest.get("real_seq") or oldest.get("message_id")
        before = {"message_seq": seq, "message_id": oldest.get("message_id")}


def _time(message: dict[str, Any]) -> float:
    """When it was said. One that bears no time may be ours from just now, and proves nothing about how far back the
    history goes."""
    return float(message.get("time") or 0) or _NO_TIME


async def _page(call: Call, target: Target, before: dict[str, Any]) -> list[dict[str, Any]]:
    params: dict[str, Any] = {"count": _PAGE, "_timeout": 10.0, **before}
    if target.kind == "group":
        answer = await call("get_group_msg_history", group_id=int(target.id), **params)
    else:
        answer = await call("get_friend_msg_history", user_id=int(target.id), **params)
    messages = answer.get("messages") if isinstance(answer, dict) else answer
    return [message for message in messages or [] if isinstance(message, dict)]


def _sender(message: dict[str, Any]) -> str:
    sender = message.get("sender") or {}
    return str(sender.get("user_id") or message.get("user_id"))


async def _bears(call: Call, message: dict[str, Any], reference: str) -> bool | None:
    """Whether a message bears the reference; None if it can't be read (a merged forward, an empty body)."""
    body = message.get("message") or message.get("raw_message")
    if not isinstance(body, list):
        body = read_segments(str(body or ""))
    if not body:
        return None
    text = []
    for segment in body:
        kind, data = segment.get("type"), segment.get("data") or {}
        if kind == "text":
            text.append(str(data.get("text", "")))
        elif kind == "file":
            text.append(f"{data.get('name', '')} {data.get('file', '')}")
        elif kind == "forward":
            return await _forward_bears(call, message, data, reference)
        elif kind in ("json", "xml"):  # as which some show a merged forward
            return None
    return marks_in("".join(text))[-1:] == [reference]


async def _forward_bears(call: Call, message: dict[str, Any], data: dict[str, Any], reference: str) -> bool | None:
    pages = data.get("content")
    if not pages:
        try:
            pages = await call("get_forward_msg", message_id=data.get("id") or message.get("message_id"), _timeout=10.0)
        except Exception:
            return None
    return mark(reference) in json.dumps(pages, ensure_ascii=False) if pages else None
