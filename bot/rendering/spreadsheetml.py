"""The parts of an .xlsx file (ECMA-376): small, and written as rows come, which no library does as fast by a multiple.

Texts are inline strings, so nothing that people wrote is ever read as a formula, a link or an error.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

Cell = str
"""A cell from behind its place on, as ``text``, ``number`` and ``moment`` write it; an empty one is left out."""


class Broken(str):
    """A cell whose text goes on in the next line, ``lines`` in all."""

    lines: int


PLAIN, HEADING, DATE, MOMENT, PERCENT, WRAPPED = range(6)
"""The formats of cells, in the order of ``_STYLES``."""

AT_ONCE = 500
"""Rows that are put together before they are compressed."""

LINE, MOST_LINES = 16, 25
"""Points of a line in a row of several, and how many of these fit: what spreadsheets don't work out by themselves."""

_LEVEL = 3
"""Of compression: the next ones take twice as long for a file that is a tenth smaller."""

_FIRST_DAY = date(1899, 12, 30).toordinal()
"""Day 0 of spreadsheets."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF3E9E4"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" applyAlignment="1">'
    '<alignment vertical="center"/></xf></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="center"/></xf>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment horizontal="left" vertical="center"/></xf>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment horizontal="left" vertical="center"/></xf>'
    '<xf numFmtId="9" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="center"/></xf>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


_PAGE = '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
"""Printed on A4 across, all columns on one page, the heading on each (``close``)."""


class Book:
    """A workbook on its way into ``out``. Pages are written one after the other; ``close`` adds what ties them up."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self._titles: list[str] = []

    def page(self, title: str, widths: Sequence[float], rows: Iterable[Sequence[Cell]]) -> None:
        """A page. The first row is the heading: it stays in sight and can be filtered."""
        self._titles.append(title)
        letters = [column(at) for at in range(len(widths))]
        count = 0
        with self._zip.open(f"xl/worksheets/sheet{len(self._titles)}.xml", "w") as part:
            columns = "".join(
                f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
            )
            part.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
                '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
                'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
                '<sheetFormatPr defaultRowHeight="15"/>'
                f"<cols>{columns}</cols><sheetData>".encode()
            )
            following = iter(rows)
            while batch := list(islice(following, AT_ONCE)):
                part.write("".join(_row(count + at, letters, cells) for at, cells in enumerate(batch, 1)).encode())
                count += len(batch)
            part.write(f'</sheetData><autoFilter ref="A1:{letters[-1]}{max(count, 1)}"/>{_PAGE}</worksheet>'.encode())

    def close(self) -> None:
        pages = range(1, len(self._titles) + 1)
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in pages
        )
        self._zip.writestr(
            "[Content_Types].xml",
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
        )
        self._zip.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        sheets = [("worksheet", f"worksheets/sheet{n}.xml") for n in pages]
        self._zip.writestr("xl/_rels/workbook.xml.rels", _relations([*sheets, ("styles", "styles.xml")]))
        named = "".join(
            f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="rId{n}"/>' for n, title in enumerate(self._titles, 1)
        )
        headings = "".join(
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{escape(_quoted(title))}!$1:$1</definedName>'
            for at, title in enumerate(self._titles)
        )
        self._zip.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets>'
            f"<definedNames>{headings}</definedNames></workbook>",
        )
        self._zip.writestr("xl/styles.xml", _STYLES)
        self._zip.close()


def _quoted(title: str) -> str:
    """The title of a page as it is written in a reference."""
    doubled = title.replace("'", "''")
    return f"'{doubled}'"


def column(at: int) -> str:
    """0 → A, 26 → AA."""
    return (column(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def text(value: str, style: int = PLAIN) -> Cell:
    return f'{_styled(style)} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def broken(value: str, lines: int) -> Broken:
    """A text that takes so many lines in its column."""
    cell = Broken(text(value, WRAPPED))
    cell.lines = min(lines, MOST_LINES)
    return cell


def number(value: float, style: int = PLAIN) -> Cell:
    return f"{_styled(style)}><v>{value}</v></c>"


def moment(value: date) -> Cell:
    """A day, or a moment as the clock on the wall says it."""
    whole = value.toordinal() - _FIRST_DAY
    if isinstance(value, datetime):
        return number(whole + (value.hour * 3600 + value.minute * 60 + value.second) / 86400, MOMENT)
    return number(whole, DATE)


def _styled(style: int) -> str:
    return f' s="{style}"' if style else ""


def _row(no: int, letters: Sequence[str], cells: Sequence[Cell]) -> str:
    placed = [f'<c r="{letter}{no}"{cell}' for letter, cell in zip(letters, cells, strict=True) if cell]
    lines = max([cell.lines for cell in cells if type(cell) is Broken], default=0)
    height = f' ht="{lines * LINE}"' if lines else ""
    return f'<row r="{no}"{height}>{"".join(placed)}</row>'
