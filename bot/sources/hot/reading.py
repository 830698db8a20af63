"""From what somebody gives as a source to its topics: which reader, what to ask the web, and what is new."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.errors import UserError
from bot.sources import apart
from bot.sources.fetcher import Fetcher
from bot.sources.hot import baidu, feed, json_list, lines, toutiao, weibo
from bot.sources.hot.json_list import ANY, Shape
from bot.sources.hot.topic import BadShape, Topic

AT_MOST_EVERY = timedelta(hours=1)
"""No source is asked more often."""
FILE_LIMIT = 5 * 1024 * 1024


class Kind(StrEnum):
    """How a source is read; ``AUTO`` finds out."""

    AUTO = "auto"
    FEED = "feed"
    JSON = "json"
    BAIDU = "baidu"
    TOUTIAO = "toutiao"
    WEIBO = "weibo"
    FILE = "file"


BOARDS = {
    Kind.WEIBO: ("微博热搜", weibo.URL),
    Kind.BAIDU: ("百度热榜", baidu.URL),
    Kind.TOUTIAO: ("头条热榜", toutiao.URL),
}
"""(what people call it, address) of the boards that need no address from anybody."""


@dataclass(frozen=True)
class Spec:
    """Where a source is and how it is read. ``address`` of a ``FILE`` is its name in the folder of hot lists."""

    kind: Kind
    address: str
    shape: Shape = ANY


@dataclass(frozen=True)
class Known:
    """What the source said of its version when it was read last."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True)
class Reading:
    """``topics`` None: it hasn't changed since ``Known``. ``kind`` is never ``AUTO``."""

    kind: Kind
    topics: list[Topic] | None
    known: Known


async def read(spec: Spec, fetcher: Fetcher, folder: Path, known: Known | None = None) -> Reading:
    """Ask a source. Raises ``UserError`` if it can't be had, ``BadShape`` if it makes no sense."""
    known = known or Known()
    if spec.kind is Kind.FILE:
        return await from_file(folder, spec.address, spec.shape)
    polled = await fetcher.poll(spec.address, known.etag, known.modified)
    if polled is None:
        return Reading(spec.kind, None, known)
    kind = spec.kind if spec.kind is not Kind.AUTO else guess(polled.url, polled.content_type, polled.body)
    topics = await apart.run(__name__, "parse", kind, polled.content_type, polled.body, spec.shape)
    return Reading(kind, topics, Known(polled.etag, polled.modified))


async def from_file(folder: Path, name: str, shape: Shape = ANY) -> Reading:
    """The topics of a file in ``folder``. Raises ``UserError``."""
    path = folder / Path(name).name
    if not path.is_file():
        raise UserError(f"没有热词文件「{path.name}」。请管理员把它放进数据目录的 hot 文件夹。")
    if path.stat().st_size > FILE_LIMIT:
        raise UserError(f"热词文件「{path.name}」超过了 {FILE_LIMIT // 2**20} MB,没有读。")
    return Reading(Kind.FILE, await from_bytes(path.name, path.read_bytes(), shape), Known())


async def from_bytes(name: str, body: bytes, shape: Shape = ANY) -> list[Topic]:
    """The topics of a file that somebody sent. Raises ``UserError``."""
    kind = guess(name, "", body)
    found: list[Topic] = await apart.run(__name__, "parse", kind, "", body, shape)
    return found


def guess(address: str, content_type: str, body: bytes) -> Kind:
    """What a source of unknown kind is. Raises ``BadShape`` for a web page."""
    host = urlsplit(address).hostname or ""
    for kind, (_, url) in BOARDS.items():
        if host == urlsplit(url).hostname and kind is not Kind.AUTO and urlsplit(address).path == urlsplit(url).path:
            return kind
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].lower()
    if head[:1] in (b"{", b"["):
        return Kind.JSON
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf")) and b"<html" not in head:
        return Kind.FEED
    if head[:1] == b"<" or "html" in content_type:
        raise BadShape("这个地址给的是网页,不是 RSS 或 JSON 列表。请找它的 RSS 地址。")
    return Kind.FILE


def parse(kind: Kind, content_type: str, body: bytes, shape: Shape) -> list[Topic]:
    """Read a body as what it should be; runs in a process of its own. Raises ``UserError``."""
    match kind:
        case Kind.FEED:
            return feed.parse(body, content_type)
        case Kind.JSON:
            return json_list.parse(body, shape)
        case Kind.BAIDU:
            return baidu.parse(body)
        case Kind.TOUTIAO:
            return toutiao.parse(body)
        case Kind.WEIBO:
            return weibo.parse(body)
    return lines.parse(body)
