"""The rows of an .xlsx that somebody sent, as plain values."""

import asyncio
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from bot.core.errors import UserError
from bot.sources import apart, archive

LARGEST = 5 * 2**20
"""Bytes of an .xlsx; a roster of a thousand people has some 50 kB."""
MOST_COLUMNS = 60
MOST_SHEETS = 20
MOST_BLANK_ROWS = 200_000
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):\1(\d{1,7})"')
"""A merge within one column."""
SAVE_AS = "请用 Excel 或 WPS 把内容复制到一张新表,另存为 .xlsx 再发。"


@dataclass(frozen=True)
class Unreadable:
    """A formula or an error such as #N/A: what a person saw there isn't known. ``address`` is like B7."""

    address: str


Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | Unreadable | None
"""Dates without a time of day are ``date``; texts come without spaces around them, and None instead of an empty one."""


async def read_rows(data: bytes, *, most: int = 5000, formulas: bool = False) -> list[tuple[Cell, ...]]:
    """The rows of the first sheet; the one at index i is row i + 1 in Excel, and blank ones are ``()``.

    Cells merged downward all have the value, those merged sideways only the first. At most ``most`` rows that aren't
    blank. With ``formulas``, cells that can't be read are ``Unreadable`` and it is up to the caller whether they
    matter; without, they are refused by their address.

    Raises ``UserError``.
    """
    if len(data) > LARGEST:
        raise UserError(f"表格超过了 {LARGEST // 2**20} MB,没有读取。{SAVE_AS}")
    await asyncio.to_thread(archive.check, data, ".xlsx", SAVE_AS)
    rows: list[tuple[Cell, ...]] = await apart.run(__name__, "parse", data, most)
    unreadable = [cell.address for row in rows for cell in row if isinstance(cell, Unreadable)]
    if unreadable and not formulas:
        where = "、".join(unreadable[:5]) + (f" 等 {len(unreadable)} 处" if len(unreadable) > 5 else "")
        raise UserError(f"单元格 {where} 是公式或错误值,读不到内容。请在 Excel 里「选择性粘贴 → 数值」后再发。")
    return rows


def parse(data: bytes, most: int) -> list[tuple[Cell, ...]]:
    """The rows of the first sheet. Blocks; runs apart. Raises ``UserError``."""
    return parse_all(data, most, sheets=1)[0][1]


def parse_all(
    data: bytes, most: int, *, sheets: int = MOST_SHEETS, strip: bool = True
) -> list[tuple[str, list[tuple[Cell, ...]]]]:
    """(title, rows) of the sheets, ``most`` rows of each; unless ``strip``, with the spaces around texts. Blocks; runs
    apart. Raises ``UserError``."""
    from openpyxl import load_workbook  # only the child process ever needs it

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        found = [(sheet.title, _rows(sheet, most, strip=strip)) for sheet in book.worksheets[:sheets]]
        if not found:
            raise LookupError("no sheet")
        return found
    except UserError:
        raise
    except Exception as error:  # a broken file makes openpyxl raise nearly anything
        raise UserError(f"这个表格是坏的,读不出来。{SAVE_AS}") from error


def _rows(sheet: object, most: int, *, strip: bool) -> list[tuple[Cell, ...]]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # what a file says about its own size may be wrong
    rows: list[tuple[Cell, ...]] = []
    kept = last = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):  # type: ignore[attr-defined]
        row = tuple(_value(cell, strip=strip) for cell in cells)
        while row and row[-1] is None:
            row = row[:-1]
        rows.append(row)
        if row:
            kept, last = kept + 1, number
        if kept > most:
            raise UserError(f"表里超过了 {most} 行,没有读取。请分成几个文件再发。")
        if number - last > MOST_BLANK_ROWS:
            break
    _fill(rows, sheet)
    return rows[:last]


def _fill(rows: list[tuple[Cell, ...]], sheet: object) -> None:
    """Give what was merged downward (a 党小组 beside all its people) to each of its rows that says anything."""
    from openpyxl.utils import column_index_from_string

    with sheet._get_source() as xml:  # type: ignore[attr-defined]  # a sheet that is read in passing keeps no merges
        merged = _MERGED.findall(xml.read())
    for column, first, last in merged:
        at, top = column_index_from_string(column.decode()) - 1, int(first) - 1
        value = rows[top][at] if top < len(rows) and at < len(rows[top]) else None
        if value is None or at >= MOST_COLUMNS:
            continue
        for number in range(top + 1, min(int(last), len(rows))):
            row = rows[number]
            if row and (at >= len(row) or row[at] is None):
                rows[number] = (*row[:at], *[None] * (at - len(row)), value, *row[at + 1 :])


def _value(cell: object, *, strip: bool) -> Cell:
    value: Cell = cell.value  # type: ignore[attr-defined]
    if getattr(cell, "data_type", "n") in ("f", "e"):
        return Unreadable(cell.coordinate)  # type: ignore[attr-defined]
    if isinstance(value, str):
        return (value.strip() if strip else value) if value.strip() else None
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    return value
