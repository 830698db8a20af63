"""How study hours are counted: in steps of half an hour, required by the year and in step with it."""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.branch.models import Leave, MemberKind
from bot.core.errors import UserError

MOST_AT_ONCE = 80
"""Half hours that one entry may have: a training of a week."""

_HOURS = re.compile(
    r"(?P<n>\d{1,4}(?:\.\d+)?|半|[一二两三四五六七八九十])\s*(?:个)?(?P<half>半)?\s*(?:学时|课时)(?P<after>半)?"
)
_DIGITS = {char: n for n, char in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


def shown(halves: int) -> str:
    """As it is said: 3 → 「1.5」, 4 → 「2」."""
    return f"{halves // 2}.5" if halves % 2 else str(halves // 2)


def split_hours(text: str) -> tuple[int, str, str] | None:
    """(half hours, what stands before, what stands behind) of 「集中学习 2学时 手机坏了」; None if no hours are named.

    Raises ``UserError`` for what is no multiple of half an hour, nothing, or too much.
    """
    found = _HOURS.search(text)
    if found is None:
        return None
    number = found["n"]
    hours = 0.5 if number == "半" else float(_DIGITS.get(number, 0) or number)
    if found["half"] or found["after"]:
        hours += 0.5
    halves = round(hours * 2)
    if halves != hours * 2 or not 1 <= halves <= MOST_AT_ONCE:
        raise UserError(f"学时以 0.5 为一档,一次 0.5 到 {MOST_AT_ONCE // 2},比如「2学时」「1.5学时」。")
    return halves, text[: found.start()].strip(" ,、。;"), text[found.end() :].strip(" ,、。;")


def of_reading(minutes: int, least: str, minutes_per_hour: int) -> int:
    """The half hours of a reading that takes ``minutes``: by its length, but at least the branch's ``least`` (「0.5」).

    They are fixed when it is pushed: a rule that is changed later changes nothing of the past."""
    return max(round(float(least) * 2), minutes * 2 // minutes_per_hour)


@dataclass(frozen=True)
class Person:
    """What the requirement of a member depends on. ``left_on`` is the first day on which they don't belong any more."""

    kind: str
    committee: bool
    joined_on: date
    left_on: date | None = None


def required(
    person: Person, leaves: Iterable[Leave], first: date, last: date, member_year: int, committee_year: int
) -> int:
    """The half hours that somebody should have from ``first`` to ``last``, both included.

    The year's hours by the share of the days on which they belonged to the branch and weren't on leave or exempt,
    rounded down to half an hour. Nothing for those who aren't party members yet.
    """
    if person.kind not in (MemberKind.FULL, MemberKind.PROBATIONARY):
        return 0
    first = max(first, person.joined_on)
    if person.left_on is not None:
        last = min(last, person.left_on - timedelta(days=1))
    year = committee_year if person.committee else member_year
    away = _away(leaves, first, last)
    exact = 0.0
    for each in range(first.year, last.year + 1):
        start, end = max(first, date(each, 1, 1)), min(last, date(each, 12, 31))
        days = (end - start).days + 1 - sum(1 for day in away if day.year == each)
        exact += year * 2 * days / ((date(each, 12, 31) - date(each, 1, 1)).days + 1) if days > 0 else 0
    return math.floor(exact + 1e-9)


def _away(leaves: Iterable[Leave], first: date, last: date) -> Collection[date]:
    days: set[date] = set()
    for leave in leaves:
        start, end = max(leave.first_day, first), min(leave.last_day, last)
        days |= {start + timedelta(days=i) for i in range((end - start).days + 1)}
    return days
