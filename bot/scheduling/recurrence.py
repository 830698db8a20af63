"""What repeats, in the words people use: 每天7:30, 每个工作日早上8点, 每周一三五20:00, 每两周周二, 每月最后一天 …

A small grammar that reads all of a phrase or refuses it with examples. It never guesses: a phrase with two readings is
refused too, and what was assumed (the time of day) is said by ``describe``.
"""

import json
import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.core.clock import CHINA, to_local
from bot.core.errors import UserError
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.words import (
    CLOCK_LIKE,
    DEFAULT_TIME,
    NUMBER,
    WEEK,
    WEEKDAY,
    WEEKDAYS,
    Unreadable,
    normalise,
    number,
    read_clock,
    say_clock,
    weekday,
)

EXAMPLES = "每天7:30、每个工作日早上8点、每周一三五20:00、每两周周二、每月25号、每月最后一天、每月第一个周五"
_FIRST_MONDAY = date(2024, 1, 1)
_COUNT = "零一二三四五六七八九十"


class Rule(StrEnum):
    DAILY = "daily"
    WORKDAYS = "workdays"
    WEEKLY = "weekly"
    MONTH_DAYS = "month_days"
    MONTH_WEEKDAY = "month_weekday"
    MONTH_WORKDAY = "month_workday"


