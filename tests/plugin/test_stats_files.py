"""导出 and 月报, opened and checked cell by cell; sent to the asker only and on record."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select, update

from bot.branch.models import AuditEntry, Member
from bot.hours import booking
from bot.hours.models import Source
from bot.rendering import cards
from bot.rendering.content import Attachment, Card
from bot.study.models import Assignment, Completion, Method, Proof
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.plugin.test_stats import ABOVE, above, autumn

__all__ = ["above", "autumn"]


@pytest.fixture(autouse=True)
async def booked(talk: Talk, autumn: None) -> None:
    """张三 has 2 hours of a meeting in November; 赵德福 has a name that is a formula."""
    async with talk.app.database.unit_of_work() as uow:
        await booking.settle(uow, booking.For(1, Source.MEETING, "meeting:1", date(2026, 11, 5), "+党员大会"), {3: 4})
        await uow.session.execute(update(Member).where(Member.id == 4).values(name="=1+1"))


def files(talk: Talk) -> dict[str, bytes]:
    """The files that were sent last, each a message of its own; a line in a group may have come after them."""
    found: dict[str, bytes] = {}
    for content in reversed(talk.telephone.contents):
        attached = [part for part in content.parts if isinstance(part, Attachment)]
        if found and not attached:
            break
        found |= {part.name: talk.app.media.get(part.sha256) for part in attached}
    return found


def pages(data: bytes) -> dict[str, list[list[Any]]]:
    """Every cell; moments to the minute, for the clock of a test runs on."""
    book = load_workbook(io.BytesIO(data))
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    for page in book:
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref == page.dimensions
    return {page.title: [[_minute(cell.value) for cell in row] for row in page.iter_rows()] for page in book}


def _minute(value: Any) -> Any:
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


async def test_a_branch_cell_by_cell(talk: Talk) -> None:
    heard = await talk.hear(BOSS, "/导出 本月")
    assert [where for where, _ in heard] == [f"private {BOSS}", "group 9"]
    name = "第一支部2026年11月(到11月24日)统计.xlsx"
    book = pages(files(talk)[name])
    assert list(book) == ["汇总", "学习", "完成明细", "学时台账", "公告"]
    head, boss, _, zhang, formula = book["汇总"]
    assert dict(zip(head, zhang, strict=True)) == {
        "姓名": "张三", "支部": "第一支部", "类别": "正式党员", "离开日期": None,
        "应学篇数": 2, "完成篇数": 1, "其中补学": 0,
        "完成率": 0.5, "阅读学时": 0.5, "会议学时": 2, "培训学时": 0, "补登学时": 0,
        "学时合计": 2.5, "应有学时": 2, "还差学时": 0,
        "应回执": 1, "已回执": 1, "讨论发言": 0,
    }  # fmt: skip
    assert (boss[0], boss[5], boss[13], formula[0]) == ("王建国", 2, 3.5, "=1+1")
    assert book["学习"][1:] == [
        [2, "材料2", datetime(2026, 11, 10, 9), datetime(2026, 11, 13), 4, 2, 0, 0, 0.5],
        [3, "材料3", datetime(2026, 11, 24, 9), datetime(2026, 11, 27), 4, 1, 0, 0, 0.25],
    ]
    states = [(row[0], row[5], row[6], row[7], row[8]) for row in book["完成明细"][1:]]
    when = datetime(2026, 11, 10, 9)
    assert states == [
        (2, "王建国", "完成", when, "群里打卡"), (2, "李秀英", "未完成", None, None),
        (2, "张三", "完成", when, "群里打卡"),
        (2, "=1+1", "未完成", None, None), (3, "王建国", "完成", datetime(2026, 11, 24, 9), "群里打卡"),
        (3, "李秀英", "未到期", None, None), (3, "张三", "未到期", None, None), (3, "=1+1", "未到期", None, None),
    ]  # fmt: skip
    assert book["学时台账"][1:] == [[datetime(2026, 11, 5), "张三", "会议", 2, "+党员大会"]]
    assert book["公告"][1:] == [["第一支部", 1, "周五交党费", when, 4, 1, 0.25]]
    async with talk.app.database.reading() as uow:
        entry = (await uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "stats.export"))).one()
        assert entry.subject == "branch:1"


async def test_what_completions_rest_on_cell_by_cell(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        reading = (await uow.session.scalars(select(Assignment).where(Assignment.no == 2))).one()
        reading.proof = Proof.PAGE
        mine = update(Completion).where(Completion.assignment_id == reading.id, Completion.member_id == 3)
        await uow.session.execute(mine.values(proof=Proof.QUIZ, method=Method.QUIZ))
    await talk.hear(BOSS, "/导出 本月")
    rows = pages(next(iter(files(talk).values())))["学习"]
    assert [row[9:] for row in rows] == [
        ["其中打卡", "其中阅读页", "其中答题", "其中心得", "其中到会", "其中补登"],
        [1, 0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
    ]


async def test_one_member(talk: Talk) -> None:
    await talk.whisper(BOSS, "导出 今年 张三")
    book = pages(files(talk)["张三2026年(到11月24日)统计.xlsx"])
    assert [(row[0], row[6]) for row in book["学习"][1:]] == [(1, "完成"), (2, "完成"), (3, "未到期")]
    assert book["学时台账"][1:] == [[datetime(2026, 11, 5), "张三", "会议", 2, "+党员大会"]]
    assert book["概况"][1][4:6] == [3, 2]


async def test_of_all_below(talk: Talk, above: None) -> None:
    await talk.whisper(ABOVE, "导出 本月")
    (data,) = files(talk).values()
    book = pages(data)
    assert [row[:6] for row in book["各支部"][1:]] == [
        ["本级", 1, 0, 0, 0, None], ["第一支部", 4, 2, 8, 3, 0.375], ["第二支部", 1, 1, 1, 1, 1],
    ]  # fmt: skip
    assert len(book["完成明细"]) == 1 + 9


async def test_members_do_not_export_and_nobody_beyond_what_they_lead(talk: Talk, above: None) -> None:
    assert "支委" in await talk.whisper(MEMBER, "导出")
    assert "由它的书记或上级来管" in await talk.whisper(EDITOR, "导出 第二支部")


async def test_days_without_anything(talk: Talk) -> None:
    await talk.whisper(BOSS, "导出 三季度")
    (data,) = files(talk).values()
    book = pages(data)
    assert [len(book[name]) for name in ("汇总", "学习", "完成明细", "公告")] == [5, 1, 1, 1]


async def test_the_report_of_a_month(talk: Talk) -> None:
    heard = await talk.hear(BOSS, "/月报")
    assert [where for where, _ in heard] == [*[f"private {BOSS}"] * 3, "group 9"]
    parts = [part for content in talk.telephone.contents for part in content.parts]
    drawn = [await cards.draw(part) for part in parts if isinstance(part, Card)]
    assert len(drawn) == 2
    assert {name.rpartition("第一支部")[2] for name in files(talk)} == {
        "2026年10月学习情况月报.docx", "2026年10月学习情况月报.xlsx",
    }  # fmt: skip
    paper = Document(io.BytesIO(next(data for name, data in files(talk).items() if name.endswith("docx"))))
    texts = [paragraph.text for paragraph in paper.paragraphs]
    assert texts[0] == "2026年10月学习情况月报"
    assert "学习:1 篇,完成 2/4 人次(50%)" in texts
    assert texts[-2:] == ["第一支部", "2026年10月31日"]
    assert [round(shape.height.cm, 1) <= 15 for shape in paper.inline_shapes] == [True, True]
    assert [cell.text for cell in paper.tables[0].rows[1].cells] == ["1", "材料1", "2/4", "50%"]
    assert [cell.text for cell in paper.tables[1].rows[1].cells] == ["王建国", "第一支部", "0/1", "0", "4.5"]


@pytest.mark.parametrize(
    ("words", "title", "periods"),
    [
        ("季报", "2026年三季度学习情况季报", ["2025年二季度", "2026年三季度"]),
        ("月报 本月", "2026年11月(到11月24日)学习情况报告", ["2026年6月", "2026年11月"]),
        ("年报", "2025年学习情况年报", ["2020年", "2025年"]),
    ],
)
async def test_of_other_stretches(talk: Talk, words: str, title: str, periods: list[str]) -> None:
    await talk.whisper(BOSS, words)
    assert sorted(files(talk)) == [f"第一支部{title}.docx", f"第一支部{title}.xlsx"]
    (_, course) = [part for content in talk.telephone.contents for part in content.parts if isinstance(part, Card)]
    bars = course.data["bars"]
    assert isinstance(bars, list)
    assert [bars[0]["name"], bars[-1]["name"]] == periods
