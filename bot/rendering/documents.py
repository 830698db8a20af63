"""Papers as a .docx in the form that branches file: a title, a line of particulars, numbered parts, tables."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.rendering.sheets import clean


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    """``bold`` sets the words before the first colon apart, as in 时间：…"""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """``widths`` are those of the columns in cm; without them they share the page."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class Image:
    """A PNG or JPEG as large as the page allows, at most ``high`` cm; what is none is said to be so."""

    data: bytes
    caption: str = ""
    high: float = 18.0


WIDE = 15.5
"""The most that an image takes across, in cm."""

Block = Heading | Paragraph | Table | Image


async def document(title: str, blocks: Sequence[Block], signature: str = "", enclosed: Sequence[Block] = ()) -> bytes:
    """The .docx file; ``signature`` (branch and date) stands at the right below everything but what is ``enclosed``."""
    return await asyncio.to_thread(_write, title, blocks, signature, enclosed)


def _write(title: str, blocks: Sequence[Block], signature: str, enclosed: Sequence[Block]) -> bytes:
    from docx import Document  # heavy, needed only for exports
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    paper = Document()
    for section in paper.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    head = paper.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run(clean(title))
    run.bold, run.font.size = True, Pt(18)
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
    for block in blocks:
        _block(paper, block)
    if signature:
        for line in clean(signature).split("\n"):
            paper.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for block in enclosed:
        _block(paper, block)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _block(paper: Any, block: Block) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    match block:
        case Heading(text=text):
            heading = paper.add_paragraph()
            heading.paragraph_format.keep_with_next = True
            run = heading.add_run(clean(text))
            run.bold, run.font.size = True, Pt(14)
            run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
        case Paragraph(text=text, bold=bold):
            for line in clean(text).split("\n"):
                paragraph = paper.add_paragraph()
                paragraph.paragraph_format.first_line_indent = Pt(0 if bold else 24)
                label, colon, rest = line.replace(":", "：", 1).partition("：")
                if bold and colon:
                    paragraph.add_run(label + colon).bold = True
                    paragraph.add_run(rest)
                else:
                    paragraph.add_run(line)
        case Table():
            _table(paper, block)
        case Image():
            _image(paper, block)


def _table(paper: Any, block: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = paper.add_table(rows=1, cols=len(block.header))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, block.header, strict=True):
        cell.paragraphs[0].add_run(clean(text)).bold = True
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = clean(text)
    table.autofit = not block.widths
    for column, width in zip(table.columns, block.widths, strict=False):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    paper.add_paragraph()


def _image(paper: Any, block: Image) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    caption = block.caption
    try:
        picture = paper.add_picture(io.BytesIO(block.data), width=Cm(WIDE))
    except Exception:  # whatever a picture that isn't one makes the library raise
        caption = f"{caption}(打不开这张图)"
    else:
        if picture.height > (high := Cm(block.high)):
            picture.width, picture.height = int(picture.width * high / picture.height), high
        paper.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
        paper.paragraphs[-1].paragraph_format.keep_with_next = bool(caption)
    if caption:
        paper.add_paragraph(clean(caption)).alignment = WD_ALIGN_PARAGRAPH.CENTER
