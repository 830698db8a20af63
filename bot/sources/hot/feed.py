"""RSS and Atom. Dates without a zone are Chinese ones: feedparser would read them as UTC."""

import re
from datetime import UTC, datetime
from typing import Any

from bot.core.clock import CHINA
from bot.sources.hot.topic import LONGEST, SUMMARY, BadShape, Topic, link, listed, plain

_ZONED = re.compile(r"(?:[zZ]|[+-]\d{2}:?\d{2}|\b(?:GMT|UTC|UT|EST|EDT|CST|PST|PDT))\s*$")


def parse(body: bytes, content_type: str = "") -> list[Topic]:
    """The entries of a feed. Raises ``BadShape`` for what is none."""
    import feedparser  # only the child process ever needs it

    read = feedparser.parse(body, response_headers={"content-type": content_type} if content_type else None)
    if not read.version and not read.entries:
        raise BadShape("来源给的不是 RSS 或 Atom(可能改版了,或者给了一个网页)。")
    return listed(
        [
            Topic(
                plain(entry.get("title"), LONGEST),
                link(entry.get("link")),
                plain(entry.get("summary"), SUMMARY),
                published=_published(entry),
            )
            for entry in read.entries
        ]
    )


def _published(entry: Any) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if not parsed:
        return None
    written = str(entry.get("published") or entry.get("updated") or "").strip()
    year, month, day, hour, minute, second, *_ = parsed
    try:
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC if _ZONED.search(written) else CHINA)
    except ValueError:
        return None
    return at.astimezone(UTC)
