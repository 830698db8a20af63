"""Workdays as China keeps them: make-up days count, statutory holidays don't.

A year's arrangement is announced late in the year before. Files under ``data/holidays`` carry what was announced (an
operator can add next year's without waiting for a release), the chinesecalendar package knows the past. A year that
neither knows falls back to Monday–Friday minus the statutory days, and ``announced`` says so.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Self

import chinese_calendar

from bot.core.clock import to_local
from bot.core.settings import SHIPPED

log = logging.getLogger("xueban.calendar")

HOLIDAYS = SHIPPED / "holidays"


@dataclass(frozen=True)
class YearArrangement:
    """What was announced for a year: the days off, and the weekend days that are worked. ``source`` is the paper."""

    year: int
    source: str
    off: frozenset[date]
    work: frozenset[date]

    @classmethod
    def read(cls, path: Path) -> Self:
        """One file ``{year, source, off: [dates], work: [dates]}``. Raises ``ValueError`` saying what is wrong."""
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            off, work = (frozenset(date.fromisoformat(day) for day in raw[key]) for key in ("off", "work"))
            arrangement = cls(int(raw["year"]), str(raw["source"]), off, work)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}: {type(error).__name__} {error}") from error
        if off & work:
            raise ValueError(f"{path.name}: {min(off & work)} is both off and work")
        if not off:
            raise ValueError(f"{path.name}: no days off")
        return arrangement


class WorkdayCalendar:
    """Which days are worked. ``problems`` names the files that could not be read."""

    def __init__(self, overrides: Iterable[YearArrangement] = (), problems: Iterable[str] = ()) -> None:
        arrangements = list(overrides)
        self._years = frozenset(item.year for item in arrangements)
        self._off = frozenset[date]().union(*(item.off for item in arrangements))
        self._work = frozenset[date]().union(*(item.work for item in arrangements))
        self.problems = tuple(problems)

    @classmethod
    def load(cls, data_dir: Path | None = None) -> Self:
        """What the project ships, overridden by the files under ``data_dir/holidays``. A broken file is logged and
        left out: the bot goes on without it."""
        found: dict[int, YearArrangement] = {}
        problems = []
        folders = dict.fromkeys([HOLIDAYS.resolve(), *([(data_dir / "holidays").resolve()] if data_dir else [])])
        for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
            try:
                arrangement = YearArrangement.read(path)
            except ValueError as error:
                log.error("holiday file left out: %s", error)
                problems.append(str(error))
            else:
                found[arrangement.year] = arrangement
        return cls(found.values(), problems)

    def announced(self, year: int) -> bool:
        """Whether the arrangement of the year is known. False means that ``is_workday`` falls back."""
        return year in self._years or _packaged(year)

    def is_workday(self, day: date) -> bool:
        if day in self._work:
            return True
        if day in self._off:
            return False
        if day.year in self._years:
            return day.weekday() < 5
        if _packaged(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < 5 and day not in _statutory(day.year)

    def add_workdays(self, day: date, count: int) -> date:
        """The ``count``-th workday after ``day``, which itself doesn't count; ``count`` of at least 0."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def workdays_of_month(self, year: int, month: int) -> list[date]:
        day, days = date(year, month, 1), []
        while day.month == month:
            if self.is_workday(day):
                days.append(day)
            day += timedelta(days=1)
        return days

    def caveat(self, instant: datetime) -> str:
        """One line to say beside a date that rests on a year not announced yet; empty where all is known."""
        return self.caveat_of(to_local(instant).date())

    def caveat_of(self, day: date) -> str:
        year = day.year
        if self.announced(year):
            return ""
        return f"{year}年放假安排还没公布,先按周一到周五、扣除法定节日算。"


def files_of(data_dir: Path) -> dict[str, int]:
    """The files that an operator has put there, with when they were changed."""
    return {path.name: path.stat().st_mtime_ns for path in (data_dir / "holidays").glob("*.json")}


@lru_cache(maxsize=64)
def _packaged(year: int) -> bool:
    """Whether chinesecalendar holds the year: those from its first holiday to its last."""
    known: dict[date, str] = chinese_calendar.holidays
    return min(known).year <= year <= max(known).year


@lru_cache(maxsize=64)
def _statutory(year: int) -> frozenset[date]:
    """The statutory holidays by law, without days moved by decree."""
    import holidays  # a slow import, needed only for years that nobody has announced

    return frozenset(holidays.country_holidays("CN", years=year, observed=False))
