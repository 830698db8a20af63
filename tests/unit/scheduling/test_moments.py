"""Moments as people write them, seen from Tuesday 24 November 2026, 7:40."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock import CHINA, to_local
from bot.core.errors import UserError
from bot.scheduling.moments import Past, parse, split_moment
from bot.scheduling.words import say_moment

NOW = datetime(2026, 11, 24, 7, 40, tzinfo=CHINA)


def local(instant: datetime | None) -> str | None:
    return None if instant is None else f"{to_local(instant):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("明天8点", "2026-11-25 08:00"),
        ("明天", "2026-11-25 08:00"),
        ("今晚八点半", "2026-11-24 20:30"),
        ("今晚8:30", "2026-11-24 20:30"),
        ("明早7点三刻", "2026-11-25 07:45"),
        ("明天早八点", "2026-11-25 08:00"),
        ("后天上午9:30", "2026-11-26 09:30"),
        ("大后天 中午12点", "2026-11-27 12:00"),
        ("中午1点", "2026-11-24 13:00"),
        ("下周一上午9点", "2026-11-30 09:00"),
        ("下下周三9点", "2026-12-09 09:00"),
        ("周五下午3点", "2026-11-27 15:00"),
        ("星期一 9点", "2026-11-30 09:00"),
        ("周二9点", "2026-11-24 09:00"),
        ("本周日20:00", "2026-11-29 20:00"),
        ("周三十点", "2026-11-25 10:00"),
        ("11月30日18:00", "2026-11-30 18:00"),
        ("十一月三十日十八点", "2026-11-30 18:00"),
        ("11月30号18:00", "2026-11-30 18:00"),
        ("2026年12月1日9时30分", "2026-12-01 09:30"),
        ("2026-12-01 09:30", "2026-12-01 09:30"),
        ("2026-12-1 20:00", "2026-12-01 20:00"),
        ("12/1 20:00", "2026-12-01 20:00"),
        ("12.1 上午9点", "2026-12-01 09:00"),
        ("明年1月5日9点", "2027-01-05 09:00"),
        ("下月5号9点", "2026-12-05 09:00"),
        ("30号18:00", "2026-11-30 18:00"),
        ("30分钟后", "2026-11-24 08:10"),
        ("半小时后", "2026-11-24 08:10"),
        ("一个半小时后", "2026-11-24 09:10"),
        ("两个小时后", "2026-11-24 09:40"),
        ("1小时30分钟后", "2026-11-24 09:10"),
        ("3天后9点", "2026-11-27 09:00"),
        ("18:00", "2026-11-24 18:00"),
    ],
)
def test_is_read(text: str, expected: str) -> None:
    assert local(parse(text, NOW)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "改天",
        "明天早上",
        "今晚",
        "今天",
        "明天25点",
        "明天8:61",
        "明天3点",
        "今晚12点",
        "晚上3点",
        "2月30日9点",
        "13月1日9点",
        "下周9点",
        "明天8点后天9点",
        "每天8点",
        "0分钟后",
        "2026年",
        "2月29日9点",
    ],
)
def test_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse(text, NOW)


@pytest.mark.parametrize(
    "text", ["昨天8点", "7:40", "今天7:00", "周二7点", "本周一9点", "1月5日9点", "2026年11月1日9点"]
)
def test_the_past_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(Past, match="已经过去了"):
        parse(text, NOW)


@pytest.mark.parametrize(
    ("text", "when", "rest"),
    [
        ("https://example.org/a 明天8点", "2026-11-25 08:00", "https://example.org/a"),
        ("https://example.org/a  后天 上午9:30", "2026-11-26 09:30", "https://example.org/a"),
        ("https://example.org/a 周五", "2026-11-27 08:00", "https://example.org/a"),
        ("https://example.org/a", None, "https://example.org/a"),
        ("明天8点 请全体党员  到会", "2026-11-25 08:00", "请全体党员  到会"),
        ("支部党员大会 周五15:00 二楼会议室", "2026-11-27 15:00", "支部党员大会 二楼会议室"),
        ("资料 1 8点", "2026-11-24 08:00", "资料 1"),
        ("资料 1 20:00", "2026-11-24 20:00", "资料 1"),
        ("资料 3 12/1 20:00", "2026-12-01 20:00", "资料 3"),
        ("关于 明天 的思考", None, "关于 明天 的思考"),
        ("明天8点开会的通知", None, "明天8点开会的通知"),
        ("明天8点\n第一段。\n第二段。", "2026-11-25 08:00", "第一段。\n第二段。"),
        ("明天8点 开会\n请准时", "2026-11-25 08:00", "开会\n请准时"),
        ("第一段。\n第二段。\n明天8点", "2026-11-25 08:00", "第一段。\n第二段。"),
        ("第一段。\n某某支部\n2026年12月1日", None, "第一段。\n某某支部\n2026年12月1日"),
        ("第一段。\n发布于 2026年11月1日 9:00", None, "第一段。\n发布于 2026年11月1日 9:00"),
        ("", None, ""),
    ],
)
def test_found_among_words(text: str, when: str | None, rest: str) -> None:
    moment, left = split_moment(text, NOW)
    assert (local(moment), left) == (when, rest)


@pytest.mark.parametrize(
    "text",
    ["https://example.org/a 明天25点", "a 昨天8点", "a 明天8点 b 后天9点", "a 今晚", "明天 早上 a", "周五 99:99 a"],
)
def test_a_word_meant_as_moment_is_not_ignored(text: str) -> None:
    with pytest.raises(UserError):
        split_moment(text, NOW)


@pytest.mark.parametrize("text", ["字" * 200, "8点" * 100, "\n" + "1" * 200, "字" * 200 + "\n" + "月" * 200])
def test_a_page_of_words_is_not_tried_at_every_place(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message of a megabyte kept everybody waiting for minutes."""
    monkeypatch.setattr("bot.scheduling.moments.read_day", None)
    assert split_moment(text, NOW) == (None, text.strip())


def test_is_said_with_weekday_and_foreign_year() -> None:
    assert say_moment(datetime(2026, 11, 25, 0, 5, tzinfo=UTC), NOW) == "11月25日(周三)8:05"
    assert say_moment(datetime(2027, 1, 5, 1, 0, tzinfo=UTC), NOW) == "2027年1月5日(周二)9:00"


@given(st.text(alphabet="今明后天下周一三五十月日号点半早晚上下午08:1 \n年分钟小时后a", max_size=16))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        moment, _ = split_moment(text, NOW)
    except UserError:
        return
    assert moment is None or moment > NOW


@given(st.datetimes(datetime(2026, 11, 25), datetime(2027, 12, 31), timezones=st.just(CHINA)))
def test_what_is_said_reads_back_the_same(moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)
    said = say_moment(minute, NOW)
    assert parse(said[: said.index("(")] + said[said.index(")") + 1 :], NOW) == minute
