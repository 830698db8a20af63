"""From what is sent to what is received: segments are checked, files are stored, forwards get an id."""

import asyncio
import base64
import binascii
import random
import urllib.request
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.simulator import cq
from bot.simulator.cq import Segment
from bot.simulator.errors import bad, refused
from bot.simulator.shelf import StoredFile, image_name
from bot.simulator.world import World

MOST_BYTES = 100 * 2**20
"""Files above this are refused."""

_MEDIA = {"image": "图片.png", "record": "语音.amr", "video": "视频.mp4", "file": "文件"}
_PLAIN = {
    "text": "text",
    "at": "qq",
    "face": "id",
    "reply": "id",
    "json": "data",
    "xml": "data",
    "markdown": "content",
    "mface": "emoji_id",
    "music": "type",
    "share": "url",
    "contact": "type",
    "location": "lat",
    "poke": "type",
    "shake": None,
    "anonymous": None,
    "dice": None,
    "rps": None,
    "forward": "id",
}
"""Segment types that carry no file, each with the value it can't do without."""

_SIDES = {"dice": 6, "rps": 3}


def parse(message: Any, *, auto_escape: bool = False) -> list[Segment]:
    """A message parameter as segments: a string is read as CQ codes, an array or a single segment is literal."""
    if isinstance(message, str):
        return [{"type": "text", "data": {"text": message}}] if auto_escape else cq.decode(message)
    rows = [message] if isinstance(message, dict) else message
    if not isinstance(rows, list):
        raise bad("Key: message, Message: Expected union value")
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("type"), str):
            raise bad("Key: message, Message: Expected segment with type and data")
        if not isinstance(row.get("data", {}), dict | None):
            raise bad("Key: message.data, Message: Expected object")
    return [{"type": row["type"], "data": row.get("data") or {}} for row in rows]


async def accept(world: World, segments: list[Segment], user_id: int) -> list[Segment]:
    """The segments as the others receive them. Raises a refusal if nothing in it can be sent."""
    nodes = [segment for segment in segments if segment["type"] == "node"]
    if nodes and len(nodes) != len(segments):
        raise bad("转发消息不能和普通消息混在一起发送,转发需要保证message只有type为node的元素")
    if nodes:
        return [await forward(world, nodes, user_id)]
    out: list[Segment] = []
    for segment in segments:
        received = await _one(world, segment)
        if received is not None:
            out.append(received)
    if not any(segment["type"] != "reply" for segment in out):
        raise refused("消息体无法解析, 请检查是否发送了不支持的消息类型")
    return out


async def forward(world: World, nodes: list[Segment], user_id: int, depth: int = 0) -> Segment:
    """Store a merged forward; the segment that stands for it."""
    if depth >= 3:
        raise refused("转发消息深度超过3层")
    pages: list[dict[str, Any]] = []
    for node in nodes:
        if node["type"] != "node":
            raise bad("messages 只能由 node 组成")
        page = await _page(world, node["data"], user_id, depth)
        if page is not None:
            pages.append(page)
    if not pages:
        raise refused("转发消息失败，生成节点为空")
    forward_id = world.forward(pages)
    return {"type": "forward", "data": {"id": forward_id, "content": pages}}


async def _page(world: World, data: dict[str, Any], user_id: int, depth: int) -> dict[str, Any] | None:
    if data.get("id"):
        text = str(data["id"])
        known = world.messages.get(int(text)) if text.lstrip("-").isdecimal() else None
        if known is None:
            return None
        return _shown(world, known.user_id, world.display_name(known.user_id), known.time, known.segments)
    content = parse(data.get("content", data.get("message", "")))
    inner = [segment for segment in content if segment["type"] == "node"]
    if inner:
        received = [await forward(world, inner, user_id, depth + 1)]
    else:
        received = await accept(world, content, user_id)
    author = data.get("user_id") or data.get("uin")
    author_id = int(str(author)) if str(author).isdecimal() else user_id
    name = str(data.get("nickname") or data.get("name") or world.display_name(author_id))
    return _shown(world, author_id, name, world.stamp(), received)


def _shown(world: World, user_id: int, name: str, time: int, segments: list[Segment]) -> dict[str, Any]:
    return {
        "self_id": world.self_id,
        "user_id": user_id,
        "time": time,
        "message_type": "group",
        "sub_type": "normal",
        "sender": {"user_id": user_id, "nickname": name, "card": ""},
        "raw_message": cq.encode(segments),
        "font": 14,
        "message": segments,
        "content": segments,
        "message_format": "array",
        "post_type": "message",
    }


