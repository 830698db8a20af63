"""One point in time, in the words people use: 明天8点, 今晚八点半, 下周一上午9点, 11月30日18:00, 30分钟后.

Reads all of a phrase or refuses it; what lies in the past is refused with the reason. A day without a time of day means
8:00, which the echo shows.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from bot.core.clock import CHINA, to_local
from bot.core.errors import UserError
from bot.scheduling.words import (
    CLOCK_LIKE,
    DEFAULT_TIME,
    NUMBER,
    WEEK,
    WEEKDAY,
    Unreadable,
    normalise,
    number,
    read_clock,
    say_moment,
    weekday,
)

EXAMPLES = "明天8点、今晚八点半、后天上午9:30、下周一上午9点、11月30日18:00、30分钟后"

LATEST = 2200
"""The year from which on no day is meant: what is reckoned from it would leave the calendar."""

_DAYS = {"前天": -2, "昨天": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_SHORT = {"今": "今天", "明": "明天", "昨": "昨天"}
_IN_DAYS = re.compile(rf"(?P<n>{NUMBER})天(?:后|之后|以后)")
_WEEKDAY = re.compile(rf"(?P<which>上|这|本|下下|下)?个?{WEEK}(?P<day>{WEEKDAY})")
_DATE = re.compile(
    rf"(?:(?P<year>今年|明年|后年|\d{{4}}年))?(?:(?P<month>{NUMBER})月|(?P<near>本月|这个?月|下个?月))?(?P<day>{NUMBER})[日号]"
)
_ISO = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
_MONTH_END = re.compile(
    rf"(?:(?P<year>今年|明年|后年|\d{{4}}年)?(?P<month>{NUMBER})月|(?P<near>本|这个?|下个?)?月)[底末]"
)
_YEAR_END = re.compile(r"(?P<year>今|本|明)?年[底末]")
_FIGURES = re.compile(r"\s*(?:(\d{4})[/.-])?(\d{1,2})[/.-](\d{1,2})\s+(?=.*[:：点])")
"""「12/1 20:00」, 「2026-12-1 20:00」: figures are a date where a time of day stands behind them, parted from it."""
_OFFSET = re.compile(
    rf"(?:(?P<hours>{NUMBER})个?(?P<and_half>半)?(?:小时|钟头)|(?P<half>半)个?(?:小时|钟头))?"
    rf"(?:(?P<minutes>\d{{1,3}}|{NUMBER})分钟?)?(?:后|之后|以后)"
)
_NUMBER_APART = re.compile(r"\d+\s+\d")
"""「资料 1 8点」: the number belongs to what stands before it and is no part of an 18点."""
_LONGEST = 100
"""Characters of a moment, with the spaces in it. Each place is tried at which a day could end and a time of day begin:
of a whole page that takes minutes."""
_MEANT = re.compile(
    rf"(?:今天|明天|后天|大后天|今[早晚]|明[早晚]|[下本这]个?{WEEK}{WEEKDAY}|{NUMBER}月{NUMBER}[日号])"
    r"[零〇一二两三四五六七八九十\d:点时分半刻钟整凌清晨早晚上中下午傍夜里.]*"
)
"""A word that was surely meant as a moment, readable or not."""


class Past(UserError):
    """The moment has gone by; ``moment`` is which."""

    def __init__(self, said: str, moment: datetime) -> None:
        super().__init__(said)
        self.moment = moment


def parse(text: str, now: datetime) -> datetime:
    """Read all of ``text`` as a moment after ``now``; aware, UTC.

    Raises ``Unreadable`` if it is no moment, ``Past`` if it has gone by, another ``UserError`` if it can't be meant.
    """
    phrase = normalise(_FIGURES.sub(_as_date, text)) if len(text) <= _LONGEST else ""
    if offset := _read_offset(phrase):
        return now.astimezone(UTC) + offset
    found: dict[datetime, None] = {}
    problem: UserError | None = None
    for day_words, clock in _cuts(phrase):
        try:
            day = read_day(day_words, to_local(now).date())
            if day is None:
                continue
            if not clock and day == to_local(now).date():
                raise UserError(f"「{text.strip()}」几点?请写成「{text.strip()}20:00」这样。")
            at = read_clock(clock) if clock else DEFAULT_TIME
        except Unreadable:
            continue
        except UserError as error:
            problem = error
        else:
            found[datetime.combine(day, at, CHINA).astimezone(UTC)] = None
    if len(found) > 1:
        raise UserError(f"「{text.strip()}」有两种读法。请把时间写成数字,如 20:00。")
    if not found:
        raise problem or Unreadable(f"没读懂「{text.strip()[:40]}」。可以这样写:\n{EXAMPLES}。")
    moment = next(iter(found))
    if moment <= now:
        said = f"{say_moment(moment, now)}已经过去了,现在是{say_moment(now, now)}。请写一个以后的时间。"
        raise Past(said, moment)
    return moment


def _as_date(figures: re.Match[str]) -> str:
    year, month, day = figures.groups()
    return f"{year}年{month}月{day}日" if year else f"{month}月{day}日"


def split_moment(text: str, now: datetime) -> tuple[datetime | None, str]:
    """Find the moment among the words of ``text``: (moment, the text without it), or (None, text).

    In a text of several lines only a moment at its very beginning with a time of day, or a last line of its own,
    counts: dates inside an article are not a wish to schedule it. Raises ``UserError`` if a word of a single line was
    clearly meant as a moment but can't be read or has gone by, or if there are two moments.
    """
    text = text.strip()
    if "\n" in text:
        return _split_lines(text, now)
    words = list(re.finditer(r"\S+", text))
    found: list[tuple[int, int, datetime]] = []
    at = 0
    while at < len(words):
        if 4 <= at < len(words) - 4:  # a long line is a text: only its ends are looked at
            at = len(words) - 4
        for end in range(min(at + 4, len(words)), at, -1):
            phrase = text[words[at].start() : words[end - 1].end()]
            if _NUMBER_APART.match(phrase):
                continue
            try:
                moment = parse(phrase, now)
            except Unreadable:
                continue
            if at > 0 and end < len(words) and not _has_clock(phrase):
                continue
            found.append((at, end, moment))
            at = end - 1
            break
        at += 1
    if len(found) > 1:
        raise UserError("写了两个时间,请只留一个。")
    if not found:
        for word in {words[0].group(), words[-1].group()} if words else ():
            if _MEANT.fullmatch(normalise(word)):
                parse(word, now)
        return None, text
    begin, end, moment = found[0]
    if end < len(words) and CLOCK_LIKE.fullmatch(normalise(words[end].group())):
        raise UserError(f"没读懂「{words[end].group()}」是几点。请写成 8:00 或 20:30 这样。")
    before, after = text[: words[begin].start()].rstrip(), text[words[end - 1].end() :].lstrip()
    return moment, f"{before} {after}".strip()


def _split_lines(text: str, now: datetime) -> tuple[datetime | None, str]:
    first, _, body = text.partition("\n")
    words = list(re.finditer(r"\S+", first))
    for end in range(min(4, len(words)), 0, -1):
        phrase = first[: words[end - 1].end()]
        try:
            moment = parse(phrase, now)
        except UserError:
            continue
        if _has_clock(phrase) or end == len(words):
            return moment, f"{first[words[end - 1].end() :].strip()}\n{body}".strip()
    head, _, last = text.rpartition("\n")
    try:
        moment = parse(last, now)
    except UserError:
        return None, text
    # a bare date on the last line is the signature of a document
    return (moment, head.strip()) if _has_clock(last) or not _is_calendar_date(last) else (None, text)


def _cuts(phrase: str) -> Iterator[tuple[str, str]]:
    """Every way to part a phrase into a day and a time of day; either may be empty, not both."""
    if phrase:
        yield "", phrase
    for cut in range(1, len(phrase) + 1):
        clock = phrase[cut:].removeprefix("的").removeprefix(",")
        if phrase[:cut] in _SHORT:
            if clock[:1] in ("早", "晚"):
                yield _SHORT[phrase[:cut]], clock
        else:
            yield phrase[:cut], clock


def _read_offset(phrase: str) -> timedelta | None:
    match = _OFFSET.fullmatch(phrase)
    if match is None or not (match["hours"] or match["half"] or match["minutes"]):
        return None
    try:
        minutes = int(match["minutes"]) if (match["minutes"] or "x").isascii() and match["minutes"] else 0
        minutes = minutes or number(match["minutes"] or "0")
        hours = number(match["hours"] or "0")
    except ValueError:
        return None
    offset = timedelta(hours=hours, minutes=minutes + (30 if match["half"] or match["and_half"] else 0))
    if not offset:
        raise UserError("请写一个以后的时间,如「30分钟后」。")
    return offset


def read_day(words: str, today: date) -> date | None:
    """The day that ``words`` name, seen from ``today``; None if they name none. No words mean today."""
    if not words:
        return today
    if words in _DAYS:
        return today + timedelta(days=_DAYS[words])
    if match := _IN_DAYS.fullmatch(words):
        return today + timedelta(days=_number(match["n"]))
    if match := _WEEKDAY.fullmatch(words):
        wanted, which = weekday(match["day"]), match["which"]
        if which is None:
            return today + timedelta(days=(wanted - today.weekday()) % 7)
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 * {"上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}[which] + wanted)
    if match := _DATE.fullmatch(words) or _ISO.fullmatch(words):
        return _read_date(match.groupdict(), today)
    if match := _YEAR_END.fullmatch(words):
        return date(today.year + (match["year"] == "明"), 12, 31)
    if match := _MONTH_END.fullmatch(words):
        near = match["near"] or ""
        first = _read_date({"year": match["year"], "month": match["month"], "near": near, "day": "1"}, today)
        return first.replace(day=monthrange(first.year, first.month)[1])
    return None


def _read_date(parts: dict[str, str | None], today: date) -> date:
    year, month, day = today.year, today.month, _number(parts["day"] or "")
    if parts["year"]:
        year = {"今年": year, "明年": year + 1, "后年": year + 2}.get(parts["year"]) or int(parts["year"][:4])
    if parts["month"]:
        month = _number(parts["month"])
    elif parts.get("year"):
        raise Unreadable("没写是几月。")
    elif (parts.get("near") or "").startswith("下"):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if not 1900 <= year < LATEST:
        raise UserError(f"「{year}年」太远了。请写成「11月30日18:00」这样。")
    if not 1 <= month <= 12:
        raise UserError(f"没有 {month} 月。请写成「11月30日18:00」这样。")
    if not 1 <= day <= monthrange(year, month)[1]:
        raise UserError(f"{month}月没有{day}日。请写成「11月30日18:00」这样。")
    return date(year, month, day)


def _number(text: str) -> int:
    try:
        return number(text)
    except ValueError as error:
        raise Unreadable(f"没读懂「{text}」是多少。") from error


def _has_clock(phrase: str) -> bool:
    return bool(re.search(r"[:点时]|分钟?后|[分时]之后|[分时]以后", normalise(phrase)))


def _is_calendar_date(phrase: str) -> bool:
    return bool(re.fullmatch(r".*[日号]|[\d./-]+", normalise(phrase)))
