"""Cards drawn as pictures (typst). People's text reaches the compiler only as data, never as source."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import typst

from bot.rendering import fonts
from bot.rendering.content import Card

TEMPLATES = Path(__file__).parent / "templates"
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cards")


class CannotDraw(Exception):
    """There is no Chinese font: the card's ``alt`` must be sent instead."""


async def draw(card: Card) -> bytes:
    """The card as PNG, 750 pixels wide. Raises ``CannotDraw``, or ``KeyError`` for an unknown template."""
    data = json.dumps(card.data, ensure_ascii=False, sort_keys=True)
    return await asyncio.get_running_loop().run_in_executor(_THREAD, _draw, card.template, data)


@lru_cache(maxsize=64)
def _draw(template: str, data: str) -> bytes:
    source = TEMPLATES / f"{template}.typ"
    if source.parent != TEMPLATES or not source.is_file():
        raise KeyError(template)
    if problem := fonts.check():
        raise CannotDraw(problem)
    drawn = typst.compile(str(source), root=str(TEMPLATES), format="png", ppi=144, sys_inputs={"data": data})
    assert isinstance(drawn, bytes)
    return drawn