async def _one(world: World, segment: Segment) -> Segment | None:
    kind, data = segment["type"], segment["data"]
    if kind in _MEDIA:
        return media(world, kind, await fetch(world, data, _MEDIA[kind]), data)
    if kind not in _PLAIN:
        return None
    needed = _PLAIN[kind]
    if needed is not None and data.get(needed) in (None, ""):
        if kind == "text":
            return None
        raise bad(f"Key: message.data.{needed}, Message: Expected required property")
    if kind == "text":
        if not isinstance(data["text"], str):
            raise bad("Key: message.data.text, Message: Expected string")
        return {"type": "text", "data": {"text": data["text"]}}
    if kind == "at":
        return {"type": "at", "data": {"qq": str(data["qq"])}}
    if kind == "reply":
        known = str(data["id"]).lstrip("-").isdecimal() and int(data["id"]) in world.messages
        return {"type": "reply", "data": {"id": str(data["id"])}} if known else None
    if kind in _SIDES:
        return {"type": kind, "data": {"result": str(random.randint(1, _SIDES[kind]))}}
    if kind == "forward":
        pages = world.forwards.get(str(data["id"]))
        if pages is None:
            raise refused("找不到相关的聊天记录")
        return {"type": kind, "data": {"id": str(data["id"]), "content": pages}}
    return {"type": kind, "data": {key: value if key == "content" else str(value) for key, value in data.items()}}


def media(world: World, kind: str, stored: StoredFile, data: dict[str, Any] | None = None) -> Segment:
    """The segment by which others receive a stored file."""
    given = data or {}
    url = f"{world.file_base}/sim/file/{stored.file_id}" if world.file_base else ""
    if kind == "image":
        shown: dict[str, Any] = {
            "summary": str(given.get("summary") or ""),
            "file": image_name(stored),
            "sub_type": int(given["sub_type"]) if str(given.get("sub_type", "")).isdecimal() else 0,
            "url": url,
            "file_size": str(stored.size),
        }
    else:
        shown = {"file": stored.name, "file_id": f"/{stored.file_id}", "url": url, "file_size": str(stored.size)}
    return {"type": kind, "data": shown}


async def fetch(world: World, data: dict[str, Any], fallback: str) -> StoredFile:
    """Take in what ``file`` (or ``url``) points to: base64, http(s), or a file the simulator already has.

    Local paths are refused, for a bot and its platform share no disk, unless the world has ``local_files``.
    """
    source = str(data.get("file") or data.get("url") or data.get("file_id") or "")
    if not source:
        raise bad("Key: message.data.file, Message: Expected required property")
    name = PurePosixPath(str(data.get("name") or fallback)).name or fallback
    if source.startswith("base64://"):
        try:
            content = base64.b64decode(source.removeprefix("base64://"), validate=True)
        except binascii.Error as error:
            raise refused("识别URL失败, base64 内容有误") from error
        if not content:
            raise refused("文件异常, 大小为0")
        return _keep(world, content, name)
    known = world.shelf.find(_known_id(source)) or world.shelf.find(str(data.get("file_id") or ""))
    if known is not None:
        return known
    if source.startswith(("http://", "https://")):
        try:
            content = await asyncio.to_thread(_download, source)
        except (OSError, ValueError) as error:
            raise refused(f"文件下载失败: {type(error).__name__}") from error
        named = data.get("name") or PurePosixPath(unquote(urlsplit(source).path)).name or fallback
        return _keep(world, content, str(named))
    path = Path("/" + unquote(source.removeprefix("file://")).lstrip("/"))
    if world.local_files and source.startswith(("file://", "/")) and path.is_file():
        return _keep(world, await asyncio.to_thread(path.read_bytes), str(data.get("name") or path.name))
    raise refused("识别URL失败, uri= " + source[:80])


def _known_id(source: str) -> str:
    return source.rpartition("/sim/file/")[2] if "/sim/file/" in source else source


def _keep(world: World, content: bytes, name: str) -> StoredFile:
    if len(content) > MOST_BYTES:
        raise refused("文件过大")
    return world.shelf.put(content, name)


def _download(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return bytes(answer.read(MOST_BYTES + 1))
