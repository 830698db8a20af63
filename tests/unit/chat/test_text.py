import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.text import normalise


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
