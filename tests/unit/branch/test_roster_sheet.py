"""Reading rosters: columns by their names, faults by their rows."""

from datetime import date, datetime

import pytest

from bot.branch import roster_sheet
from bot.branch.models import MemberKind, Role
from bot.branch.roster_sheet import Sheet, SheetRow
from bot.core.errors import UserError
from bot.sources.workbook import parse
from tests.sheet import xlsx

TODAY = date(2026, 11, 24)


async def read(*rows: tuple[object, ...]) -> Sheet:
    return roster_sheet.people_in(parse(xlsx(*rows), 5000), TODAY)


async def faults(*rows: tuple[object, ...]) -> list[tuple[int, str]]:
    sheet = await read(("姓名", "类别", "QQ号", "职务", "转入日期"), *rows)
    return [(problem.row, problem.reason) for problem in sheet.problems]


async def test_columns_in_any_order_below_titles_with_others_between() -> None:
    sheet = await read(
        ("红旗社区第一党支部党员名册",),
        (),
        ("序号", "入党时间", "QQ 号码*", "身份证号", "姓 名", "党员类别(必填)", "所在党小组", "党内职务"),
        (1, "1999年7月1日", 23456789, "3301…", "王 建国", "正式党员", 2, "支部书记、宣传委员"),
        (2, datetime(2024, 12, 31), "", "", "阿卜杜热西提•买买提", "预备", "", ""),
        (None,) * 8,
        (3, "", "34567890@qq.com", "", "李秀英", "", "第一党小组", "无"),
        ("", "", "", "", "合计", "", "", "3 人"),
        ("合计:", "", "", "", "3人", "", "", ""),
    )
    assert sheet.rows == (
        SheetRow(
            4,
            "王建国",
            MemberKind.FULL,
            "23456789",
            None,
            "2",
            (Role.SECRETARY, Role.PROPAGANDIST),
            date(1999, 7, 1),
        ),
        SheetRow(5, "阿卜杜热西提·买买提", MemberKind.PROBATIONARY, joined_on=date(2024, 12, 31)),
        SheetRow(7, "李秀英", qq="34567890", group="第一党小组"),
    )
    assert sheet.problems == ()
    assert sheet.unused == ("序号", "身份证号")


async def test_the_day_of_arrival_counts_before_that_of_joining_the_party() -> None:
    sheet = await read(("姓名", "入党日期", "转入日期"), ("张三", "2001-07-01", "2020.9"))
    assert sheet.rows[0].joined_on == date(2020, 9, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", "正式党员"), "没有姓名"),
        (("13800138000",), "「13800138000」不像姓名"),
        (("张三", "民主党员"), "类别「民主党员」不认识,可填正式党员、预备党员、发展对象、积极分子"),
        (("张三", None, "12ab"), "QQ号「12ab」不对"),
        (
            ("张三", None, None, "厂长"),
            "职务「厂长」不认识,可填书记、副书记、组织委员、宣传委员、纪检委员、党小组长、党员",
        ),
        (("张三", None, None, None, "去年"), "转入日期「去年」看不懂,请写成 2019-07-01"),
        (("张三", None, None, None, "2019-02-30"), "转入日期「2019-02-30」看不懂,请写成 2019-07-01"),
        (("张三", None, None, None, "2027-01-01"), "转入日期 2027-01-01 不对"),
        (('=A1&"三"',), "「姓名」是公式或错误值,请粘贴成数值"),
        (("张三", "=A1"), "「类别」是公式或错误值,请粘贴成数值"),
        (("张三", "#N/A"), "「类别」是公式或错误值,请粘贴成数值"),
    ],
)
async def test_faults_name_their_row(row: tuple[object, ...], reason: str) -> None:
    assert await faults(("李四",), row) == [(3, reason)]


async def test_every_fault_of_a_file_is_found() -> None:
    assert await faults(("", "正式"), ("张三", "群众", "1"), ("张三",), ("张三",)) == [
        (2, "没有姓名"),
        (3, "类别「群众」不认识,可填正式党员、预备党员、发展对象、积极分子"),
        (3, "QQ号「1」不对"),
        (5, "「张三」和第 4 行重复,确是两个人请都填 QQ号"),
    ]


async def test_namesakes_need_a_qq_each() -> None:
    assert await faults(("张三", "", "23456789"), ("张三", "", "34567890")) == []
    assert await faults(("张三", "", "23456789"), ("张三",)) == [(3, "「张三」和第 2 行重复,确是两个人请都填 QQ号")]
    assert await faults(("张三", "", "23456789"), ("李四", "", "23456789")) == [(3, "QQ号 23456789 和第 2 行重复")]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([("名单",), ("张三",)], "没找到「姓名」这一列"),
        ([("姓名",)], "表里没有人"),
        ([("姓名", "QQ", "QQ号"), ("张三", "1", "2")], "「QQ」这样的列有两个"),
        ([("姓名",), *[("张三",)] * 5000], "超过了 5000 行"),
    ],
)
async def test_no_roster_at_all(rows: list[tuple[object, ...]], line: str) -> None:
    with pytest.raises(UserError, match=line):
        await read(*rows)


async def test_a_file_that_is_no_sheet() -> None:
    with pytest.raises(UserError, match="不是完好的"):
        await roster_sheet.read("姓名,类别\n张三,正式".encode("gbk"), TODAY)
