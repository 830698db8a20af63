import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.text import normalise, squeezed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("已学", "已学"),
        ("  已学!!! ", "已学"),
        ("已学👍", "已学"),
        ("【已学】", "已学"),
        ("打咔 7", "打卡 7"),
        ("打卡7", "打卡7"),
        ("三会1课", "三会一课"),
        ("收道~", "收到"),
        ("学玩了。", "学完了"),
        ("学完了?", "学完了?"),
        ("已\u3000学", "已 学"),
        ("已学❤️", "已学"),
        ("👍🏽已学👨‍👩‍👧", "已学"),
        ("", ""),
        ("👍", ""),
    ],
)
def test_what_thumbs_type(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@given(st.text())
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    once = normalise(typed)
    assert normalise(once) == once


def test_gaps_are_kept_as_long_as_people_make_them() -> None:
    signed = "请准时参加。\n\n" + " " * 30 + "第一支部"
    assert squeezed(signed) == signed
    assert squeezed("公示 张三" + " " * 3000 + "5个工作日") == "公示 张三" + " " * 64 + "5个工作日"
