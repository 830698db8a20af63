from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UserError
from bot.scheduling.reporting import Span, read_span, split_span

TODAY = date(2026, 11, 24)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("本周", (2026, 11, 23), (2026, 11, 29), "本周"),
        ("上周", (2026, 11, 16), (2026, 11, 22), "上周"),
        ("本月", (2026, 11, 1), (2026, 11, 30), "2026年11月"),
        ("上个月", (2026, 10, 1), (2026, 10, 31), "2026年10月"),
        ("9月", (2026, 9, 1), (2026, 9, 30), "2026年9月"),
        ("九月份", (2026, 9, 1), (2026, 9, 30), "2026年9月"),
        ("12月", (2025, 12, 1), (2025, 12, 31), "2025年12月"),
        ("2024年2月", (2024, 2, 1), (2024, 2, 29), "2024年2月"),
        ("三季度", (2026, 7, 1), (2026, 9, 30), "2026年三季度"),
        ("2026三季度", (2026, 7, 1), (2026, 9, 30), "2026年三季度"),
        ("2025年第4季度", (2025, 10, 1), (2025, 12, 31), "2025年四季度"),
        ("去年四季度", (2025, 10, 1), (2025, 12, 31), "2025年四季度"),
        ("q1", (2026, 1, 1), (2026, 3, 31), "2026年一季度"),
        ("上季度", (2026, 7, 1), (2026, 9, 30), "2026年三季度"),
        ("本季度", (2026, 10, 1), (2026, 12, 31), "2026年四季度"),
        ("上半年", (2026, 1, 1), (2026, 6, 30), "2026年上半年"),
        ("今年", (2026, 1, 1), (2026, 12, 31), "2026年"),
        ("去年", (2025, 1, 1), (2025, 12, 31), "2025年"),
        ("2025", (2025, 1, 1), (2025, 12, 31), "2025年"),
        ("近30天", (2026, 10, 26), (2026, 11, 24), "近30天"),
        ("10月1日到15日", (2026, 10, 1), (2026, 10, 15), "10月1日—10月15日"),
        ("昨天", (2026, 11, 23), (2026, 11, 23), "11月23日"),
        ("25日到28日", (2026, 10, 25), (2026, 10, 28), "10月25日—10月28日"),
        ("1日到3日", (2026, 11, 1), (2026, 11, 3), "11月1日—11月3日"),
        ("3月1日至5日", (2026, 3, 1), (2026, 3, 5), "3月1日—3月5日"),
        ("从3月1日到今天", (2026, 3, 1), (2026, 11, 24), "3月1日—11月24日"),
        ("12月25日到31日", (2025, 12, 25), (2025, 12, 31), "2025年12月25日—12月31日"),
        ("去年12月20日到1月3日", (2025, 12, 20), (2026, 1, 3), "2025年12月20日—2026年1月3日"),
    ],
)
def test_what_people_ask_for(text: str, first: tuple[int, ...], last: tuple[int, ...], label: str) -> None:
    assert read_span(text, TODAY) == Span(date(*first), date(*last), label)


@pytest.mark.parametrize(
    "text", ["", "五季度", "13月", "明年", "2027年", "1899年", "近0天", "很久以前", "10月32日", "年"]
)
def test_what_makes_no_sense_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UserError, match="三季度"):
        read_span(text, TODAY)


@pytest.mark.parametrize("text", ["12月5日到12月1日", "3月10日到2月1日", "2026年3月10日到2月1日"])
def test_what_ends_before_it_begins_is_said_to(text: str) -> None:
    with pytest.raises(UserError, match="结束的日子早于开始的日子"):
        read_span(text, TODAY)


@pytest.mark.parametrize(
    ("text", "label"),
    [("三季度", "2026年二季度"), ("9月", "2026年8月"), ("今年", "2025年"), ("上半年", "2025年下半年")],
)
def test_the_one_before_is_of_the_same_kind(text: str, label: str) -> None:
    before, same = read_span(text, TODAY).before(), read_span(label.replace("年下", "下"), date(2026, 12, 31))
    assert (before.first, before.last) == (same.first, same.last)


def test_the_week_before() -> None:
    before = read_span("本周", TODAY).before()
    assert (before.first, before.last) == (date(2026, 11, 16), date(2026, 11, 22))


def test_split() -> None:
    assert split_span("上月 一支部", TODAY) == (read_span("上月", TODAY), "一支部")
    assert split_span("一支部 上月", TODAY) == (read_span("上月", TODAY), "一支部")
    assert split_span("张三", TODAY) == (None, "张三")
    assert split_span("", TODAY) == (None, "")


ASKED = st.sampled_from(["本周", "上月", "三季度", "9月", "今年", "上半年"])


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), ASKED)
def test_spans_have_begun_and_touch_the_one_before(today: date, text: str) -> None:
    span = read_span(text, today)
    assert span.first <= today
    assert (span.first - span.before().last).days == 1
