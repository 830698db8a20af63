"""Discussions decided without a database: when they end, and which words belong to one.

Which voices count is decided by ``bot.textmining.originality``.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from bot.core.errors import UserError
from bot.scheduling.quiet import QuietHours
from bot.textmining.likeness import letters

LONGEST_TITLE = 60
LONGEST_VOICE = 2000
"""Characters of a voice that are kept and judged."""
COMPARED = 500
"""Other voices with which a new one is compared."""
SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(days=30)
REMIND_BEFORE = timedelta(hours=2)
"""How long before the end a discussion is mentioned once more; short ones aren't."""
REMIND_LATEST = timedelta(hours=1)
"""How long before the end that may still be, where the quiet hours put it off."""
AGAIN_AFTER = timedelta(days=60)
"""No topic is offered twice within this time."""
LIST_FOR = timedelta(minutes=60)
"""How long 「讨论 2」 means the second candidate that was shown, and not discussion 2."""

SHORTEST_QUOTE = 8
LONGEST_QUOTE = 60
UNQUOTED = "(已按本人意愿略去)"
PAST = "(原话已过保留期)"

_HASHED = re.compile(r"[##]([^##\n]{1,60})[##]")
_WORD_OF_OURS = frozenset({"话题", "讨论", "热词", "今日话题"})


def without_tag(text: str) -> str:
    """A message without its #话题# in front or behind."""
    return _HASHED.sub(" ", text).strip()


def tags_in(text: str) -> frozenset[str]:
    """What stands between hashes, letters only."""
    return frozenset(letters(found) for found in _HASHED.findall(text))


def tags_of(title: str, no: int) -> frozenset[str]:
    """The hashes by which a discussion is meant: its title, its number, or just 「话题」."""
    return frozenset({letters(title), f"讨论{no}", f"话题{no}", *_WORD_OF_OURS})


def meant(tags: Collection[str], title: str, no: int) -> bool:
    """Whether one of these hashes means this discussion; a word of the title will do."""
    whole = letters(title)
    return any(tag in tags_of(title, no) or (len(tag) >= 2 and tag in whole) for tag in tags)


def ends_at(wanted: datetime | None, hours: int, quiet: QuietHours, now: datetime) -> datetime:
    """When a discussion ends: as wanted, else after so many hours, never within the quiet hours.

    Raises ``UserError`` for an end that is too near or too far.
    """
    end = quiet.shift(wanted or now + timedelta(hours=hours))
    if end - now < SHORTEST:
        raise UserError("结束时间太近了,至少要留 10 分钟。比如:讨论 2 明天18:00")
    if end - now > LONGEST:
        raise UserError("讨论最长 30 天。请写近一点的结束时间,比如:讨论 2 明天18:00")
    return end


def reminds_at(opened: datetime, end: datetime, quiet: QuietHours) -> datetime | None:
    """When it is mentioned once more, after the quiet hours; None for a short one, or where that would be too late."""
    at = quiet.shift(end - REMIND_BEFORE)
    return None if end - opened < 3 * REMIND_BEFORE or end - at < REMIND_LATEST else at


def check_title(text: str) -> str:
    """A topic in somebody's own words, one line. Raises ``UserError``."""
    line = " ".join(without_hashes(text).split())
    if not letters(line):
        raise UserError("请写上讨论的题目,比如:讨论 社区食堂怎样才能长久")
    if len(line) > LONGEST_TITLE:
        raise UserError(f"题目请写在 {LONGEST_TITLE} 字以内。")
    return line


def without_hashes(text: str) -> str:
    return text.replace("#", " ").replace("#", " ")


def warned(text: str, words: Iterable[str]) -> list[str]:
    """The words of the branch's list that occur in a text."""
    return [word for word in words if word in text]


def quote(text: str) -> str:
    """A voice as it is quoted: one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"
