"""Real .xlsx files for tests."""

import io

from openpyxl import Workbook


def xlsx(*rows: tuple[object, ...]) -> bytes:
    """A workbook of one sheet with these rows."""
    return sheets(Sheet=rows)


def sheets(**pages: tuple[tuple[object, ...], ...]) -> bytes:
    """A workbook with a sheet for each name."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in pages.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
