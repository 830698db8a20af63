"""Tables as an .xlsx that can be handed upward unchanged: real dates and numbers, filters, a frozen header.

What people wrote stays text: a name such as ``=HYPERLINK(…)`` is never a formula.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.core.clock import to_local

Cell = str | int | float | date | datetime | None

Row = Sequence[Cell]
_RISKY = "=#"
"""With these begins what openpyxl would take for a formula or for an error."""

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """A heading; ``width`` counts Latin characters (a Chinese one takes two); ``percent`` shows 0.85 as 85%."""

    title: str
    width: int = 14
    percent: bool = False


@dataclass(frozen=True)
class Sheet:
    """One page of a workbook. ``rows`` may be a generator, or an asynchronous one of batches of rows: it is written as
    it comes, in constant memory."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row] | AsyncIterable[Sequence[Row]]


async def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The .xlsx file. Instants are shown in China's time."""
    return await asyncio.to_thread(_write, sheets, asyncio.get_running_loop())


def _pulled(batches: AsyncIterator[Sequence[Row]], loop: asyncio.AbstractEventLoop) -> Iterator[Row]:
    """The rows, in the thread that writes; each batch is made on the event loop when it is wanted."""

    async def following() -> Sequence[Row] | None:
        return await anext(batches, None)

    while (batch := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
        yield from batch


def clean(text: str) -> str:
    """Without what no document may hold: control characters and halves of surrogate pairs."""
    return _FORBIDDEN.sub("", text)


def _wall_clock(instant: datetime) -> datetime:
    return to_local(instant).replace(tzinfo=None, microsecond=0)


def _write(sheets: Sequence[Sheet], loop: asyncio.AbstractEventLoop) -> bytes:
    from openpyxl import Workbook  # a tenth of a second and 15 MiB, needed only for exports
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", clean(sheet.title))[:31])
        page.freeze_panes = "A2"
        for index, column in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(index)].width = column.width
        heading = []
        for column in sheet.columns:
            cell = WriteOnlyCell(page, column.title)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F3E9E4")
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            heading.append(cell)
        page.append(heading)
        count = 1
        formatted: dict[tuple[int, str], Any] = {}
        rows = _pulled(aiter(sheet.rows), loop) if isinstance(sheet.rows, AsyncIterable) else sheet.rows
        for row in rows:
            cells: list[object] = []
            for column, (at, value) in zip(sheet.columns, enumerate(row), strict=True):
                if isinstance(value, str):
                    text = clean(value)[:32_000]
                    if text[:1] not in _RISKY:
                        cells.append(text)
                        continue
                    cell = WriteOnlyCell(page)
                    cell.value, cell.data_type = text, "s"
                    cells.append(cell)
                elif isinstance(value, date) or (column.percent and value is not None):
                    kind = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
                    kind = kind if isinstance(value, date) else "0%"
                    if (at, kind) not in formatted:
                        formatted[at, kind] = WriteOnlyCell(page)
                        formatted[at, kind].number_format = kind
                    cell = formatted[at, kind]  # written at once, so the next row may have it again
                    cell.value = (
                        to_local(value).replace(tzinfo=None, microsecond=0) if isinstance(value, datetime) else value
                    )
                    cells.append(cell)
                else:
                    cells.append(value)
            page.append(cells)
            count += 1
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
