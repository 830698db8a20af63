"""Text files and Markdown: from bytes to paragraphs."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.core.errors import UserError

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GUESSES = ("gb18030", "utf-16-le", "utf-16-be")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def decode(data: bytes) -> str:
    """The text of a file that doesn't say its encoding. Raises ``UserError`` for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            if encoding == "utf-8-sig" and _try(data, "utf-8") is None:
                data = data.removeprefix(mark)  # put in front of another encoding by a careless program
                break
            return data.decode(encoding, "replace")
    text = _try(data, "utf-8")
    if text is not None and len(_CONTROLS.findall(text)) * 50 <= len(text):
        return text
    texts = [found for encoding in _GUESSES if (found := _try(data, encoding))]
    text = max(texts, key=_common, default="")
    text = text.removeprefix("\ufeff")
    if _common(text) < 0.3:
        raise UserError("这个文件里不是文字,读不出来。可以复制全文发给我。")
    return text


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _common(text: str) -> float:
    """The share of characters that are common in Chinese texts: wrong guesses yield rare ones and controls."""
    sample = text[:4000]
    kept = _CONTROLS.sub("", sample).encode("gb2312", "ignore").decode("gb2312")
    return len(kept) / max(len(sample), 1)


def markdown(text: str) -> tuple[list[str], str]:
    """(titles in question, the paragraphs without markup). The first heading is a title and no paragraph."""
    from markdown_it import MarkdownIt  # only the child process ever needs it

    titles: list[str] = []
    text = text.replace("\r\n", "\n")
    if front := _FRONT_MATTER.match(text):
        titles += [found[1].strip("\"' ") for found in re.finditer(r"(?m)^title:(.+)$", front[1])]
        text = text[front.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    lines: list[str] = []
    headed = False
    for kind, line in _lines(tokens):
        if kind == "heading" and not headed:
            headed = True
            titles.append(line)
        else:
            lines.append(line)
    return titles, "\n".join(lines)


def _lines(tokens: "list[Token]") -> Iterator[tuple[str, str]]:
    """(kind of block, its text) in order; a row of a table is one line, list numbers stay."""
    kind, marker, row = "", "", list[str]()
    for token in tokens:
        if token.type == "heading_open":
            kind = "heading"
        elif token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else ""
        elif token.type == "tr_open":
            kind, row = "row", []
        elif token.type == "tr_close":
            kind = ""
            yield "row", " | ".join(row)
        elif token.type == "inline" and kind == "row":
            row.append(_words(token))
        elif token.type == "inline":
            yield kind, marker + _words(token)
            kind = marker = ""
        elif token.type in ("fence", "code_block"):
            yield "code", token.content


def _words(token: "Token") -> str:
    parts = {"softbreak": "\n", "hardbreak": "\n"}
    children = token.children or []
    kept = (child for child in children if child.type in ("text", "code_inline", "softbreak", "hardbreak"))
    return "".join(parts.get(child.type, child.content) for child in kept)
