"""Days as people write them on a leave, seen from Tuesday 24 November 2026."""

from datetime import date

import pytest

from bot.core.errors import UserError
from bot.scheduling.period import Period, split_beginning, split_period

TODAY = date(2026, 11, 24)


def day(text: str) -> date:
    month, _, of_month = text.partition("-")
    return date(2027 if int(month) < 11 else 2026, int(month), int(of_month))


@pytest.mark.parametrize(
    ("said", "first", "last", "rest"),
    [
        ("三天", "11-24", "11-26", ""),
        ("出差3天", "11-24", "11-26", "出差"),
        ("生病 一周", "11-24", "11-30", "生病"),
        ("生病 两个星期", "11-24", "12-7", "生病"),
        ("住院一个月", "11-24", "12-23", "住院"),
        ("看牙 半天", "11-24", "11-24", "看牙"),
        ("到11月30日", "11-24", "11-30", ""),
        ("探亲 到 12月 3 日", "11-24", "12-3", "探亲"),
        ("11月25日到28日", "11-25", "11-28", ""),
        ("11月25日到11月28日 出差", "11-25", "11-28", "出差"),
        ("从11月25日至28号出差", "11-25", "11-28", "出差"),
        ("出差 11月25-28日", "11-25", "11-28", "出差"),
        ("出差 25到28日", "11-25", "11-28", "出差"),
        ("出差 25号到28号", "11-25", "11-28", "出差"),
        ("出差 11.25-11.28", "11-25", "11-28", "出差"),
        ("出差 2026-11-25到2026-11-28", "11-25", "11-28", "出差"),
        ("十一月二十五日到二十八号 出差", "11-25", "11-28", "出差"),
        ("明天", "11-25", "11-25", ""),
        ("明天起三天 出差", "11-25", "11-27", "出差"),
        ("11月25日开始一周 培训", "11-25", "12-1", "培训"),
        ("明天到周五 出差", "11-25", "11-27", "出差"),
        ("周四到下周二", "11-26", "12-1", ""),
        ("下周", "11-30", "12-6", ""),
        ("本周 出差", "11-24", "11-29", "出差"),
        ("下周三 体检", "12-2", "12-2", "体检"),
        ("下个月 手术", "12-1", "12-31", "手术"),
        ("12月28日到1月3日 探亲", "12-28", "1-3", "探亲"),
        ("28日到3日", "11-28", "12-3", ""),
        ("5号", "12-5", "12-5", ""),
        ("1月8日 体检", "1-8", "1-8", "体检"),
        ("11月23日 体检", "11-23", "11-23", "体检"),
    ],
)
def test_days(said: str, first: str, last: str, rest: str) -> None:
    assert split_period(said, TODAY) == (Period(day(first), day(last)), rest)


@pytest.mark.parametrize("said", ["", "生病", "家里有事", "陪老伴看周医生"])
def test_no_days(said: str) -> None:
    assert split_period(said, TODAY) == (None, said)


@pytest.mark.parametrize(
    "said",
    [
        "2月30日",
        "13月1日",
        "11月28日到11月25日 2026",
        "800天",
        "零天",
        "11/25/3",
        "2026-11-28到2026-11-25",
        "8:00",
        "9998年12月1日",
        "999个月",
    ],
)
def test_refused(said: str) -> None:
    with pytest.raises(UserError):
        split_period(said, TODAY)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("12月5日到12月1日 探亲", "结束的日子早于开始的日子;到明年请写「明年12月1日」。"),
        ("11月28日到2日", None),
        ("9月1日到8月31日 进修", None),
        ("12月5日到明年12月1日 进修", None),
    ],
)
def test_only_a_whole_year_or_what_says_so_ends_in_the_next(said: str, message: str | None) -> None:
    if message is None:
        found, _ = split_period(said, TODAY)
        assert found is not None
        return
    for read in (split_period, split_beginning):
        with pytest.raises(UserError) as refused:
            read(said, TODAY)
        assert str(refused.value) == message


def test_the_length_of_a_period() -> None:
    assert Period(TODAY, TODAY).days == 1


@pytest.mark.parametrize(
    ("said", "first", "last", "rest"),
    [
        ("从9月1日起 年老体弱", "2026-09-01", None, "年老体弱"),
        ("从9月1日起年老体弱", "2026-09-01", None, "年老体弱"),
        ("年老体弱,自9月1日起", "2026-09-01", None, "年老体弱"),
        ("9月1日 年老体弱", "2026-09-01", None, "年老体弱"),
        ("9月1日起", "2026-09-01", None, ""),
        ("从 12 月 1 日开始 住院", "2026-12-01", None, "住院"),
        ("从2025年12月1日起 住院", "2025-12-01", None, "住院"),
        ("9月1日到12月31日 住院", "2026-09-01", "2026-12-31", "住院"),
        ("住院 9月1日到12月31日", "2026-09-01", "2026-12-31", "住院"),
        ("从9月1日起三个月 住院", "2026-09-01", "2026-11-29", "住院"),
        ("到12月31日 住院", "2026-11-24", "2026-12-31", "住院"),
        ("今天起 住院", "2026-11-24", None, "住院"),
        ("从下个月1号起 住院", "2026-12-01", None, "住院"),
    ],
)
def test_since_when(said: str, first: str, last: str | None, rest: str) -> None:
    days = Period(date.fromisoformat(first), date.fromisoformat(last) if last else date.max)
    assert split_beginning(said, TODAY) == (days, rest)


@pytest.mark.parametrize(
    "said",
    ["", "年老体弱,支委会11月3日同意", "11月3日支委会同意", "支委会同意 11月3日", "82岁,行动不便", "下周支委会追认"],
)
def test_a_day_within_a_reason_is_part_of_it(said: str) -> None:
    assert split_beginning(said, TODAY) == (None, said)


@pytest.mark.parametrize("said", ["从2月30日起 年老", "2026年12月31日到2026年9月1日 年老", "从13月1日起 年老"])
def test_days_that_cannot_be(said: str) -> None:
    with pytest.raises(UserError):
        split_beginning(said, TODAY)
