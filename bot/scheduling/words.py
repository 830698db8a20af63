"""The Chinese of times: numerals, times of day, weekdays. Shared by recurrences and moments, so both read alike.

What can be read in two ways is refused, never guessed: 「3点」 may be night or afternoon, 「晚上12点」 may be today or
tomorrow.
"""

import re
import unicodedata
from datetime import datetime, time

from bot.core.clock import to_local
from bot.core.errors import UserError

WEEKDAYS = "一二三四五六日"
DEFAULT_TIME = time(8, 0)
"""The time of day where none is written; whoever uses it says so."""

NUMBER = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
WEEK = r"(?:周|星期|礼拜)"
WEEKDAY = r"[一二三四五六日天]"
CLOCK = re.compile(
    r"(?P<period>凌晨|清晨|清早|早晨|早上|上午|中午|下午|傍晚|晚上|夜里|早|晚)?"
    rf"(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})|(?P<point>{NUMBER})(?:点钟?|时)"
    rf"(?:(?P<half>半)|整|(?P<quarter>[一三])刻钟?|(?P<past>{NUMBER})分?)?)"
)
CLOCK_LIKE = re.compile(
    r"(?=.*(?:[:点午晚早晨]|\d时))[零〇一二两三四五六七八九十\d:点时分半刻钟整凌清晨早晚上中下午傍夜里.]+"
)
"""Something that was surely meant as a time of day, readable or not."""

_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_PERIOD_HOURS = {
    "凌晨": range(6),
    "清晨": range(4, 9),
    "清早": range(4, 10),
    "早晨": range(4, 12),
    "早上": range(4, 12),
    "早": range(4, 12),
    "上午": range(6, 13),
    "中午": range(11, 15),
    "下午": range(12, 20),
    "傍晚": range(16, 21),
    "晚上": range(17, 24),
    "晚": range(17, 24),
    "夜里": range(19, 24),
}


class Unreadable(UserError):
    """This is no time at all in our grammar (as against a time that can't be meant)."""


def normalise(text: str) -> str:
    """Half-width, without any white space: the form that the grammars read."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def number(text: str) -> int:
    """0–99 from digits or Chinese numerals (八, 十二, 三十一, 零五). Raises ``ValueError``."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten and len(ones := tens.lstrip("零〇")) == 1 and len(tens) <= 2 and ones in _DIGITS:
        return _DIGITS[ones]
    if not ten and tens in ("零", "〇"):
        return 0
    if ten and all(part == "" or (part in _DIGITS and part not in "零〇") for part in (tens, ones)) and tens != "一":
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    raise ValueError(text)


def weekday(character: str) -> int:
    """0 is Monday, 6 is Sunday."""
    return WEEKDAYS.index("日" if character == "天" else character)


def read_clock(text: str) -> time:
    """A time of day, all of ``text``. Raises ``Unreadable`` if it is none, ``UserError`` if it can't be meant."""
    match = CLOCK.fullmatch(text)
    if match is None:
        raise Unreadable(f"没读懂「{text}」是几点。")
    try:
        hour = number(match["hour"] or match["point"])
        minute = number(match["minute"] or match["past"] or "0")
    except ValueError as error:
        raise Unreadable(f"没读懂「{text}」是几点。") from error
    if match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一" else 45
    if hour == 24 or (hour == 12 and match["period"] in ("晚上", "晚", "夜里", "凌晨")):
        raise UserError(f"「{text}」说不准是哪一天,请写成 23:59 或第二天的 0:00。")
    if hour > 23 or minute > 59:
        raise UserError(f"没有「{text}」这个时间。请写成 8:00 或 20:30 这样。")
    period = match["period"]
    if period is None:
        if match["point"] and 1 <= hour <= 5:
            raise UserError(f"「{text}」是凌晨还是下午?请写「凌晨{hour}点」或「{hour + 12}:{minute:02}」。")
        return time(hour, minute)
    readings = [value for value in (hour, hour + 12) if value in _PERIOD_HOURS[period]]
    if len(readings) != 1:
        raise UserError(f"「{text}」说不通。请写成 8:00 或 20:30 这样。")
    return time(readings[0], minute)


def say_clock(at: time) -> str:
    """8:00, 20:30."""
    return f"{at.hour}:{at.minute:02}"


def say_day(instant: datetime, now: datetime) -> str:
    """11月25日, with the year where it isn't this one."""
    local = to_local(instant)
    year = "" if local.year == to_local(now).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日"


def say_moment(instant: datetime, now: datetime) -> str:
    """11月25日(周三)8:00, with the year where it isn't this one."""
    local = to_local(instant)
    return f"{say_day(instant, now)}(周{WEEKDAYS[local.weekday()]}){say_clock(local.time())}"
