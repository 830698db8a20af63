"""A web page as a tree, and the text of its parts as a person sees it: a paragraph a line."""

import re
from typing import Any

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w-]{3,20})", re.IGNORECASE)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
    "pre", "section", "table", "tbody", "tr", "ul",
})  # fmt: skip
_UNSEEN = frozenset({
    "button", "figcaption", "head", "iframe", "input", "link", "meta", "noscript", "script", "select", "style",
    "svg", "template", "textarea",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")


def decode(body: bytes, content_type: str) -> str:
    """The text of a page. What is valid UTF-8 is that, whatever it declares: pages declare GB2312 and lie."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    in_header, in_page = _HEADER.search(content_type), _DECLARED.search(body[:4096])
    for encoding in (in_page and in_page[1].decode("ascii"), in_header and in_header[1], "gb18030"):
        name = (encoding or "").lower()
        try:
            text = body.decode("gb18030" if name in ("gb2312", "gbk") else name or "ascii", "replace")
        except LookupError:
            continue
        if text.count("\ufffd") * 100 <= len(text):
            return text
    return min((body.decode(name, "replace") for name in ("utf-8", "gb18030")), key=lambda text: text.count("\ufffd"))


def tree_of(text: str) -> Any:
    """The page as an lxml tree, freed of what isn't seen."""
    from lxml import html  # only the child process ever needs it

    root = html.document_fromstring(
        text.replace("\0", "").encode("utf-8", "ignore") or b"<p>",
        html.HTMLParser(encoding="utf-8", remove_comments=True),
    )
    for element in list(root.iter("script", "style", "noscript", "iframe", "svg", "template", "textarea")):
        element.drop_tree()
    return root


def find(root: Any, selector: str) -> Any | None:
    """The first element with the id (#…) or class (.…) of ``selector``."""
    name = selector[1:]
    test = f'@id="{name}"' if selector[0] == "#" else f'contains(concat(" ", normalize-space(@class), " "), " {name} ")'
    found = root.xpath(f"//*[{test}]")
    return found[0] if found else None


def seen(element: Any, without: frozenset[str] = frozenset()) -> str:
    """The text of an element, a block a line; elements with an id or class in ``without`` are left out."""
    parts: list[str] = []
    _collect(element, without, parts, pre=False)
    lines = (re.sub(r"[ \t\f\v]+", " ", line).strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(element: Any, without: frozenset[str], parts: list[str], *, pre: bool) -> None:
    tag = element.tag
    if isinstance(tag, str) and tag not in _UNSEEN and not _left_out(element, without):
        pre = pre or tag == "pre"
        edge = "\n" if tag in _BLOCKS else " | " if tag in ("td", "th") and element.getprevious() is not None else ""
        parts.append(edge)
        parts.append(_flow(element.text, pre))
        for child in element:
            _collect(child, without, parts, pre=pre)
            parts.append(_flow(child.tail, pre))
        parts.append("\n" if edge == "\n" else "")


def _left_out(element: Any, without: frozenset[str]) -> bool:
    names = {element.get("id", ""), *element.get("class", "").split()}
    return bool(names & without) or bool(_HIDDEN.search(element.get("style", "")))


def _flow(text: str | None, pre: bool) -> str:
    """Line ends in the source mean nothing, and between two Chinese characters not even a space."""
    if not text or pre:
        return text or ""
    return re.sub(r"\s*\n\s*", " ", _BREAK.sub("", text.replace("\r", "\n"))).replace("\xa0", " ")
