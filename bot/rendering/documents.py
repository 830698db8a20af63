"""Papers as a .docx in the form that branches file: a title, a line of particulars, numbered parts, tables."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass

from bot.rendering.sheets import clean


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    """``bold`` sets the words before the first ``:`` apart, as in 时间:…"""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Table:
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Image:
    """A PNG or JPEG across the page."""

    data: bytes
    caption: str = ""


Block = Heading | Paragraph | Table | Image


async def document(title: str, blocks: Sequence[Block], signature: str = "") -> bytes:
    """The .docx file; ``signature`` (branch and date) stands at the right below everything."""
    return await asyncio.to_thread(_write, title, blocks, signature)


def _write(title: str, blocks: Sequence[Block], signature: str) -> bytes:
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
        match block:
            case Heading(text=text):
                run = paper.add_paragraph().add_run(clean(text))
                run.bold, run.font.size = True, Pt(14)
                run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
            case Paragraph(text=text, bold=bold):
                for line in clean(text).split("\n"):
                    paragraph = paper.add_paragraph()
                    paragraph.paragraph_format.first_line_indent = Pt(0 if bold else 24)
                    label, colon, rest = line.partition(":")
                    if bold and colon:
                        paragraph.add_run(label + colon).bold = True
                        paragraph.add_run(rest)
                    else:
                        paragraph.add_run(line)
            case Table(header=header, rows=rows):
                table = paper.add_table(rows=1, cols=len(header))
                table.style = "Table Grid"
                for cell, text in zip(table.rows[0].cells, header, strict=True):
                    cell.paragraphs[0].add_run(clean(text)).bold = True
                for row in rows:
                    for cell, text in zip(table.add_row().cells, row, strict=True):
                        cell.text = clean(text)
                paper.add_paragraph()
            case Image(data=data, caption=caption):
                paper.add_picture(io.BytesIO(data), width=Cm(15.5))
                if caption:
                    paper.add_paragraph(clean(caption)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if signature:
        for line in clean(signature).split("\n"):
            paper.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()
