"""A OneBot v11 account that can shout: it answers every call at once and sends prepared frames in bulk."""

import asyncio
import itertools
import json
import struct
import time
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

SELF = 10001
TALK = (
    "今天下午三点会议室开会,请大家准时参加。",
    "食堂今天的红烧肉不错",
    "路上堵车,晚到十分钟",
    "谁有去年主题党日的照片?发我一份",
    "这份材料我晚上看完再给你反馈,第二部分的时间节点建议改到月底。",
    "同意",
    "孩子发烧了,我要去一趟医院",
    "刚看到新闻,讲话全文已经发布了,值得认真学习领会。",
)


def frame(payload: dict[str, Any]) -> bytes:
    """One masked client frame (RFC 6455; a zero mask is legal and costs the server the usual unmasking)."""
    data = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    size = len(data)
    if size < 126:
        head = struct.pack("!BB", 0x81, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 0x80 | 127, size)
    return head + b"\0\0\0\0" + data


_IDS = itertools.count(1_000_000)
"""No id is given twice in a run: a message with id and second of one that was served is taken for its repeat."""


class Account:
    """A connected account. ``calls`` has every call of the bot as (time, action, params); ``on_call`` gets those of
    which people see something."""

    def __init__(self, url: str, token: str = "", self_id: int = SELF) -> None:
        self._url, self._token, self._self_id = url, token, self_id
        self._ids = _IDS
        self.calls: list[tuple[float, str, dict[str, Any]]] = []
        self.on_call: Callable[[str, dict[str, Any]], None] = lambda action, params: None
        self._ws: ClientConnection

    async def __aenter__(self) -> "Account":
        headers = {"X-Self-ID": str(self._self_id), "X-Client-Role": "Universal"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        for _ in range(200):
            try:
                self._ws = await connect(self._url, additional_headers=headers, compression=None, max_size=None)
                break
            except OSError:
                await asyncio.sleep(0.1)
        self._reader = asyncio.create_task(self._read())
        await self._ws.send(
            json.dumps(
                {
                    "post_type": "meta_event",
                    "meta_event_type": "lifecycle",
                    "sub_type": "connect",
                    "self_id": self._self_id,
                    "time": 0,
                }
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reader.cancel()
        await self._ws.close()

    async def _read(self) -> None:
        async for raw in self._ws:
            call = json.loads(raw)
            if "action" not in call:
                continue
            action, params = call["action"], call.get("params") or {}
            self.calls.append((time.perf_counter(), action, params))
            message_id = next(self._ids)
            data: Any = {"message_id": message_id} if action.startswith("send_") else None
            if action == "get_login_info":
                data = {"user_id": self._self_id, "nickname": "机器人"}
            await self._ws.send(json.dumps({"status": "ok", "retcode": 0, "data": data, "echo": call.get("echo")}))
            if action.startswith(("send_", "set_")):
                self.on_call(action, params)

    def number_from(self, first: int) -> None:
        """Number the messages from ``first`` on."""
        self._ids = itertools.count(first)

    def message(self, group: int | None, user: int, text: str) -> dict[str, Any]:
        """A group message event as NapCat sends it; a private one without ``group``."""
        message_id = next(self._ids)
        return {
            "self_id": self._self_id,
            "user_id": user,
            "time": int(time.time()),
            "message_id": message_id,
            "message_seq": message_id,
            "real_id": message_id,
            "message_type": "private" if group is None else "group",
            "sender": {"user_id": user, "nickname": f"用户{user}", "card": "", "role": "member"},
            "raw_message": text,
            "font": 14,
            "sub_type": "friend" if group is None else "normal",
            "message": [{"type": "text", "data": {"text": text}}],
            "message_format": "array",
            "post_type": "message",
            **({} if group is None else {"group_id": group}),
        }

    async def shout(self, frames: list[bytes]) -> None:
        """Send prepared frames as fast as the bot takes them."""
        transport = self._ws.transport
        for start in range(0, len(frames), 64):
            transport.write(b"".join(frames[start : start + 64]))
            while transport.get_write_buffer_size() > 262_144:  # noqa: ASYNC110 there is no event for it
                await asyncio.sleep(0.001)
            if start % 2048 == 0:
                await asyncio.sleep(0)

    def chatter(self, count: int, group: int) -> list[bytes]:
        """``count`` frames of people's talk that isn't for the bot."""
        return [frame(self.message(group, 300_000_000 + i % 40, f"{TALK[i % len(TALK)]} {i}")) for i in range(count)]
