"""A file from the chat → an article. PDF, DOCX, TXT and MD are read; for anything else it is said what to do."""

import asyncio
from pathlib import PurePosixPath

from bot.core.errors import UserError
from bot.sources import apart, archive, documents, plain
from bot.sources.article import Article, clean, pick_title

LARGEST = 20 * 2**20
LONGEST = 200_000
"""Characters: what is longer is a book, not a reading."""
SHORTEST = 20
TYPES = ("pdf", "docx", "txt", "md")
COPY = "也可以复制全文发给我。"

_OLD_WORD = "旧格式的文档(.doc、.wps)读不了。请在 Word 或 WPS 里另存为 .docx 再发。"
_INSTEAD = {
    "doc": _OLD_WORD,
    "wps": _OLD_WORD,
    "rtf": _OLD_WORD,
    "xlsx": "学习材料不能是表格。请发 PDF、DOCX、TXT 或 MD 文件,也可以直接粘贴文字。",
    "ppt": "演示文稿读不了。请另存为 PDF 再发,也可以直接粘贴文字。",
    "jpg": f"图片里的文字读不了。请发有文字的文件,{COPY}",
}
_PICTURES = ("jpeg", "png", "gif", "bmp", "webp", "heic", "tif", "tiff")
_SAME = {"markdown": "md", "text": "txt", "xls": "xlsx", "et": "xlsx", "csv": "xlsx", "pptx": "ppt", "dps": "ppt"}
_SAME |= dict.fromkeys(_PICTURES, "jpg")


async def extract(name: str, data: bytes) -> Article:
    """The article in a file called ``name``. Raises ``UserError`` saying why it can't be read and what to do."""
    if len(data) > LARGEST:
        raise UserError(f"文件有 {len(data) // 2**20} MB,超过了 {LARGEST // 2**20} MB。请分成几个文件,{COPY}")
    if not data:
        raise UserError(f"这个文件是空的。请重新发一次,{COPY}")
    kind = kind_of(name, data)
    if kind == "docx":
        await asyncio.to_thread(archive.check, data, ".docx", f"请在 Word 或 WPS 里另存为 .docx 再发,{COPY}")
    article: Article = await apart.run(__name__, "parse", kind, name, data)
    return article


def kind_of(name: str, data: bytes) -> str:
    """One of ``TYPES``, by what the file is and then by what it is called. Raises ``UserError``."""
    suffix = PurePosixPath(name.strip().lower()).suffix.lstrip(".")
    suffix = _SAME.get(suffix, suffix)
    if data.lstrip()[:5] == b"%PDF-":
        return "pdf"
    if suffix in _INSTEAD:
        raise UserError(_INSTEAD[suffix])
    if suffix not in TYPES:
        raise UserError("这种文件读不了。请发 PDF、DOCX、TXT 或 MD 文件,也可以直接粘贴文字。")
    return suffix


def parse(kind: str, name: str, data: bytes) -> Article:
    """Blocks; runs apart. Raises ``UserError``."""
    titles: list[str] = []
    match kind:
        case "pdf":
            titles, text = documents.pdf(data)
        case "docx":
            titles, text = documents.docx(data)
        case "md":
            titles, text = plain.markdown(plain.decode(data))
        case _:
            text = plain.decode(data)
    text = clean(text)
    first, _, rest = text.partition("\n")
    title = pick_title([*titles, first] if rest else titles, PurePosixPath(name).stem)
    if first == title and rest:
        text = rest
    if len(text) < SHORTEST:
        raise UserError(f"这个文件里几乎没有文字。请检查一下再发,{COPY}")
    if len(text) > LONGEST:
        raise UserError(f"这个文件有 {len(text) // 10000} 万字,太长了,一次学不完。请分成几篇再发。")
    return Article(title, text)
