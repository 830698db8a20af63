"""What somebody hands over to be read by others: a link, a text, a file, a number of the library."""

import re

from bot.chat.call import Call
from bot.core.errors import UserError
from bot.sources import files, link
from bot.sources.article import Article
from bot.sources.fetcher import BAD_LINK
from bot.study import materials
from bot.study.materials import Prepared
from bot.study.models import Material
from bot.textmining.reading import headline

WANTED = "请把链接、全文或文件(PDF、Word、TXT、MD)发给我。不发了回复「取消」。"

_LINK = re.compile(r"https?://[^\s<>「」“”\"']+", re.IGNORECASE)
_WIDE = re.compile(r"\b(https?)\s*[:：]\s*/\s*/\s*(?=\w)", re.IGNORECASE | re.ASCII)
_BARE = re.compile(r"(?:www\.[\w-]+|(?:[\w-]+\.)+[a-z]{2,}(?=/))\S*", re.IGNORECASE | re.ASCII)
"""An address without http:// and nothing else: 「www.12371.cn」, 「12371.cn/a.shtml」."""
_SCHEME = re.compile(r"(?!https?://)[a-z]{2,9}:/?/?[!-~]+", re.IGNORECASE)
_STORED = re.compile(r"(?:资料\s*|#)?(\d{1,6})")
_CAPTION = 80
"""Characters around a link that are its title, as phones share it; more is a text that holds a link."""
_TITLE = 60


async def taken(call: Call, text: str) -> Material | Prepared | None:
    """What was handed over with this message, or with the one it replies to; None if nothing was.

    Raises ``UserError`` saying why it can't be used.
    """
    if found := _STORED.fullmatch(text):
        async with call.app.database.reading() as uow:
            return await materials.get(uow, call.actor.branch, int(found[1]))
    article = await _article(call, text)
    return await materials.prepare(article) if article is not None else None


async def _article(call: Call, text: str) -> Article | None:
    handed = call.message.files
    if not text and not handed and (answered := await call.answered()) is not None:
        handed, text = answered.files, answered.raw
    if len(handed) > 1:
        raise UserError("一次请发一个文件。")
    if handed:
        return await files.extract(handed[0].name, await call.download(handed[0], files.LARGEST))
    return await _read(call, text) if text else None


async def _read(call: Call, text: str) -> Article:
    text = _WIDE.sub(r"\1://", text)
    if _BARE.fullmatch(text):
        text = f"http://{text}"
    if _SCHEME.fullmatch(text):
        raise UserError(BAD_LINK)
    links = list(dict.fromkeys(_LINK.findall(text)))
    if links and len(_LINK.sub("", text).strip()) <= _CAPTION:
        if len(links) > 1:
            raise UserError(f"一次只能推一个链接,这里有 {len(links)} 个。请分开发。")
        return await link.read(re.sub(r"[。,,;;!!、))]+$", "", links[0]), call.app.fetcher)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and len(lines[0]) <= _TITLE:
        return Article(title=lines[0], text="\n".join(lines[1:]))
    return Article(title=headline(lines[0]), text="\n".join(lines))
