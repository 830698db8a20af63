"""Is a message of ours in the chat's history? Reads pages back in time and answers only what it can stand for."""

import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.delivery.reference import mark, marks_in
from bot.delivery.transport import Absent, Found, NoHistory, Target

log = logging.getLogger("xueban.onebot")

Call = Callable[..., Awaitable[Any]]

_PAGE = 50
_MOST_PAGES = 8
_SLACK = 600.0
"""Seconds by which our clock and the platform's may differ: pages are read back so much further than needed."""

_SAME_MESSAGE = 12 * 3600.0
"""References come again after a year; a message so much older than the send is another one."""


async def find(call: Call, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
    """Look for an own message bearing ``reference``. ``Absent`` only if a message from before ``since`` was seen and
    nothing in between is unreadable. Never raises."""
    try:
        return await _find(call, target, reference, since.timestamp())
    except Exception as error:
        log.warning("history of %s %s: %s", target.kind, target.id, type(error).__name__)
        return NoHistory()


async def _find(call: Call, target: Target, reference: str, since: float) -> Found | Absent | NoHistory:
    seen: dict[str, float] = {}
    cursor: Any = None
    opaque = reached = False
    for _ in range(_MOST_PAGES):
        page = await _page(call, target, cursor)
        new = [message for message in page if str(message.get("message_id")) not in seen]
        for message in new:
            sent_at = float(message.get("time") or 0)
            message_id = str(message.get("message_id"))
            seen[message_id] = sent_at
            if _sender(message) != target.account or sent_at < since - _SAME_MESSAGE:
                continue
            bears = await _bears(call, message, reference)
            if bears:
                return Found(message_id)
            opaque = opaque or (bears is None and sent_at >= since - _SLACK)
        if not new:
            break
        oldest = min(new, key=lambda message: float(message.get("time") or 0))
        if float(oldest.get("time") or 0) < since - _SLACK:
            reached = True
            break
        cursor = oldest.get("message_seq") or oldest.get("real_seq") or oldest.get("message_id")
    reached = reached or (bool(seen) and min(seen.values()) <= since)
    return Absent() if reached and not opaque else NoHistory()


async def _page(call: Call, target: Target, cursor: Any) -> list[dict[str, Any]]:
    params: dict[str, Any] = {"count": _PAGE, "_timeout": 10.0}
    if cursor is not None:
        params["message_seq"] = cursor
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
    """Whether a message bears the reference; None if it can't be read (a merged forward)."""
    body = message.get("message")
    if not isinstance(body, list):
        return marks_in(str(body or message.get("raw_message") or ""))[-1:] == [reference]
    text = []
    for segment in body:
        kind, data = segment.get("type"), segment.get("data") or {}
        if kind == "text":
            text.append(str(data.get("text", "")))
        elif kind == "file":
            text.append(f"{data.get('name', '')} {data.get('file', '')}")
        elif kind == "forward":
            return await _forward_bears(call, message, data, reference)
    return marks_in("".join(text))[-1:] == [reference]


async def _forward_bears(call: Call, message: dict[str, Any], data: dict[str, Any], reference: str) -> bool | None:
    pages = data.get("content")
    if not pages:
        try:
            pages = await call("get_forward_msg", message_id=data.get("id") or message.get("message_id"), _timeout=10.0)
        except Exception:
            return None
    return mark(reference) in json.dumps(pages, ensure_ascii=False) if pages else None
