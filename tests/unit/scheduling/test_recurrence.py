"""What people write about repetition is read as they mean it, or refused."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock import CHINA, to_local
from bot.core.errors import UserError
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import Recurrence, Rule, parse, split_recurrence

TUESDAY = datetime(2026, 11, 24, 7, 40, tzinfo=CHINA)
CALENDAR = WorkdayCalendar.load()


def slots(text: str, count: int, after: datetime = TUESDAY) -> list[str]:
    recurrence, found = parse(text, after), []
    for _ in range(count):
        after = recurrence.next_after(after, CALENDAR)
        found.append(f"{to_local(after):%Y-%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("每天7:30", "每天 7:30"),
        ("每日 早上7点半", "每天 7:30"),
        ("每天二十点十五", "每天 20:15"),
        ("每天晚上八点一刻", "每天 20:15"),
        ("每天8:30", "每天 8:30"),
        ("每天", "每天 8:00(没写几点,按 8:00)"),
        ("每个工作日早上8点", "每个工作日 8:00(按国家放假和调休)"),
        ("每工作日8点", "每个工作日 8:00(按国家放假和调休)"),
        ("每周一三五20:00", "每周一、三、五 20:00"),
        ("每周一、三、五 20:00", "每周一、三、五 20:00"),
        ("每周一和周四的20:00", "每周一、四 20:00"),
        ("每星期天上午9点", "每周日 9:00"),
        ("每周末9点", "每周六、日 9:00"),
        ("每周六日 9点", "每周六、日 9:00"),
        ("每周一到周五", "每周一至周五 8:00(没写几点,按 8:00)"),
        ("每周一至五晚上7点半", "每周一至周五 19:30"),
        ("每两周周二", "每两周的周二 8:00(没写几点,按 8:00)"),
        ("隔周周二10点", "每两周的周二 10:00"),
        ("每3周的周一、周四10点", "每3周的周一、四 10:00"),
        ("每月25号", "每月25号 8:00(没写几点,按 8:00)"),
        ("每月二十五日下午3点", "每月25号 15:00"),
        ("每月1号和15号 9点", "每月1号、15号 9:00"),
        ("每月1、15号 9点", "每月1号、15号 9:00"),
        ("每月31号9点", "每月31号 9:00(没有31号的月份不发)"),
        ("每月最后一天18:00", "每月最后一天 18:00"),
        ("每个月第一个周五15:00", "每月第一个周五 15:00"),
        ("每月第五个周五15:00", "每月第五个周五 15:00(只有四个的月份不发)"),
        ("每月倒数第二个星期三15:00", "每月倒数第二个周三 15:00"),
        ("每月最后一个工作日9点", "每月最后一个工作日 9:00(按国家放假和调休)"),
        ("每月首个工作日9点", "每月第一个工作日 9:00(按国家放假和调休)"),
        ("每月第15个工作日9点", "每月第15个工作日 9:00(按国家放假和调休)"),
    ],
)
def test_is_echoed_as_understood(text: str, said: str) -> None:
    assert parse(text).describe() == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "天天",
        "每天早上",
        "每天25:00",
        "每天8:60",
        "每天24:00",
        "每天晚上12点",
        "每天3点",
        "每天早上13点",
        "每天8点和20点",
        "每天8点推送",
        "每三天",
        "每周",
        "每周20:00",
        "每周一三五二十点",
        "每周五到周一",
        "每周八",
        "每双周周二",
        "每0周周二",
        "每月",
        "每月0号",
        "每月32号",
        "每月111号",
        "每月25",
        "每月十五二十号",
        "每月底",
        "每月第六个周五",
        "每月第一周周五",
        "每月第20个工作日",
        "每季度第一天",
        "每年7月1日",
        "0 8 * * 1",
        "明天8点",
    ],
)
def test_what_is_not_fully_understood_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse(text)


def test_refusals_say_what_to_write() -> None:
    with pytest.raises(UserError, match="每月第一个周五"):
        parse("每季度")
    with pytest.raises(UserError, match="两种读法"):
        parse("每周一三五二十点")
    with pytest.raises(UserError, match="没说是周几"):
        parse("每周20:00")
    with pytest.raises(UserError, match="凌晨还是下午"):
        parse("每天3点")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每天7:30", ["2026-11-25 07:30", "2026-11-26 07:30"]),
        ("每天7:41", ["2026-11-24 07:41"]),
        ("每天23:59", ["2026-11-24 23:59", "2026-11-25 23:59"]),
        ("每天0:00", ["2026-11-25 00:00"]),
        ("每周一三五20:00", ["2026-11-25 20:00", "2026-11-27 20:00", "2026-11-30 20:00"]),
        ("每两周周二7:00", ["2026-12-01 07:00", "2026-12-15 07:00", "2026-12-29 07:00"]),
        ("每两周周二9:00", ["2026-11-24 09:00", "2026-12-08 09:00"]),
        ("每两周的周一和周四9:00", ["2026-11-26 09:00", "2026-12-07 09:00", "2026-12-10 09:00"]),
        ("每月31号", ["2026-12-31 08:00", "2027-01-31 08:00", "2027-03-31 08:00"]),
        ("每月30号", ["2026-11-30 08:00", "2026-12-30 08:00", "2027-01-30 08:00", "2027-03-30 08:00"]),
        ("每月最后一天", ["2026-11-30 08:00", "2026-12-31 08:00", "2027-01-31 08:00", "2027-02-28 08:00"]),
        ("每月第一个周五", ["2026-12-04 08:00", "2027-01-01 08:00", "2027-02-05 08:00"]),
        ("每月第五个周二", ["2026-12-29 08:00", "2027-03-30 08:00"]),
        ("每月最后一个周五", ["2026-11-27 08:00", "2026-12-25 08:00"]),
        ("每月最后一个工作日", ["2026-11-30 08:00", "2026-12-31 08:00", "2027-01-29 08:00"]),
    ],
)
def test_slots(text: str, expected: list[str]) -> None:
    assert slots(text, len(expected)) == expected


def test_workdays_follow_holidays_and_make_up_days() -> None:
    before = datetime(2026, 9, 30, 12, tzinfo=CHINA)
    assert slots("每个工作日8点", 4, before) == [
        "2026-10-08 08:00",
        "2026-10-09 08:00",
        "2026-10-10 08:00",  # a Saturday that is worked
        "2026-10-12 08:00",
    ]
    assert slots("每周一到周五8点", 1, before) == ["2026-10-01 08:00"]


def test_leap_day() -> None:
    assert slots("每月29号", 2, datetime(2028, 1, 30, tzinfo=CHINA)) == ["2028-02-29 08:00", "2028-03-29 08:00"]


def test_the_year_turns_from_announced_to_unannounced() -> None:
    assert slots("每个工作日", 2, datetime(2026, 12, 31, 9, tzinfo=CHINA)) == ["2027-01-04 08:00", "2027-01-05 08:00"]


@pytest.mark.parametrize(
    ("text", "split"),
    [
        (
            "新建 党章学习 每个工作日 早上8点 资料 3-12",
            ("每个工作日 8:00(按国家放假和调休)", "新建 党章学习", "资料 3-12"),
        ),
        ("每天7:30", ("每天 7:30", "", "")),
        ("每日一学 每月25号", ("每月25号 8:00(没写几点,按 8:00)", "每日一学", "")),
    ],
)
def test_found_among_words(text: str, split: tuple[str, str, str]) -> None:
    recurrence, before, after = split_recurrence(text)
    assert recurrence is not None
    assert (recurrence.describe(), before, after) == split


def test_nothing_to_find_among_words() -> None:
    assert split_recurrence(" 党章学习 资料 3 ") == (None, "党章学习 资料 3", "")


@pytest.mark.parametrize("text", ["党章 每三天 资料 3", "党章 每周一 25:00", "每天 每月25号", "党章 每周一 早上"])
def test_a_word_meant_as_recurrence_is_not_ignored(text: str) -> None:
    with pytest.raises(UserError):
        split_recurrence(text)


TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
RECURRENCES = st.one_of(
    st.builds(Recurrence, st.sampled_from([Rule.DAILY, Rule.WORKDAYS]), TIMES),
    st.builds(
        lambda at, days, weeks: Recurrence(Rule.WEEKLY, at, weekdays=tuple(sorted(days)), every_weeks=weeks),
        TIMES,
        st.sets(st.integers(0, 6), min_size=1),
        st.integers(1, 4),
    ),
    st.builds(
        lambda at, days: Recurrence(Rule.MONTH_DAYS, at, days=tuple(sorted(days))),
        TIMES,
        st.sets(st.integers(1, 31), min_size=1, max_size=4),
    ),
    st.builds(lambda at: Recurrence(Rule.MONTH_DAYS, at, days=(-1,)), TIMES),
    st.builds(
        lambda at, day, nth: Recurrence(Rule.MONTH_WEEKDAY, at, weekdays=(day,), nth=nth),
        TIMES,
        st.integers(0, 6),
        st.sampled_from([1, 2, 3, 4, 5, -1, -2]),
    ),
    st.builds(lambda at, nth: Recurrence(Rule.MONTH_WORKDAY, at, nth=nth), TIMES, st.sampled_from([1, 2, 15, -1, -3])),
)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


@given(RECURRENCES)
def test_what_is_said_reads_back_the_same(recurrence: Recurrence) -> None:
    assert parse(recurrence.describe().split("(")[0]) == recurrence
    assert Recurrence.from_json(recurrence.to_json()) == recurrence


@given(RECURRENCES, INSTANTS)
def test_the_next_slot_is_after_and_none_is_left_out(recurrence: Recurrence, instant: datetime) -> None:
    following = recurrence.next_after(instant, CALENDAR)
    assert following > instant
    assert to_local(following).time() == recurrence.at
    # from any instant in between, the same slot comes next
    between = instant + (following - instant) / 3
    assert recurrence.next_after(between, CALENDAR) == following
    assert recurrence.next_after(following - timedelta(microseconds=1), CALENDAR) == following


@given(st.text(alphabet="每周月天日一二三五十两最后第个工作号点半早晚上08:、 到和", max_size=14))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        recurrence = parse(text)
    except UserError:
        return
    again = parse(recurrence.describe().split("(")[0])
    assert again.next_after(TUESDAY, CALENDAR) == recurrence.next_after(TUESDAY, CALENDAR)


def test_default_time_is_eight() -> None:
    assert parse("每天").at == time(8)
