"""Baidu's board as its phone page asks for it: cards, in them topics, in a newer form one level deeper."""

from collections.abc import Iterator
from typing import Any

from bot.sources.hot.json_list import at, load
from bot.sources.hot.topic import LONGEST, SUMMARY, BadShape, Topic, link, listed, plain

URL = "https://top.baidu.com/api/board?platform=wise&tab=realtime"


def parse(body: bytes) -> list[Topic]:
    """Raises ``BadShape``."""
    cards = at(load(body), "data.cards")
    if not isinstance(cards, list):
        raise BadShape("百度热榜的格式变了,没有读到列表。")
    found = []
    for card in cards:
        if isinstance(card, dict):
            found += [_topic(each, True) for each in _rows(card.get("topContent"))]
            found += [_topic(each, bool(each.get("isTop"))) for each in _rows(card.get("content"))]
    return listed(found)


def _rows(content: Any) -> Iterator[dict[str, Any]]:
    for each in content if isinstance(content, list) else []:
        if isinstance(each, dict):
            if isinstance(each.get("content"), list):
                yield from _rows(each["content"])
            else:
                yield each


def _topic(each: dict[str, Any], pinned: bool) -> Topic:
    address = link(each.get("url")) or link(each.get("rawUrl"))
    return Topic(plain(each.get("word"), LONGEST), address, plain(each.get("desc"), SUMMARY), pinned)
