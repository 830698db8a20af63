"""What a sheet says about when and what; everything wrong by its row."""

from datetime import date, datetime, time

import pytest

from bot.core.errors import UserError
from bot.sources.workbook import Cell, Unreadable
from bot.study.plan_sheet import Problem, SheetRow, parse
from tests.unit.study.house import china

NOW = china("2026-11-24 07:40")
HEADER: tuple[Cell, ...] = ("日期", "时间", "资料编号", "标题", "链接", "正文")


def rows(*given: tuple[Cell, ...]) -> tuple[list[SheetRow], list[Problem]]:
    return parse([HEADER, *given], NOW)


def test_dates_and_times_as_excel_and_as_people_write_them() -> None:
    found, problems = rows(
        (date(2026, 11, 25), time(8, 30), 3),
        (datetime(2026, 11, 26, 20, 0), None, "资料 4"),
        (date(2026, 11, 27), "晚上八点", 5.0),
        ("11月28日", "9:00", None, "党章"),
        ("12月1日 7点半", None, None, None, "https://a.cn/1"),
        (),
        (date(2026, 12, 2), None, None, "纪律", None, "正文" * 20),
    )
    assert problems == []
    assert found == [
        SheetRow(2, china("2026-11-25 08:30"), 3),
        SheetRow(3, china("2026-11-26 20:00"), 4),
        SheetRow(4, china("2026-11-27 20:00"), 5),
        SheetRow(5, china("2026-11-28 09:00"), title="党章"),
        SheetRow(6, china("2026-12-01 07:30"), link="https://a.cn/1"),
        SheetRow(8, china("2026-12-02 08:00"), title="纪律", text="正文" * 20),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, None, 3), "没写日期"),
        ((date(2026, 11, 25),), "没写是哪一篇"),
        ((date(2026, 11, 23), None, 3), "11月23日(周一)8:00已经过去了"),
        (("11月31日", None, 3), "11月没有31日"),
        (("某天", None, 3), "没读懂「某天」"),
        ((46351, None, 3), "没读懂日期「46351」"),
        ((date(2026, 11, 25), "25点", 3), "没有「25点」这个时间"),
        ((date(2026, 11, 25), 0.5, 3), "没读懂时间「0.5」"),
        ((date(2026, 11, 25), None, "三号"), "「三号」不是资料编号"),
        ((date(2026, 11, 25), None, None, None, "a.cn"), "「a.cn」不是网址"),
        ((Unreadable("A2"), None, 3), "公式或错误值"),
        ((date(2026, 11, 25), None, None, Unreadable("D2")), "单元格 D2 是公式或错误值"),
    ],
)
def test_what_is_wrong_is_named_by_its_row(row: tuple[Cell, ...], reason: str) -> None:
    found, problems = rows((date(2026, 12, 1), None, 1), row)
    assert [one.number for one in found] == [2]
    assert [problem.row for problem in problems] == [3]
    assert reason in problems[0].reason


def test_two_at_one_moment() -> None:
    _, problems = rows((date(2026, 12, 1), None, 1), (date(2026, 12, 1), "8:00", 2))
    assert problems == [Problem(3, "和第 2 行是同一个时间。")]


def test_the_header_may_stand_lower_and_be_called_otherwise() -> None:
    found, _ = parse([("十二月学习安排",), (), ("序号", "推送时间", "学习内容(必填)"), (1, "12月1日8点", "党章")], NOW)
    assert found == [SheetRow(4, china("2026-12-01 08:00"), title="党章")]
    found, _ = parse([("时间", "资料编号"), (datetime(2026, 12, 1, 9), 2)], NOW)
    assert found == [SheetRow(2, china("2026-12-01 09:00"), 2)]


@pytest.mark.parametrize("given", [[], [("姓名", "类别")], [("日期", "负责人"), (date(2026, 12, 1), "李")], [HEADER]])
def test_what_is_no_plan(given: list[tuple[Cell, ...]]) -> None:
    with pytest.raises(UserError, match=r"列名行|没有学习内容"):
        parse(given, NOW)
