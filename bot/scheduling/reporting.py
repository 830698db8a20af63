"""The stretches of time that figures are asked for: 本周, 上月, 9月, 三季度, 上半年, 今年, 10月1日到15日, 近30天.

They look back: 9月 is the last September that has begun, 三季度 the last third quarter that has. What isn't plain is
refused.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.errors import UserError
from bot.scheduling.period import Backwards, Period, split_period
from bot.scheduling.words import NUMBER, normalise, number

EXAMPLES = "本周、上月、9月、三季度、今年、10月1日到15日"

_YEAR = r"(?:(?P<year>\d{4})年?|(?P<named>今年|去年|本年度?|上年度?|年度))"
_PATTERN = re.compile(
    rf"{_YEAR}?的?(?:(?P<quarter>[第]?[一二三四1-4]季度|[qQ][1-4])|(?P<half>[上下]半年)|(?P<month>{NUMBER}月份?)|全年)?"
    r"|(?P<week>[这本上]个?(?:周|星期|礼拜))|(?P<near>[这本上]个?(?:月|季度))"
    r"|(?:近|最近|过去)(?P<days>\d{1,3})[天日]|(?P<today>今[天日]|昨[天日])"
)


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both included; ``label`` is how it is said: 「2026年三季度」."""

    first: date
    last: date
    label: str

    def before(self) -> "Span":
        """The stretch of the same kind just before: the quarter before a quarter, else as many days."""
        whole_months = self.first.day == 1 and (self.last + timedelta(days=1)).day == 1
        if not whole_months:
            days = (self.last - self.first).days + 1
            return Span(self.first - timedelta(days=days), self.first - timedelta(days=1), "上一期")
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        start = _month(self.first.year, self.first.month - months)
        return Span(start, self.first - timedelta(days=1), "上一期")


def read_span(text: str, today: date) -> Span:
    """All of ``text`` as a stretch of time up to ``today``'s end of it. Raises ``UserError`` with examples."""
    clean = normalise(text)
    found = _PATTERN.fullmatch(clean) if clean else None
    span = _read(found, today) if found is not None else _days(text, today)
    if span.first > today:
        raise UserError(f"「{text.strip()[:20]}」还没到。可以这样写:{EXAMPLES}。")
    return span


def split_span(text: str, today: date) -> tuple[Span | None, str]:
    """The stretch that the first or last word of ``text`` names, and the rest; (None, text) if neither does."""
    words = text.split()
    for index in dict.fromkeys((0, len(words) - 1)):
        if words and (found := _PATTERN.fullmatch(normalise(words[index]))):
            span = _read(found, today)
            if span.first > today:
                raise UserError(f"「{words[index]}」还没到。可以这样写:{EXAMPLES}。")
            return span, " ".join(words[:index] + words[index + 1 :])
    return None, text.strip()


def _read(found: "re.Match[str]", today: date) -> Span:
    if found["today"]:
        day = today - timedelta(days=found["today"][0] == "昨")
        return Span(day, day, f"{day.month}月{day.day}日")
    if found["days"]:
        count = int(found["days"])
        if count < 1:
            raise UserError(f"没看懂要哪段时间。可以这样写:{EXAMPLES}。")
        return Span(today - timedelta(days=count - 1), today, f"近{count}天")
    if found["week"]:
        monday = today - timedelta(days=today.weekday() + (7 if found["week"][0] == "上" else 0))
        label = "上周" if found["week"][0] == "上" else "本周"
        return Span(monday, monday + timedelta(days=6), label)
    if found["near"]:
        back = found["near"][0] == "上"
        if found["near"].endswith("月"):
            return _months(_month(today.year, today.month - back), 1)
        return _months(_month(today.year, (today.month - 1) // 3 * 3 + 1 - 3 * back), 3)
    year, said = _year(found, today)
    if found["quarter"]:
        quarter = _quarter(found["quarter"])
        start = date(year, quarter * 3 - 2, 1)
        return _months(start if said or start <= today else start.replace(year=year - 1), 3)
    if found["half"]:
        start = date(year, 1 if found["half"][0] == "上" else 7, 1)
        return _months(start if said or start <= today else start.replace(year=year - 1), 6)
    if found["month"]:
        try:
            start = date(year, number(re.sub("月份?$", "", found["month"])), 1)
        except ValueError as error:
            raise UserError(f"没有「{found['month']}」。可以这样写:{EXAMPLES}。") from error
        return _months(start if said or start <= today else start.replace(year=year - 1), 1)
    return _months(date(year, 1, 1), 12)


def _year(found: "re.Match[str]", today: date) -> tuple[int, bool]:
    """The year, and whether one was said."""
    if found["year"]:
        if not 2000 <= int(found["year"]) <= 2100:
            raise UserError(f"没有{found['year']}年的记录。可以这样写:{EXAMPLES}。")
        return int(found["year"]), True
    named = found["named"] or ""
    return today.year - (named[:1] in ("去", "上") and bool(named)), bool(named)


def _quarter(text: str) -> int:
    mark = text.lower().removeprefix("第").removeprefix("q")[0]
    return int(mark) if mark.isdecimal() else "一二三四".index(mark) + 1


def _month(year: int, month: int) -> date:
    """The first of a month that may be counted below 1."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _months(start: date, count: int) -> Span:
    end = _month(start.year, start.month + count - 1)
    last = end.replace(day=monthrange(end.year, end.month)[1])
    if count == 1:
        label = f"{start.year}年{start.month}月"
    elif count == 3:
        label = f"{start.year}年{'一二三四'[(start.month - 1) // 3]}季度"
    elif count == 6:
        label = f"{start.year}年{'上' if start.month == 1 else '下'}半年"
    else:
        label = f"{start.year}年"
    return Span(start, last, label)


def _days(text: str, today: date) -> Span:
    text = normalise(text).replace("去年", f"{today.year - 1}年")
    text = re.sub(r"(?<=[到至~—-])今[天日]$", f"{today.month}月{today.day}日", text)
    period = _back(text, today) if _NO_YEAR.fullmatch(text) else _period(text, today)
    return Span(period.first, period.last, say_days(period, today))


_NO_YEAR = re.compile(rf"(?:从|自)?(?:{NUMBER}月)?(?:{NUMBER}[日号]?)?(?:[到至~—-]+(?:{NUMBER}月)?{NUMBER}[日号]?)?")


def _back(text: str, today: date) -> Period:
    """The last such days that have begun, in this month, the one before or a year; else those that come next."""
    month = today.replace(day=1)
    since = (today, month, _month(month.year, month.month - 1), month.replace(year=today.year - 1))
    found = [_period(text, one) for one in since]
    return next((one for one in found if one.first <= today), found[0])


def _period(text: str, today: date) -> Period:
    try:
        period, rest = split_period(text, today)
    except Backwards as error:
        raise UserError(f"结束的日子早于开始的日子。可以这样写:{EXAMPLES}。") from error
    except UserError as error:
        raise UserError(f"没看懂要哪段时间。可以这样写:{EXAMPLES}。") from error
    if period is None or rest:
        raise UserError(f"没看懂要哪段时间。可以这样写:{EXAMPLES}。")
    return period


def say_days(period: Period, today: date) -> str:
    """10月1日—10月15日, with the years where they differ or aren't this one."""
    first, last = period.first, period.last
    of = "" if first.year == last.year == today.year else f"{first.year}年"
    if first.year != last.year:
        return f"{of}{first.month}月{first.day}日—{last.year}年{last.month}月{last.day}日"
    if first == last:
        return f"{of}{first.month}月{first.day}日"
    return f"{of}{first.month}月{first.day}日—{last.month}月{last.day}日"
