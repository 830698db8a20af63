"""Real .xlsx files for tests."""

import io

from openpyxl import Workbook


def xlsx(*rows: tuple[object, ...]) -> bytes:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
