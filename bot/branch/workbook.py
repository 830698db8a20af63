"""Opening an .xlsx that somebody sent: what would blow up is refused before anything is unpacked."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl import load_workbook

from bot.core.errors import UserError

LARGEST_FILE = 5 * 2**20
"""Bytes of an .xlsx at most; a roster of a thousand people has some 50 kB."""
LARGEST_UNPACKED = 50 * 2**20
HIGHEST_RATIO = 100
MOST_ROWS = 5000
"""Rows with anything in them, on one sheet."""

_MOST_BLANK_ROWS = 200_000
_MOST_COLUMNS = 60
_MOST_SHEETS = 10
_SAVE_AS = "请用 Excel 或 WPS 另存为 .xlsx 再发。"


@dataclass(frozen=True)
class Cell:
    """``value`` as Excel has it (text, number, date …); a formula or an error (#N/A) has none."""

    value: object
    formula: bool = False
    broken: bool = False


Row = tuple[int, list[Cell]]
"""The number of the row as Excel shows it, and its cells."""


def sheets(data: bytes) -> list[list[Row]]:
    """The rows that aren't blank, by sheet. Blocks: call it in a thread. Raises ``UserError``."""
    check(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            return [list(_rows(sheet)) for sheet in book.worksheets[:_MOST_SHEETS]]
        finally:
            book.close()
    except UserError:
        raise
    except Exception as error:  # a broken file makes openpyxl raise nearly anything
        raise UserError(f"表格是坏的,读不出来。{_SAVE_AS}") from error


def check(data: bytes) -> None:
    """Refuse what isn't an .xlsx or would unpack to too much, by its directory alone. Raises ``UserError``."""
    if len(data) > LARGEST_FILE:
        raise UserError(f"文件超过了 {LARGEST_FILE // 2**20} MB,名册不会这么大。请只留名册那一张表再发。")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UserError(f"这个文件有密码,或是旧的 .xls 格式。请去掉密码,{_SAVE_AS[1:]}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UserError(f"这不是 .xlsx 表格。{_SAVE_AS}") from None
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise UserError(f"这不是 .xlsx 表格。{_SAVE_AS}")
    unpacked = sum(part.file_size for part in parts)
    too_dense = any(part.file_size > HIGHEST_RATIO * max(part.compress_size, 1) for part in parts)
    if unpacked > LARGEST_UNPACKED or unpacked > HIGHEST_RATIO * len(data) or too_dense:
        raise UserError(f"这个文件解开后大得不正常,没有读取。请把名册复制到一张新表,{_SAVE_AS[1:]}")


def _rows(sheet: object) -> Iterator[Row]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    kept = 0
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):  # type: ignore[attr-defined]
        if all(cell.value is None for cell in row):
            if number > _MOST_BLANK_ROWS:
                return
            continue
        kept += 1
        if kept > MOST_ROWS:
            raise UserError(f"表里超过 {MOST_ROWS} 行。请只保留名册再发。")
        last = max(at for at, cell in enumerate(row) if cell.value is not None)
        yield number, [_cell(cell) for cell in row[: last + 1]]


def _cell(cell: object) -> Cell:
    kind = getattr(cell, "data_type", "n")
    if kind in ("f", "e"):
        return Cell(None, formula=kind == "f", broken=kind == "e")
    return Cell(cell.value)  # type: ignore[attr-defined]