@dataclass(frozen=True)
class Recurrence:
    """A rule and a time of day on the Chinese wall clock. Immutable; stored as JSON.

    ``weekdays`` counts from 0, Monday. ``days`` are days of the month, ``nth`` the which-th of its kind in the month;
    negative ones count from the end. ``anchor`` is the Monday of a week in which an every-other-week rule runs.
    """

    rule: Rule
    at: time
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    nth: int = 0
    every_weeks: int = 1
    anchor: date = _FIRST_MONDAY
    assumed_time: bool = False

    @property
    def of_workdays(self) -> bool:
        """Whether it rests on the calendar of days off."""
        return self.rule in (Rule.WORKDAYS, Rule.MONTH_WORKDAY)

    def describe(self) -> str:
        """The rule in Chinese, with what was assumed and what it leaves out."""
        notes = []
        match self.rule:
            case Rule.DAILY:
                words = "每天"
            case Rule.WORKDAYS:
                words = "每个工作日"
                notes.append("按国家放假和调休")
            case Rule.WEEKLY:
                weeks = {1: "每周", 2: "每两周的周"}.get(self.every_weeks, f"每{self.every_weeks}周的周")
                words = weeks + _say_weekdays(self.weekdays)
            case Rule.MONTH_DAYS:
                words = "每月" + "、".join(_say_day(day) for day in self.days)
                missing = [day for day in self.days if abs(day) > 28]
                if missing:
                    notes.append(f"没有{_say_day(missing[0])}的月份不发")
            case Rule.MONTH_WEEKDAY:
                words = f"每月{_say_nth(self.nth)}周{WEEKDAYS[self.weekdays[0]]}"
                if abs(self.nth) == 5:
                    notes.append("只有四个的月份不发")
            case Rule.MONTH_WORKDAY:
                words = f"每月{_say_nth(self.nth)}工作日"
                notes.append("按国家放假和调休")
        if self.assumed_time:
            notes.append(f"没写几点,按 {say_clock(self.at)}")
        return f"{words} {say_clock(self.at)}" + (f"({';'.join(notes)})" if notes else "")

    def happens_on(self, day: date, calendar: WorkdayCalendar) -> bool:
        match self.rule:
            case Rule.DAILY:
                return True
            case Rule.WORKDAYS:
                return calendar.is_workday(day)
            case Rule.WEEKLY:
                weeks = (day - self.anchor).days // 7
                return day.weekday() in self.weekdays and weeks % self.every_weeks == 0
            case Rule.MONTH_DAYS:
                return day.day in self.days or day.day - _length(day) - 1 in self.days
            case Rule.MONTH_WEEKDAY:
                nth = (day.day - 1) // 7 + 1 if self.nth > 0 else -((_length(day) - day.day) // 7 + 1)
                return day.weekday() == self.weekdays[0] and nth == self.nth
            case Rule.MONTH_WORKDAY:
                worked = calendar.workdays_of_month(day.year, day.month)
                position = self.nth - 1 if self.nth > 0 else self.nth
                return len(worked) >= abs(self.nth) and worked[position] == day

    def next_after(self, instant: datetime, calendar: WorkdayCalendar) -> datetime:
        """The first slot strictly after ``instant`` (aware), in its zone. Equal input gives equal output."""
        day = to_local(instant).date()
        while True:
            slot = datetime.combine(day, self.at, CHINA).astimezone(instant.tzinfo)
            if slot > instant and self.happens_on(day, calendar):
                return slot
            day += timedelta(days=1)

    def starting(self, instant: datetime) -> "Recurrence":
        """The same rule; one of every other week runs first on the first fitting day after ``instant``."""
        if self.every_weeks == 1:
            return self
        first = to_local(replace(self, every_weeks=1).next_after(instant, WorkdayCalendar())).date()
        return replace(self, anchor=first - timedelta(days=first.weekday()))

    def to_json(self) -> str:
        return json.dumps(
            {
                "rule": self.rule.value,
                "at": self.at.isoformat("minutes"),
                "weekdays": self.weekdays,
                "days": self.days,
                "nth": self.nth,
                "every_weeks": self.every_weeks,
                "anchor": self.anchor.isoformat(),
                "assumed_time": self.assumed_time,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Recurrence":
        """What ``to_json`` wrote. Raises ``ValueError`` or ``KeyError`` for anything else."""
        raw = json.loads(text)
        return cls(
            Rule(raw["rule"]),
            time.fromisoformat(raw["at"]),
            tuple(raw["weekdays"]),
            tuple(raw["days"]),
            raw["nth"],
            raw["every_weeks"],
            date.fromisoformat(raw["anchor"]),
            raw["assumed_time"],
        )


def parse(text: str, now: datetime | None = None) -> Recurrence:
    """Read all of ``text`` as a recurrence. With ``now``, 每两周 begins at the first fitting day after it.

    Raises ``UserError`` (``Unreadable`` if it is no recurrence at all) with examples.
    """
    phrase = normalise(text)
    found: dict[Recurrence, None] = {}
    problem: UserError | None = None
    for cut in range(1, len(phrase) + 1):
        rule = _read_rule(phrase[:cut])
        if rule is None:
            continue
        clock = phrase[cut:].removeprefix("的").removeprefix(",")
        try:
            found[replace(rule, at=read_clock(clock)) if clock else replace(rule, assumed_time=True)] = None
        except Unreadable:
            continue
        except UserError as error:
            problem = error
    if len(found) > 1:
        raise UserError(f"「{text.strip()}」有两种读法。请把时间写成数字,如 20:00。")
    if found:
        recurrence = next(iter(found))
        return recurrence if now is None else recurrence.starting(now)
    if problem is not None:
        raise problem
    if re.fullmatch(rf"每个?{WEEK}.*", phrase) and not re.match(rf"每个?{WEEK}[一二三四五六日天末]", phrase):
        raise Unreadable(f"「{text.strip()}」没说是周几。请写成「每周一三五20:00」这样。")
    raise Unreadable(f"没读懂「{text.strip()[:40]}」。可以这样写:\n{EXAMPLES}。")


def split_recurrence(text: str, now: datetime | None = None) -> tuple[Recurrence | None, str, str]:
    """Find the recurrence among the words of ``text``: (recurrence, what stood before it, what stood after).

    Without one: (None, text, ""). Raises ``UserError`` if a word was clearly meant as one but can't be read.
    """
    words = text.split()
    found: list[tuple[int, int, Recurrence]] = []
    at = 0
    while at < len(words):
        for end in range(min(at + 4, len(words)), at, -1):
            try:
                found.append((at, end, parse(" ".join(words[at:end]), now)))
            except Unreadable:
                continue
            at = end - 1
            break
        at += 1
    if len(found) > 1:
        raise UserError("写了两个重复时间,一次只能定一个。")
    if not found:
        for word in words:
            if word.startswith("每"):
                parse(word)
        return None, text.strip(), ""
    begin, end, recurrence = found[0]
    if end < len(words) and CLOCK_LIKE.fullmatch(normalise(words[end])):
        raise UserError(f"没读懂「{words[end]}」是几点。请写成 8:00 或 20:30 这样。")
    return recurrence, " ".join(words[:begin]), " ".join(words[end:])


def _read_rule(text: str) -> Recurrence | None:
    """The part before the time of day, all of it; None if it is no rule."""
    if re.fullmatch(r"每[天日]|每一天", text):
        return Recurrence(Rule.DAILY, DEFAULT_TIME)
    if re.fullmatch(rf"每个?(?:{WEEK}的?)?工作日|工作日(?:每[天日])?", text):
        return Recurrence(Rule.WORKDAYS, DEFAULT_TIME)
    if match := re.fullmatch(rf"(?:每(?P<n>{NUMBER})个?{WEEK}|每?隔一?个?{WEEK})的?(?P<days>{WEEK}.+)", text):
        return _weekly(match["days"], match["n"] or "二")
    if match := re.fullmatch(rf"每个?(?P<days>{WEEK}.+)", text):
        return _weekly(match["days"], "一")
    if match := re.fullmatch(r"每个?月的?(?P<rest>.+)", text):
        return _monthly(match["rest"])
    return None


def _weekly(text: str, weeks: str) -> Recurrence | None:
    days: set[int] = set()
    rest = re.sub(WEEK, "", text)
    if rest == "末":
        days = {5, 6}
    elif re.fullmatch(rf"{WEEKDAY}(?:[、,和及与/]?{WEEKDAY}|[到至~-]{WEEKDAY})*", rest):
        for first, last in re.findall(rf"({WEEKDAY})(?:[到至~-]({WEEKDAY}))?", rest):
            begin, end = weekday(first), weekday(last or first)
            if begin > end:
                return None
            days |= set(range(begin, end + 1))
    try:
        every = number(weeks)
    except ValueError:
        return None
    if not days or not 1 <= every <= 12:
        return None
    return Recurrence(Rule.WEEKLY, DEFAULT_TIME, weekdays=tuple(sorted(days)), every_weeks=every)


def _monthly(text: str) -> Recurrence | None:
    if text in ("最后一天", "月底最后一天"):
        return Recurrence(Rule.MONTH_DAYS, DEFAULT_TIME, days=(-1,))
    items = re.split(r"[、,和及与]|(?<=[号日])(?=.)", text)
    if text[-1] in "号日" and all(re.fullmatch(rf"{NUMBER}[号日]?", item) for item in items):
        try:
            days = sorted({number(item.rstrip("号日")) for item in items})
        except ValueError:
            return None
        if days[0] < 1 or days[-1] > 31:
            return None
        return Recurrence(Rule.MONTH_DAYS, DEFAULT_TIME, days=tuple(days))
    match = re.fullmatch(
        rf"(?:(?P<back>倒数)?第(?P<n>{NUMBER})个|(?P<last>最后)一个|首个)(?:{WEEK}(?P<day>{WEEKDAY})|工作日)", text
    )
    if match is None:
        return None
    try:
        nth = number(match["n"]) if match["n"] else 1
    except ValueError:
        return None
    if not 1 <= nth <= (5 if match["day"] else 15):  # every month has at least 15 workdays
        return None
    nth = -nth if match["back"] or match["last"] else nth
    if match["day"]:
        return Recurrence(Rule.MONTH_WEEKDAY, DEFAULT_TIME, weekdays=(weekday(match["day"]),), nth=nth)
    return Recurrence(Rule.MONTH_WORKDAY, DEFAULT_TIME, nth=nth)


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _say_weekdays(days: tuple[int, ...]) -> str:
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{WEEKDAYS[days[0]]}至周{WEEKDAYS[days[-1]]}"
    return "、".join(WEEKDAYS[day] for day in days)


def _say_day(day: int) -> str:
    return "最后一天" if day == -1 else f"{day}号"


def _say_nth(nth: int) -> str:
    if nth == -1:
        return "最后一个"
    count = _COUNT[abs(nth)] if abs(nth) <= 10 else str(abs(nth))
    return f"{'倒数' if nth < 0 else ''}第{count}个"
