"""Weibo's board where it answers without a log-in: the topics of its editors, and the list without advertisements."""

from typing import Any
from urllib.parse import quote

from bot.sources.hot.json_list import at, load
from bot.sources.hot.topic import LONGEST, BadShape, Topic, listed, plain

URL = "https://weibo.com/ajax/side/hotSearch"


def parse(body: bytes) -> list[Topic]:
    """Raises ``BadShape``."""
    read = load(body)
    rows = at(read, "data.realtime")
    if not isinstance(rows, list):
        raise BadShape("微博热搜没有给列表(可能要登录,或者改版了)。")
    pinned = [each for each in [at(read, "data.hotgov"), *(at(read, "data.hotgovs") or [])] if isinstance(each, dict)]
    shown = [each for each in rows if isinstance(each, dict) and not each.get("is_ad")]
    return listed([*(_topic(each, True) for each in pinned), *(_topic(each, False) for each in shown)])


def _topic(each: dict[str, Any], pinned: bool) -> Topic:
    title = plain(each.get("word") or each.get("name") or each.get("note"), LONGEST)
    return Topic(title, f"https://s.weibo.com/weibo?q={quote(f'#{title}#')}" if title else "", pinned=pinned)
