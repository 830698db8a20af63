"""Some days, in the words people use: 三天, 明天, 11月25日到28日, 到11月30日, 下周. What isn't plain is refused."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.errors import UserError
from bot.scheduling.moments import read_day
from bot.scheduling.words import NUMBER, WEEK, WEEKDAY, Unreadable, number

EXAMPLES = "三天、11月25日到28日、到11月30日"
LONGEST = 366
"""Days of one period at most."""
_ALMOST_A_YEAR = range(300, 364)
"""Days after its first on which nothing ends that is said without a year: 「12月5日到12月1日」."""

_DAY = (
    rf"大后天|今[天日]|明[天日]|后天|昨天|前天|(?:上|这|本|下下|下)?个?{WEEK}{WEEKDAY}"
    rf"|(?:今年|明年|\d{{4}}年)?(?:{NUMBER}月|本月|这个?月|下个?月){NUMBER}[日号]?|\d{{1,2}}[日号]|{NUMBER}号"
    r"|\d{4}[-./]\d{1,2}[-./]\d{1,2}|(?<!\d)\d{1,2}[./]\d{1,2}(?![\d./])"
)
_JOIN = r"(?:到|至|~|-+|—+)"
_SPAN = re.compile(
    rf"[从自]?(?P<first>{_DAY})(?:{_JOIN}(?P<last>{_DAY}|\d{{1,2}}(?!\d|天|个|周|月)))?"
    rf"|[从自]?(?P<bare>\d{{1,2}}){_JOIN}(?P<end>\d{{1,2}}[日号])"
    rf"|{_JOIN}(?P<until>{_DAY})"
    r"|(?P<whole>[这本下]个?(?:周|星期|礼拜|月))"
)
_LENGTH = re.compile(rf"(?:起|开始)?(?P<n>{NUMBER}|半|\d{{1,3}})(?P<unit>天|个?周|个?星期|个?礼拜|个?月)时?间?")


class Backwards(UserError):
    """It ends before it begins."""


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def split_period(text: str, today: date) -> tuple[Period | None, str]:
    """Find the days among the words of ``text``: (days, the text without them), or (None, text).

    Raises ``UserError`` where days were meant but can't be read, end before they begin, or are more than a year.
    """
    text = _plain(text)
    span = _SPAN.search(text)
    try:
        first, last = _read_span(span, today) if span is not None else (today, today)
    except Unreadable as error:
        raise UserError(f"日期没看懂。可以这样写:{EXAMPLES}。") from error
    rest = text if span is None else f"{text[: span.start()]} {text[span.end() :]}"
    length = _LENGTH.search(rest) if span is None or first == last else None
    if length is not None:
        last = first + timedelta(days=_days(length) - 1)
        rest = f"{rest[: length.start()]} {rest[length.end() :]}"
    rest = " ".join(rest.split()).strip(" ,.、。;")
    if re.search(r"\d", rest):
        raise UserError(f"日期没看懂。可以这样写:{EXAMPLES}。")
    if last < first:
        raise Backwards(f"结束的日子早于开始的日子。可以这样写:{EXAMPLES}。")
    if (last - first).days >= LONGEST:
        raise UserError("一次最多一年。")
    if span is None and length is None:
        return None, rest
    return Period(first, last), rest


def split_beginning(text: str, today: date) -> tuple[Period | None, str]:
    """Find since when, and maybe until when, something is so: 「从9月1日起」, 「9月1日到12月31日」, 「9月1日起三个月」;
    without an end it is so until the last day there is. (days, the text without them), or (None, text).

    Only what stands for itself is read, so a day within a reason stays there: 「支委会11月3日同意」. Raises
    ``UserError`` where the days can't be, or end before they begin.
    """
    text = _plain(text)
    for span in _SPAN.finditer(text):
        begins = re.match(r"起|开始", text[span.end() :])
        after = text[span.end() + (begins.end() if begins else 0) :]
        alone = not after or after[0] in _PARTED
        says_so = begins is not None or span[0][0] in "从自" or not (span["first"] or span["whole"]) or span["last"]
        if (span.start() and text[span.start() - 1] not in _PARTED) or not (says_so or (alone and not span.start())):
            continue
        try:
            first, last = _read_span(span, today)
        except Unreadable as error:
            raise UserError("日期没看懂。可以这样写:从9月1日起、9月1日到12月31日。") from error
        if length := _LENGTH.match(after.lstrip()):
            last, after = first + timedelta(days=_days(length) - 1), after.lstrip()[length.end() :]
        elif span["first"] and not span["last"]:
            last = date.max
        if last < first:
            raise Backwards("结束的日子早于开始的日子。可以这样写:9月1日到12月31日。")
        return Period(first, last), " ".join(f"{text[: span.start()]} {after}".split()).strip(_PARTED)
    return None, text


_PARTED = " ,.;、。"


def _plain(text: str) -> str:
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    return re.sub(r"(?<=[月到至~]) | (?=[月日号到至~])|(?<=[从自]) (?=\d)", "", text)


def _days(length: re.Match[str]) -> int:
    try:
        count = 1 if length["n"] == "半" else int(length["n"]) if length["n"].isdecimal() else number(length["n"])
    except ValueError as error:
        raise UserError(f"「{length[0]}」没看懂。可以这样写:{EXAMPLES}。") from error
    if not 1 <= count <= LONGEST:
        raise UserError(f"「{length[0]}」没看懂。可以这样写:{EXAMPLES}。")
    unit = length["unit"].removeprefix("个")
    return count * (1 if unit == "天" else 30 if unit == "月" else 7)


def _read_span(span: re.Match[str], today: date) -> tuple[date, date]:
    if whole := span["whole"]:
        return _whole(whole, today)
    if until := span["until"]:
        return today, _following(until, today, today)
    first = _following(span["first"] or f"{span['bare']}日", today, today)
    ends = span["last"] or span["end"]
    if not ends:
        return first, first
    last = _following(f"{ends}日" if ends.isdecimal() else ends, first, today)
    if (last - first).days in _ALMOST_A_YEAR and not re.match(r"\d{4}|明年", ends):
        raise Backwards(f"结束的日子早于开始的日子;到明年请写「明年{ends}」。")
    return first, last


def _whole(words: str, today: date) -> tuple[date, date]:
    """The rest of this week or month, or all of the next."""
    if words.endswith("月"):
        first = today if words[0] != "下" else today.replace(day=1) + timedelta(days=32)
        first = first if words[0] != "下" else first.replace(day=1)
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    monday = today - timedelta(days=today.weekday())
    if words[0] == "下":
        return monday + timedelta(days=7), monday + timedelta(days=13)
    return today, monday + timedelta(days=6)


def _following(words: str, after: date, today: date) -> date:
    """The day that ``words`` name; what is said without a year, month or week is the next such day from ``after`` on.

    A day of this year that went by less than half a year ago is taken as past, not as next year's.
    """
    if dotted := re.fullmatch(r"(\d{1,2})[./](\d{1,2})", words):
        words = f"{dotted[1]}月{dotted[2]}日"
    if re.search(r"月\d{1,2}$|月[零〇一二两三四五六七八九十]{1,3}$", words):
        words += "日"
    relative = re.match(rf"[上这本下]个?(?:{WEEK}|月)|[今明昨前后大]", words)
    day = read_day(words, today if relative else after)
    if day is None:
        raise Unreadable(words)
    if relative or re.match(r"\d{4}", words) or day >= after:
        return day
    if "月" not in words and re.fullmatch(rf"{NUMBER}[日号]", words):
        following = after.replace(day=1) + timedelta(days=32)
        return read_day(words, following.replace(day=1)) or day
    if after != today or (today - day).days > 183:
        return read_day(f"{after.year + 1}年{words}", today) or day
    return day


_BACK = re.compile(rf"(?P<first>{_DAY})(?:{_JOIN}(?P<last>{_DAY}|\d{{1,2}}(?![\d天个周月])))?")


def split_day_back(text: str, today: date) -> tuple[date | None, str]:
    """Find the day on which something was: 「周三集中学习」 → (last Wednesday, 「集中学习」); the last of several.

    What is said without a year, month or week is the last such day up to ``today``, but of the year before only if that
    is nearer. Raises ``UserError`` for a day that
    doesn't exist or hasn't come; (None, text) where none is named.
    """
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    found = _BACK.search(text)
    if found is None:
        return None, text
    words = found["first"]
    if last := found["last"]:
        month = re.match(r".*月|\d{4}[-./]\d{1,2}[-./]|\d{1,2}[./]", words)
        words = f"{month[0] if month else ''}{last}" if last.rstrip("日号").isdecimal() else last
    try:
        day = _last(words, today)
    except Unreadable as error:
        raise UserError("日期没看懂。可以这样写:周三、昨天、11月3日。") from error
    if day > today:
        raise UserError(f"「{words}」还没到。")
    return day, f"{text[: found.start()]} {text[found.end() :]}".strip(" ,.、。;的在")


def _last(words: str, today: date) -> date:
    if dotted := re.fullmatch(r"(\d{1,2})[./](\d{1,2})", words):
        words = f"{dotted[1]}月{dotted[2]}日"
    if words.isdecimal() or re.search(rf"月{NUMBER}$", words):
        words += "日"
    day = read_day(words, today)
    if day is None:
        raise Unreadable(words)
    if day <= today:
        return day
    if re.fullmatch(rf"{WEEK}{WEEKDAY}", words):
        return day - timedelta(days=7)
    if re.fullmatch(rf"{NUMBER}[日号]", words):
        return read_day(words, today.replace(day=1) - timedelta(days=1)) or day
    if re.fullmatch(rf"{NUMBER}月{NUMBER}[日号]", words) and (day - today).days > 183:
        return read_day(f"{today.year - 1}年{words}", today) or day
    return day
