"""What people may give as a source, and when one that answers is as good as dead. Decided without I/O."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bot.core.errors import UserError
from bot.sources.hot.json_list import Shape
from bot.sources.hot.reading import BOARDS, Kind, Spec
from bot.sources.hot.topic import Topic
from bot.subscription.models import SourceItem

STALE = {Kind.FEED: timedelta(days=14)}
"""Without anything new for so long a source is reported."""
STALE_LIST = timedelta(days=3)
FRESH = timedelta(days=7)
"""An article that is older isn't pushed as news."""
GONE = timedelta(days=2)
"""After so long without a readable answer what a source said last is no news."""
REPORTED_AFTER = 3
"""Failures in a row after which a source is reported without being asked for."""

_BOARD_WORDS = {"微博": Kind.WEIBO, "百度": Kind.BAIDU, "头条": Kind.TOUTIAO}
_OPTION = re.compile(r"(列表|标题|链接)\s*[=:]\s*(\S+)")
_ADVICE = re.compile(r"[,,。](?=请|也可以)")
EXAMPLE = "订阅 微博"


def read(text: str) -> tuple[Spec, str]:
    """(source, name) of 「微博」, 「文件 day.json」, 「https://… 名称 列表=data.items 标题=title 链接=url」.

    Raises ``UserError`` with what may be written.
    """
    options = dict(_OPTION.findall(text))
    words = _OPTION.sub("", text).split()
    if not words:
        raise UserError("请写要订阅什么,比如:订阅 微博,或 订阅 https://网站/rss.xml 名称")
    shape = Shape(options.get("列表", ""), options.get("标题", ""), options.get("链接", ""))
    first, name = words[0], " ".join(words[1:])[:40]
    for word, kind in _BOARD_WORDS.items():
        if first.startswith(word):
            label, address = BOARDS[kind]
            return Spec(kind, address), name or label
    if first == "文件" and len(words) > 1:
        return Spec(Kind.FILE, PurePosixPath(words[1]).name, shape), (" ".join(words[2:]) or words[1])[:40]
    if re.match(r"https?://", first):
        return Spec(Kind.AUTO, first, shape), name or (urlsplit(first).hostname or first)[:40]
    raise UserError("能订阅的有:微博、百度、头条、RSS 或 JSON 的网址、文件 名称。比如:订阅 百度")


def lists_articles(kind: str, lines: Collection[SourceItem]) -> bool:
    """Whether what a source lists can be read as articles: the boards of hot words lead to searches."""
    return kind not in BOARDS and any(line.url for line in lines)


def freshest(lines: Collection[SourceItem], taken: Collection[str], now: datetime) -> list[SourceItem]:
    """The lines with a link that haven't been taken (their keys) and are ``FRESH``, the newest first."""
    fresh = [line for line in lines if line.url and line.key not in taken and now - _since(line) <= FRESH]
    return sorted(fresh, key=lambda line: (-_since(line).timestamp(), line.rank))


def _since(line: SourceItem) -> datetime:
    return line.published or line.first_at


def newest(topics: Collection[Topic], now: datetime) -> datetime:
    """When the newest of these was published; ``now`` where they don't all say."""
    dates = [topic.published for topic in topics if topic.published is not None]
    return min(max(dates), now) if dates and len(dates) == len(topics) else now


def is_stale(kind: str, new_at: datetime | None, now: datetime) -> bool:
    """Whether a source has had nothing new for so long that somebody should hear of it."""
    return new_at is not None and now - new_at > STALE.get(Kind(kind), STALE_LIST)


def is_gone(failures: int, answered_at: datetime | None, now: datetime) -> bool:
    """Whether a source has failed for so long that its last answer is old."""
    return failures > 0 and answered_at is not None and now - answered_at > GONE


def what_happened(message: str) -> str:
    """Of a sentence for somebody who has just pasted a link: what is the matter, without what they should do now."""
    return _ADVICE.split(message, maxsplit=1)[0].rstrip("。")[:200]
