"""A pasted link → an article: fetched, freed of what surrounds it, with title, source and date."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from bot.core.errors import UserError
from bot.sources import apart, files
from bot.sources.article import Article
from bot.sources.fetcher import Fetcher, Page

NO_PAGE = "这个链接不是网页,也不是能读的文件(PDF、DOCX、TXT、MD)。可以复制全文发给我。"
APP_ONLY = "学习强国的文章只能在它的 App 里看,我打不开。可以复制全文发给我。"
_FILES = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/msword": ".doc",
    "text/plain": ".txt",
    "text/markdown": ".md",
}


async def read(url: str, fetcher: Fetcher) -> Article:
    """Raises ``UserError`` saying why and what to do instead."""
    if (urlsplit(url).hostname or "").endswith("xuexi.cn"):
        raise UserError(APP_ONLY)
    page = await fetcher.page(url)
    if name := _file_name(page):
        found = await files.extract(name, page.body)
        return Article(found.title, found.text, urlsplit(page.url).hostname or "", page.url)
    article: Article = await apart.run("bot.sources.page", "parse", page.url, page.content_type, page.body)
    return article


def _file_name(page: Page) -> str:
    """What a page that is really a file would be called; nothing for a web page. Raises ``UserError`` for the rest."""
    kind = page.content_type.partition(";")[0].strip().lower()
    name = unquote(PurePosixPath(urlsplit(page.url).path).name)
    if page.body[:5] == b"%PDF-":
        return f"{PurePosixPath(name).stem or 'x'}.pdf"
    if page.body.lstrip()[:1] == b"<" and not kind.startswith(("image/", "audio/", "video/")):
        return ""
    if kind in _FILES:
        return f"{PurePosixPath(name).stem or 'x'}{_FILES[kind]}"
    if PurePosixPath(name).suffix.lower() in _FILES.values():
        return name
    if kind and not kind.startswith("text/") and kind not in ("application/xhtml+xml", "application/xml"):
        raise UserError(NO_PAGE)
    return ""
