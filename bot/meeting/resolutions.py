"""The resolutions in the minutes of a meeting: numbered, each with who sees to it and until when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.core.errors import UserError
from bot.scheduling.moments import read_day
from bot.scheduling.words import NUMBER, normalise

LONGEST = 500
MOST = 50

_SECTION = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+[、.]\s*)?(?:会议)?(?:决议|决定|议定事项|整改事项|落实事项)(?:事项)?\s*[:\uff1a]?\s*(?P<rest>.*)$"
)
_HEADING = re.compile(r"^\s*[一二三四五六七八九十]+[、.]\s*\S{2,12}\s*[:\uff1a]?\s*$")
_ITEM = re.compile(r"^\s*(?:[(\uff08]?\d{1,2}[)\uff09、.\uff0e]\s*|决议\s*\d{1,2}\s*[:\uff1a]?\s*)(?P<text>\S.*)$")
_DUE = re.compile(
    rf"(?:(?:今年|明年|\d{{4}}年)?{NUMBER}月(?:{NUMBER}[日号]|[底末])|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    r"|(?:本|这个?|下个?)?月[底末]|[今本明]?年[底末])"
    r"(?=之?前|完成|办结|落实|[,\uff0c。;\uff1b)\uff09]|\s|$)"
)


@dataclass(frozen=True)
class Resolution:
    """``no`` counts from 1; ``person`` is empty where nobody is named, ``due`` None where no day is."""

    no: int
    text: str
    person: str
    due: date | None


def read(text: str, names: Sequence[str], on: date) -> list[Resolution]:
    """The numbered lines of the part that is headed 决议; of a text without such a part none. ``names`` are those of
    the roster, ``on`` is the day of the meeting. A day before it is that of the next year."""
    items: list[str] = []
    inside = False
    for line in text.splitlines():
        if found := _SECTION.match(line):
            inside = True
            line = found["rest"]
        elif _HEADING.match(line):
            inside = False
        if inside and (item := _ITEM.match(line)):
            items.append(item["text"].strip()[:LONGEST])
    if len(items) > MOST:
        raise UserError(f"一次会议最多 {MOST} 条决议。")
    return [Resolution(no, item, who(item, names), due(item, on)) for no, item in enumerate(items, 1)]


def who(text: str, names: Sequence[str]) -> str:
    """The first person of the roster that is named; empty where none or where it is unclear who is meant."""
    found = [(text.find(name), -len(name), name) for name in names if name in text]
    return min(found)[2] if found else ""


def due(text: str, on: date) -> date | None:
    """The day until when. Raises nothing: a day that doesn't exist is none."""
    found = _DUE.search(text)
    if found is None:
        return None
    try:
        day = read_day(normalise(found.group()), on)
    except UserError:
        return None
    if day is not None and day < on and not re.match(r"\d{4}|今年", found.group()):
        day = day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else None
    return day


def split_due(text: str, on: date) -> tuple[str, date | None]:
    """(the words without the day until when, that day) of 「走访老党员 12月20日前」."""
    found = _DUE.search(text)
    day = due(text, on)
    if found is None or day is None:
        return text, None
    rest = re.sub(r"^之?前(?:完成)?", "", text[found.end() :])
    return " ".join(f"{text[: found.start()]} {rest}".split()), day
