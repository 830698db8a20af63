"""What comes out of a spreadsheet, and what is refused before or while it is read (issue 2, bad input)."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.core.errors import UserError
from bot.sources import workbook
from bot.sources.workbook import Unreadable, parse, read_rows


def sheet(fill: Callable[[Worksheet], object]) -> bytes:
    book = Workbook()
    assert isinstance(book.active, Worksheet)
    fill(book.active)
    book.create_sheet("另一张").append(["不读"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(*lines: list[object]) -> bytes:
    def fill(page: Worksheet) -> None:
        for line in lines:
            page.append(line)

    return sheet(fill)


def with_part(data: bytes, name: str, body: bytes) -> bytes:
    """The same archive with one part put in place of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, body)
    return out.getvalue()


async def test_values_as_they_are_with_their_row_numbers() -> None:
    def fill(page: Worksheet) -> None:
        page["A1"] = "第一支部党员名册"
        page.merge_cells("A1:D1")
        page.append(["姓名", "入党时间", "QQ", "签到"])
        page["A4"], page["B4"] = " 张三 ", date(2019, 7, 1)
        page["C4"], page["D4"] = 123456789, datetime(2026, 3, 2, 9, 30)
        page["A6"] = "  "

    assert await read_rows(sheet(fill)) == [
        ("第一支部党员名册",),
        ("姓名", "入党时间", "QQ", "签到"),
        (),
        ("张三", date(2019, 7, 1), 123456789, datetime(2026, 3, 2, 9, 30)),
    ]


async def test_what_is_merged_downward_is_said_of_each_row() -> None:
    def fill(page: Worksheet) -> None:
        for row in (["党小组", "姓名"], ["第一党小组", "张三"], [None, "李四"], [None, None], ["第二党小组", "王五"]):
            page.append(row)
        page.merge_cells("A2:A4")
        page.merge_cells("B5:D5")

    assert await read_rows(sheet(fill)) == [
        ("党小组", "姓名"),
        ("第一党小组", "张三"),
        ("第一党小组", "李四"),
        (),
        ("第二党小组", "王五"),
    ]


async def test_formulas_are_refused_by_address_unless_the_caller_takes_care() -> None:
    data = rows(["姓名", "年龄"], ["张三", "=1+1"], ["李四", "#N/A"])
    with pytest.raises(UserError, match="单元格 B2、B3 是公式"):
        await read_rows(data)
    assert (await read_rows(data, formulas=True))[1:] == [("张三", Unreadable("B2")), ("李四", Unreadable("B3"))]


def test_too_many_rows() -> None:
    data = rows(*[["张三"]] * 4)
    assert len(parse(data, 4)) == 4
    with pytest.raises(UserError, match="超过了 3 行"):
        parse(data, 3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "密码"),
        (b"", "不是完好的 .xlsx"),
        ("姓名,QQ\n张三,1".encode(), "不是完好的 .xlsx"),
        (rows(["张三"])[:-40], "不是完好的 .xlsx"),
        (with_part(rows(["张三"]), "xl/worksheets/sheet1.xml", b"<nothing"), "坏的"),
        (with_part(rows(["张三"]), "xl/workbook.xml", b"<a/>"), "坏的"),
    ],
    ids=["locked", "empty", "csv", "cut off", "no xml", "no workbook"],
)
async def test_no_workbook(data: bytes, said: str) -> None:
    with pytest.raises(UserError, match=said):
        await read_rows(data)


async def test_a_bomb_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.apart.run", None)
    with pytest.raises(UserError, match="大得不正常"):
        await read_rows(with_part(rows(["张三"]), "xl/media/a.bin", b"0" * 3_000_000))


async def test_entities_are_not_expanded() -> None:
    """A few bytes that would unfold to gigabytes while the sheet is read."""
    lol = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">{lol}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(UserError, match="坏的"):
        await read_rows(with_part(rows(["张三"]), "xl/worksheets/sheet1.xml", body.encode()))


async def test_a_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST", 2**20)
    with pytest.raises(UserError, match="超过了 1 MB"):
        await read_rows(b"P" * (2**20 + 1))
