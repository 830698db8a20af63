"""Toutiao's board: what its editors fixed on top, and the list."""

from typing import Any

from bot.sources.hot.json_list import load
from bot.sources.hot.topic import LONGEST, BadShape, Topic, link, listed, plain

URL = "https://www.toutiao.com/hot-event/hot-board/?origin=toutiao_pc"


def parse(body: bytes) -> list[Topic]:
    """Raises ``BadShape``."""
    read = load(body)
    if not isinstance(read, dict) or not isinstance(read.get("data"), list):
        raise BadShape("头条热榜的格式变了,没有读到列表。")
    fixed = read.get("fixed_top_data")
    return listed([*_topics(fixed if isinstance(fixed, list) else [], True), *_topics(read["data"], False)])


def _topics(rows: list[Any], pinned: bool) -> list[Topic]:
    return [
        Topic(plain(each.get("Title"), LONGEST), link(each.get("Url")).partition("?")[0], pinned=pinned)
        for each in rows
        if isinstance(each, dict)
    ]
