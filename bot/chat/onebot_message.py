"""Content → OneBot v11 segments. Only segment objects are made, never a CQ string, so people's text stays text; what an
implementation writes as one is read into segments."""

import asyncio
import base64
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from nonebot.adapters.onebot.v11 import Message, MessageSegment

from bot.rendering.content import Attachment, Card, Content, Forward, Mention, MentionAll, Picture, Text

log = logging.getLogger("xueban.onebot")

_KEPT_CARDS = 16
"""Drawn cards kept: one push goes to many groups."""


class MediaStore(Protocol):
    def get(self, sha256: str) -> bytes: ...


Draw = Callable[[Card], Awaitable[bytes]]


class Composer:
    """Makes what goes on the wire. A picture that is missing or can't be drawn is replaced by its words."""

    def __init__(self, media: MediaStore, draw: Draw) -> None:
        self._media = media
        self._draw = draw
        self._cards: OrderedDict[str, asyncio.Task[str]] = OrderedDict()

    async def message(self, content: Content, *, group: bool, may_mention_all: bool, pictures: bool = True) -> Message:
        """The message for everything in ``content`` that travels inline. ``pictures=False``: their words instead."""
        message = Message()
        gap = ""
        for part in content.parts:
            match part:
                case Text(text=text):
                    message += MessageSegment.text(gap + text)
                    gap = "\n"
                case Mention(user_id=user_id, name=name):
                    if gap and group:
                        message += MessageSegment.text(gap)
                    message += MessageSegment.at(user_id) if group else MessageSegment.text(f"{gap}@{name or user_id}")
                    message += MessageSegment.text(" ")
                    gap = ""
                case MentionAll():
                    if gap and group and may_mention_all:
                        message += MessageSegment.text(gap)
                        gap = ""
                    everyone = MessageSegment.at("all") if group and may_mention_all else None
                    message += everyone or MessageSegment.text(f"{gap}@全体成员")
                    message += MessageSegment.text(" ")
                    gap = ""
                case Picture() | Card():
                    encoded = await self._picture(part) if pictures else None
                    if encoded is not None:
                        message += MessageSegment.image(encoded)
                        gap = ""
                    elif part.alt:
                        message += MessageSegment.text(gap + part.alt)
                        gap = "\n"
                case Forward() | Attachment():
                    message += MessageSegment.text(gap + Content.of(part).plain)
                    gap = "\n"
        return message

    async def file(self, sha256: str) -> str | None:
        """A stored file as ``base64://…``; None if it is gone. Containers share no paths with the platform."""
        try:
            data = await asyncio.to_thread(self._media.get, sha256)
        except Exception as error:
            log.error("stored file %s can't be read (%s)", sha256[:12], type(error).__name__)
            return None
        return _encode(data)

    async def _picture(self, part: Picture | Card) -> str | None:
        if isinstance(part, Picture):
            return await self.file(part.sha256)
        key = hashlib.sha256(part.model_dump_json().encode("utf-8", "surrogatepass")).hexdigest()
        task = self._cards.get(key)
        if task is None:
            task = self._cards[key] = asyncio.ensure_future(self._drawn(part))
            while len(self._cards) > _KEPT_CARDS:
                self._cards.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except Exception:
            self._cards.pop(key, None)
            log.exception("card %s can't be drawn; its words are sent", part.template)
            return None

    async def _drawn(self, card: Card) -> str:
        return _encode(await self._draw(card))


def _encode(data: bytes) -> str:
    return "base64://" + base64.b64encode(data).decode()


def nodes(part: Forward, account: str) -> list[MessageSegment]:
    """The pages of a merged forward, spoken by the bot itself."""
    pages = [part.title, *part.pages] if part.title else list(part.pages)
    return [
        MessageSegment.node_custom(int(account), "支部学伴", Message([MessageSegment.text(page)])) for page in pages
    ]


def read_segments(cq: str) -> list[dict[str, Any]]:
    """A message that an implementation reports in the format ``string``: its segments, as in the format ``array``."""
    return [{"type": segment.type, "data": segment.data} for segment in Message(cq)]
