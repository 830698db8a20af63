"""The resolutions in minutes as people write them."""

from datetime import date

import pytest

from bot.core.errors import UserError
from bot.meeting.resolutions import Resolution, read, split_due
from bot.meeting.tasks import Report, read_report, split_goal

NAMES = ["张三", "李秀英", "王建国"]
DAY = date(2026, 11, 24)
TEXT = """一、会议议程
1. 学习文件
二、讨论情况
张三谈了体会
三、决议\uff1a
1. 由张三负责整理党员活动室\uff0c11月30日前完成。
(2)李秀英同志牵头慰问老党员,1月15日前
3、加强学习
四、其他
1. 王建国总结"""


def test_only_what_is_headed_as_resolved_counts() -> None:
    assert read(TEXT, NAMES, DAY) == [
        Resolution(1, "由张三负责整理党员活动室\uff0c11月30日前完成。", "张三", date(2026, 11, 30)),
        Resolution(2, "李秀英同志牵头慰问老党员,1月15日前", "李秀英", date(2027, 1, 15)),
        Resolution(3, "加强学习", "", None),
    ]
    assert read("大家学习了文件。\n1. 张三说好", NAMES, DAY) == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("11月31日前", None),
        ("2026年12月1日前", date(2026, 12, 1)),
        ("下周", None),
        ("年底前", date(2026, 12, 31)),
        ("明年底", date(2027, 12, 31)),
        ("月底前完成", date(2026, 11, 30)),
        ("下个月底前", date(2026, 12, 31)),
        ("明年3月底前", date(2027, 3, 31)),
        ("2月末", date(2027, 2, 28)),
        ("月底的事", None),
    ],
)
def test_until_when(text: str, due: date | None) -> None:
    assert read(f"决议:1. 张三整理,{text}", NAMES, DAY)[0].due == due


def test_too_many_are_refused() -> None:
    with pytest.raises(UserError, match="最多 50 条"):
        read("决议\n" + "\n".join(f"{i}. 张三做事" for i in range(51)), NAMES, DAY)


def test_a_goal_in_one_line() -> None:
    assert split_goal("走访老党员 负责 张三 12月20日 指标\uff1a每季度一次") == (
        "走访老党员 12月20日",
        "张三",
        "每季度一次",
    )
    assert split_due("走访老党员 12月20日前完成", DAY) == ("走访老党员", date(2026, 12, 20))
    assert split_due("走访老党员", DAY) == ("走访老党员", None)


def test_how_far() -> None:
    assert read_report("进度 60% 已走访 12 户") == Report(60, "已走访 12 户")
    assert read_report("完成,活动室好了") == Report(100, "活动室好了")
    for bad in ("", "快了", "进度 160%"):
        with pytest.raises(UserError):
            read_report(bad)
