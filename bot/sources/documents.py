"""PDF and Word documents: their paragraphs and what could be their title. Runs apart: the parsers are large."""

import io
import re
from collections import Counter

from bot.core.errors import UserError

COPY = "也可以复制全文发给我。"
LOCKED = f"这个 PDF 有密码,打不开。请去掉密码再发,{COPY}"
SCANNED = f"这个 PDF 是扫描的图片,里面没有文字。请发有文字的版本,{COPY}"
_PAGE_NUMBER = re.compile(r"[-—–·\s]*(第\s*)?\d{1,4}(\s*页)?(\s*/\s*\d{1,4})?[-—–·\s]*")
_ENDS = "。.!\uff01?\uff1f;\uff1b:\uff1a”」》)\uff09】"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def pdf(data: bytes) -> tuple[list[str], str]:
    """(titles in question, the text). Raises ``UserError``."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UserError(LOCKED)
        pages = [page.extract_text() for page in reader.pages]
        named = str((reader.metadata and reader.metadata.title) or "")
    except UserError:
        raise
    except (DependencyError, FileNotDecryptedError) as error:
        raise UserError(LOCKED) from error
    except Exception as error:  # a broken file makes pypdf raise nearly anything
        raise UserError(f"这个 PDF 是坏的,读不出来。请重新导出一份再发,{COPY}") from error
    text = joined("\n".join(pages))
    if len(re.sub(r"\s", "", text)) < 10 * min(len(pages), 5):
        raise UserError(SCANNED)
    return _titles(named, text), text


def joined(text: str) -> str:
    """Paragraphs out of the lines of pages: a full line without an end goes on in the next; page numbers go."""
    lines = [line for line in (line.strip() for line in text.splitlines()) if line and not _PAGE_NUMBER.fullmatch(line)]
    widths = Counter(len(line) for line in lines)
    full = 0.8 * max((width for width, count in widths.items() if count > 1), default=max(widths, default=0))
    paragraphs: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            between = " " if paragraphs[-1][-1].isascii() and line[0].isascii() else ""
            paragraphs[-1] += between + line
        else:
            paragraphs.append(line)
        goes_on = len(line) >= max(full, 10) and line[-1] not in _ENDS
    return "\n".join(paragraphs)


def docx(data: bytes) -> tuple[list[str], str]:
    """(titles in question, the text with the rows of tables as lines). Raises ``UserError``."""
    from docx import Document
    from docx.table import Table

    try:
        document = Document(io.BytesIO(data))
        titles: list[str] = []
        lines: list[str] = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                rows = (row._tr.tc_lst for row in block.rows)
                lines += [" | ".join(filter(None, (_words(cell).replace("\n", " ") for cell in row))) for row in rows]
                continue
            lines.append(_words(block._p))
            style = block.style.name if block.style is not None else ""
            if not titles and lines[-1] and style in ("Title", "Heading 1", "标题", "标题 1"):
                titles.append(lines[-1])
        text = "\n".join(lines)
        return titles + _titles(document.core_properties.title or "", text), text
    except Exception as error:  # a broken file makes python-docx raise nearly anything
        raise UserError(f"这个文件是坏的,读不出来。请在 Word 或 WPS 里另存为 .docx 再发,{COPY}") from error


def _words(element: object) -> str:
    """The text as it would print: with insertions that are only suggested, without deletions, text boxes once."""
    parts: list[str] = []
    stack = [element]
    while stack:
        at = stack.pop()
        tag = at.tag  # type: ignore[attr-defined]
        if tag == f"{_W}t":
            parts.append(at.text or "")  # type: ignore[attr-defined]
        elif tag == f"{_W}tab":
            parts.append(" ")
        elif tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif isinstance(tag, str) and not tag.endswith("}Fallback"):
            if tag == f"{_W}p" and parts:
                parts.append("\n")
            stack.extend(reversed(at))  # type: ignore[call-overload]
    return "".join(parts).strip()


def _titles(named: str, text: str) -> list[str]:
    """What the file says its title is, if the text says so too: templates leave theirs behind."""
    head = re.sub(r"\s", "", text[:600])
    wanted = re.sub(r"\s", "", named)
    return [named] if len(wanted) > 1 and wanted in head else []
