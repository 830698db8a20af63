"""Reading the days of a leave: 「生病 3天」「出差 11月25日到11月30日」「明天」. What can't be read is refused."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.errors import UserError

LONGEST = 366
"""Days of one leave at most."""

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "半": 0}
_DAY = re.compile(
    r"(?<!\d)(?:(?:(?P<y>20\d\d)[-./年])?(?P<m>\d{1,2})[-./月](?P<d>\d{1,2})[日号]?|(?P<d2>\d{1,2})[日号]"
    r"|(?P<w>今天|明天|后天|大后天)|(?P<k>(?:本|这|下)?(?:周|星期)[一二三四五六日天]))(?!\d)"
)
_JOINED = re.compile(r"\s*(?:到|至|~|--?|—+)\s*")
_SHORT = re.compile(r"(\d{1,2})[日号]?(?![\d月.年])")
_LENGTH = re.compile(r"(?P<n>\d{1,3}|[一二两三四五六七八九十])\s*(?P<u>天|日|周|个?星期|个?月)(?:时间|假)?")
_WORDS = {"今天": 0, "明天": 1, "后天": 2, "大后天": 3}
_EXAMPLES = "日期请写成「请假 出差 11月25日到11月30日」或「请假 生病 3天」。"


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included; ``reason`` is what was written besides."""

    first: date
    last: date
    reason: str

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def read(text: str, today: date) -> Period:
    """The days and the reason in ``text``; without any days it is today alone. Raises ``UserError``."""
    text = unicodedata.normalize("NFKC", text).strip()
    try:
        first, last, rest = _days(text, today)
    except ValueError:
        raise UserError(f"没有这一天。{_EXAMPLES}") from None
    if first == last and (length := _LENGTH.search(rest)):
        count = int(length["n"]) if length["n"].isdecimal() else _DIGITS[length["n"]]
        unit = 7 if "周" in length["u"] or "星期" in length["u"] else 30 if "月" in length["u"] else 1
        last = first + timedelta(days=count * unit - 1)
        rest = rest[: length.start()] + " " + rest[length.end() :]
    if re.search(r"\d", rest):
        raise UserError(f"日期没看懂。{_EXAMPLES}")
    if last < first:
        raise UserError(f"结束的日子早于开始的日子。{_EXAMPLES}")
    if first < today:
        raise UserError("已经过去的日子不能自己补请,请和书记说一声。")
    if (last - first).days >= LONGEST:
        raise UserError("一次最多请一年。长期不便学习的,请书记登记免学。")
    return Period(first, last, re.sub(r"\s+", " ", rest).strip(" ,,、。;;"))


def _days(text: str, today: date) -> tuple[date, date, str]:
    """The first and last day named in ``text`` and what is left of it. Raises ``ValueError`` for 2月30日."""
    found = _DAY.search(text)
    if found is None:
        return today, today, text
    before = text[: found.start()]
    if re.search(r"[到至]\s*$", before):
        return today, _day(found, today), before.rstrip().rstrip("到至") + " " + text[found.end() :]
    first = last = _day(found, today)
    end = found.end()
    if joined := _JOINED.match(text, end):
        if other := _DAY.match(text, joined.end()):
            last, end = _day(other, first), other.end()
        elif short := _SHORT.match(text, joined.end()):
            last, end = _with_day(first, int(short[1])), short.end()
    return first, last, re.sub(r"[从自]\s*$", "", before) + " " + text[end:]


def _day(found: re.Match[str], base: date) -> date:
    """One day; what is said without a year, month or week is the next such day from ``base`` on."""
    if word := found["w"]:
        return base + timedelta(days=_WORDS[word])
    if week := found["k"]:
        monday = base - timedelta(days=base.weekday()) + timedelta(days=7 if week.startswith("下") else 0)
        day = monday + timedelta(days="一二三四五六日".index(week[-1].replace("天", "日")))
        return day + timedelta(days=7) if day < base else day
    if alone := found["d2"]:
        return _with_day(base, int(alone))
    month, day_of = int(found["m"]), int(found["d"])
    if found["y"]:
        return date(int(found["y"]), month, day_of)
    guess = date(base.year, month, day_of)
    return guess if guess >= base - timedelta(days=180) else date(base.year + 1, month, day_of)


def _with_day(base: date, day: int) -> date:
    """That day of the month, in the month of ``base`` or, if it is past there, in the next."""
    if day >= base.day:
        return base.replace(day=day)
    following = base.replace(day=1) + timedelta(days=32)
    return following.replace(day=day)
