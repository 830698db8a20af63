"""Numerals and times of day."""

import contextlib
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.scheduling.words import NUMBER, number, read_clock, say_clock


@pytest.mark.parametrize(
    ("text", "value"),
    [("8", 8), ("05", 5), ("零", 0), ("两", 2), ("零五", 5), ("〇五", 5), ("十", 10), ("十二", 12), ("三十一", 31)],
)
def test_numerals(text: str, value: int) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "十十", "一十", "二三", "零零", "十零", "零十", "五十五五", "x", "٣"])
def test_what_is_no_numeral(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        number(text)


@given(st.from_regex(NUMBER, fullmatch=True) | st.text(alphabet="零〇一二两三九十", max_size=4))
def test_numerals_are_read_or_refused(text: str) -> None:
    try:
        value = number(text)
    except ValueError:
        return
    assert 0 <= value <= 99


@given(st.times())
def test_a_time_of_day_reads_back(at: time) -> None:
    minute = at.replace(second=0, microsecond=0)
    assert read_clock(say_clock(minute)) == minute


@given(st.text(alphabet="早晚上下午凌晨中一二十零半刻点时分0189:", max_size=8))
def test_any_time_of_day_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UserError):
        assert read_clock(text) is not None
