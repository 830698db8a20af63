"""A pasted link → an article: fetched, freed of what surrounds it, with title, source and date."""

import asyncio
import json
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import trafilatura

from bot.core.errors import UserError
from bot.sources.article import Article
from bot.sources.fetcher import Fetcher, Page

EMPTY = "这个网页里没有读到正文。请换一个链接,或直接粘贴文字。"
SHORTEST = 50


async def read(url: str, fetcher: Fetcher) -> Article:
    """Raises ``UserError`` saying why and what to do instead."""
    page = await fetcher.page(url)
    kind = page.content_type.partition(";")[0].strip().lower()
    if kind and not kind.startswith("text/") and kind not in ("application/xhtml+xml", "application/xml"):
        raise UserError("这个链接不是网页。文件请直接发到聊天里,再发「推送」。")
    return await asyncio.to_thread(extract, page)


def extract(page: Page) -> Article:
    """The article in a page, whatever its character set. Raises ``UserError`` if there is none."""
    found = trafilatura.extract(page.body, url=page.url, output_format="json", with_metadata=True, favor_precision=True)
    data: dict[str, Any] = json.loads(found) if found else {}
    text = "\n".join(line.strip() for line in (data.get("text") or "").splitlines() if line.strip())
    if len(text) < SHORTEST:
        raise UserError(EMPTY)
    source = data.get("source-hostname") or data.get("sitename") or urlsplit(page.url).hostname or ""
    return Article(
        title=(data.get("title") or text[:30]).strip(),
        text=text,
        source=source,
        url=page.url,
        published=date.fromisoformat(data["date"]) if data.get("date") else None,
    )
