"""Tables as an .xlsx that can be handed upward unchanged: real dates and numbers, filters, a frozen header.

What people wrote stays text: a name such as ``=HYPERLINK(…)`` is never a formula.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain

from bot.core.clock import to_local
from bot.rendering import spreadsheetml

Cell = str | int | float | date | datetime | None

Row = Sequence[Cell]
LONGEST = 32_000
"""Characters of a cell; spreadsheets take a few more."""
_WIDE = re.compile(r"[^\x00-\u10ff]")
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
    it comes, in constant memory. A batch that is a generator is run through in the thread that writes."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row] | AsyncIterable[Iterable[Row]]


async def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The .xlsx file. Instants are shown in China's time."""
    return await asyncio.to_thread(_write, sheets, asyncio.get_running_loop())


def _pulled(batches: AsyncIterator[Iterable[Row]], loop: asyncio.AbstractEventLoop) -> Iterator[Row]:
    """The rows, in the thread that writes; each batch is made on the event loop when it is wanted."""

    async def following() -> Iterable[Row] | None:
        return await anext(batches, None)

    while (batch := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
        yield from batch


def clean(text: str) -> str:
    """Without what no document may hold: control characters and halves of surrogate pairs."""
    return _FORBIDDEN.sub("", text)


def _write(sheets: Sequence[Sheet], loop: asyncio.AbstractEventLoop) -> bytes:
    out = io.BytesIO()
    book = spreadsheetml.Book(out)
    for sheet in sheets:
        rows = _pulled(aiter(sheet.rows), loop) if isinstance(sheet.rows, AsyncIterable) else sheet.rows
        heading = [spreadsheetml.text(column.title, spreadsheetml.HEADING) for column in sheet.columns]
        writers = [_writer(column) for column in sheet.columns]
        cells = ([write(value) for write, value in zip(writers, row, strict=True)] for row in rows)
        title = re.sub(r"[\[\]:*?/\\]", " ", clean(sheet.title))[:31]
        book.page(title, [column.width for column in sheet.columns], chain([heading], cells))
    book.close()
    return out.getvalue()


def _writer(column: Column) -> Callable[[Cell], spreadsheetml.Cell]:
    """Makes the cells of a column; what stands in one row after the other is made once."""
    style = spreadsheetml.PERCENT if column.percent else spreadsheetml.PLAIN

    def cell(value: Cell) -> spreadsheetml.Cell:
        if isinstance(value, str):
            text = clean(value)[:LONGEST]
            if (lines := _lines(text, column.width - 1)) > 1:
                return spreadsheetml.broken(text, lines)
            return spreadsheetml.text(text) if text else ""
        if isinstance(value, date):
            return spreadsheetml.moment(to_local(value) if isinstance(value, datetime) else value)
        return "" if value is None else spreadsheetml.number(value, style)

    return lru_cache(1024, typed=True)(cell)


def _lines(text: str, room: int) -> int:
    """How many lines it takes in a column; Chinese characters take two places."""
    return sum(max(1, -(-(len(line) + len(_WIDE.findall(line))) // room)) for line in text.split("\n"))
