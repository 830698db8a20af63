"""Lists in JSON, by configuration: where the list is and what its title and address are called.

Without configuration the usual names are tried. That fits 60s (``news`` of plain lines), DailyHotApi (``data``),
newsnow (``items``) and archives of weibo's board (a bare list).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sources.hot.topic import LONGEST, SUMMARY, BadShape, Topic, link, listed, plain
from bot.sources.plain import decode

_LISTS = (
    "",
    "data",
    "items",
    "data.items",
    "data.list",
    "data.news",
    "data.data",
    "news",
    "list",
    "result",
    "data.realtime",
)
_TITLES = ("title", "name", "word", "Title", "keyword", "text")
_LINKS = ("url", "link", "mobileUrl", "mobile_url", "Url", "href")
_SUMMARIES = ("desc", "description", "summary", "hover", "abstract")
_PINNED = "Refer=new_time"
"""How weibo marks what its editors put on top."""
_WEIBO = "https://s.weibo.com"
_DEEPEST = "来源给的 JSON 读不出来(可能改版了,或者给了一个网页)。"


@dataclass(frozen=True)
class Shape:
    """Dotted path of the list, keys of title and address; empty ones are found out."""

    path: str = ""
    title: str = ""
    url: str = ""


ANY = Shape()


def parse(body: bytes, shape: Shape = Shape()) -> list[Topic]:
    """The topics of the list. Raises ``BadShape``."""
    found = _list(load(body), shape)
    return listed([topic for each in found if (topic := _topic(each, shape)) is not None])


def load(body: bytes) -> Any:
    """What the JSON says, in whatever Chinese encoding. Raises ``BadShape``."""
    try:
        return json.loads(decode(body))
    except (ValueError, RecursionError) as error:
        raise BadShape(_DEEPEST) from error


def _list(read: Any, shape: Shape) -> list[Any]:
    if shape.path:
        found = at(read, shape.path)
        if not isinstance(found, list):
            raise BadShape(f"来源里没有「{shape.path}」这个列表(可能改版了)。")
        return found
    for path in _LISTS:
        found = at(read, path)
        if isinstance(found, list) and any(_topic(each, shape) is not None for each in found):
            return found
    empty = any(at(read, path) == [] for path in _LISTS)
    raise BadShape("来源里的列表是空的。" if empty else "来源里没有找到列表(可能改版了)。")


def at(read: Any, path: str) -> Any:
    """What lies at a dotted path (``data.0.list``); None if there is nothing."""
    for key in filter(None, path.split(".")):
        if isinstance(read, list) and key.isdecimal() and int(key) < len(read):
            read = read[int(key)]
        elif isinstance(read, dict) and key in read:
            read = read[key]
        else:
            return None
    return read


def _topic(each: Any, shape: Shape) -> Topic | None:
    if isinstance(each, str):
        title = plain(each, LONGEST)
        return Topic(title) if title else None
    if not isinstance(each, dict):
        return None
    title = next(_texts(each, (shape.title,) if shape.title else _TITLES, LONGEST), "")
    if not title:
        return None
    given = next((each[key] for key in ((shape.url,) if shape.url else _LINKS) if each.get(key)), "")
    summary = next(_texts(each, _SUMMARIES, SUMMARY), "")
    address = link(given)
    if str(given).startswith("/weibo?"):
        address = _WEIBO + str(given).partition("&")[0]
    return Topic(title, address, summary, _PINNED in str(given))


def _texts(each: dict[str, Any], keys: tuple[str, ...], longest: int) -> Iterator[str]:
    return (text for key in keys if (text := plain(each.get(key), longest)))
