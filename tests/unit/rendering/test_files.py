"""The files that are handed upward: opened again and looked at cell by cell."""

import io
from datetime import UTC, date, datetime

import pytest
from docx import Document
from openpyxl import load_workbook

from bot.rendering.documents import Heading, Paragraph, Table, document
from bot.rendering.sheets import Column, Sheet, workbook


async def test_a_workbook_has_real_dates_numbers_filters_and_no_formulas() -> None:
    rows = [
        ('=HYPERLINK("http://a.b")', 3, 0.85, date(2026, 11, 24), datetime(2026, 11, 24, 0, 30, tzinfo=UTC)),
        ("+1", None, 1.0, date(2026, 1, 1), datetime(2026, 1, 1, 20, tzinfo=UTC)),
        ("坏\x07字\ud800符</t></is></c>&<f>1</f>", 0, 0.0, None, None),
    ]
    columns = [Column("姓名", 20), Column("次数"), Column("完成率", percent=True), Column("日期"), Column("时间")]
    book = load_workbook(io.BytesIO(await workbook([Sheet("本月/学习", columns, iter(rows))])))
    page = book.active
    assert page is not None
    assert page.title == "本月 学习"
    assert [cell.value for cell in page[1]] == ["姓名", "次数", "完成率", "日期", "时间"]
    assert [page["A2"].value, page["A2"].data_type, page["A3"].data_type] == ['=HYPERLINK("http://a.b")', "s", "s"]
    assert page["A4"].value == "坏字符</t></is></c>&<f>1</f>"
    assert (page["B2"].value, page["C2"].value, page["C2"].number_format) == (3, 0.85, "0%")
    assert (page["D2"].value, page["D2"].is_date) == (datetime(2026, 11, 24), True)
    assert page["E2"].value == datetime(2026, 11, 24, 8, 30)
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:E4")
    assert page.print_title_rows == "$1:$1"


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("王建国", None),
        ("六个字的名字", None),
        ("阿卜杜热西提·买买提明", 32),
        ("abcdefghijklm", None),
        ("abcdefghijklmn", 32),
        ("一\n\n三", 48),
        ("学习" * 200, 400),
    ],
)
async def test_a_text_that_is_wider_than_its_column_goes_on_in_the_next_line(text: str, height: int | None) -> None:
    columns = [Column("姓名", 14), Column("备注", 20)]
    book = load_workbook(io.BytesIO(await workbook([Sheet("表", columns, [(text, "好"), ("甲", "乙")])])))
    page = book.worksheets[0]
    assert (page["A2"].value, bool(page["A2"].alignment.wrap_text)) == (text, height is not None)
    assert (page.row_dimensions[2].height, page.row_dimensions[3].height) == (height, None)


async def test_a_document_holds_its_parts_in_order() -> None:
    data = await document(
        "支部党员大会会议记录",
        [
            Paragraph("时间:2026年11月27日\n地点:二楼会议室", bold=True),
            Heading("一、决议"),
            Table(["序号", "内容"], [["1", "通过\x07年度计划"]]),
            Paragraph("散会。"),
        ],
        "红旗社区第一党支部\n2026年11月27日",
    )
    paper = Document(io.BytesIO(data))
    lines = [paragraph.text for paragraph in paper.paragraphs if paragraph.text]
    assert lines == [
        "支部党员大会会议记录",
        "时间：2026年11月27日",
        "地点：二楼会议室",
        "一、决议",
        "散会。",
        "红旗社区第一党支部",
        "2026年11月27日",
    ]
    table = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    assert table == [["序号", "内容"], ["1", "通过年度计划"]]
