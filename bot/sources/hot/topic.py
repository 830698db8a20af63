"""What every reader of hot lists yields, and how it says that a list is none."""

import html
import re
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import UserError
from bot.sources.article import clean

MOST = 500
"""Topics of one list that are kept."""
LONGEST = 120
"""Characters of a title; the rest is cut."""
SUMMARY = 300

_TAGS = re.compile(r"<[^<>]{0,300}>")
_HASHES = re.compile(r"^[##]+|[##]+$")


class BadShape(UserError):
    """The source answered, but not with a list that can be read: it is reported, never taken for an empty day."""


@dataclass(frozen=True)
class Topic:
    """One line of a list. ``rank`` counts from 0; ``pinned`` ones were put on top by the platform's editors."""

    title: str
    url: str = ""
    summary: str = ""
    pinned: bool = False
    rank: int = 0
    published: datetime | None = None


def plain(text: object, longest: int) -> str:
    """One line without markup, entities, hashes at the ends and marks that can't be seen."""
    if not isinstance(text, str):
        return ""
    bare = _TAGS.sub("", html.unescape(_TAGS.sub("", text)))
    line = " ".join(clean(bare).split())
    return _HASHES.sub("", line).strip()[:longest]


def link(url: object, base: str = "") -> str:
    """An http address, made whole with ``base``; nothing for any other scheme."""
    if not isinstance(url, str):
        return ""
    url = url.strip()
    if url.startswith("//"):
        url = f"https:{url}"
    elif url.startswith("/") and base:
        url = base + url
    return url[:2000] if re.match(r"https?://[^\s/]", url) else ""


def listed(found: list[Topic]) -> list[Topic]:
    """Ranked as they come, each title once, those without a title left out. Raises ``BadShape`` if nothing is left."""
    kept: dict[str, Topic] = {}
    for topic in found:
        if topic.title and topic.title not in kept:
            kept[topic.title] = Topic(topic.title, topic.url, topic.summary, topic.pinned, len(kept), topic.published)
        elif topic.pinned and topic.title:
            known = kept[topic.title]
            kept[topic.title] = Topic(known.title, known.url, known.summary, True, known.rank, known.published)
    if not kept:
        raise BadShape("来源有回应,但里面没有读到任何条目(可能改版了)。")
    return list(kept.values())[:MOST]
