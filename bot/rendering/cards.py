"""Cards drawn as pictures (typst). People's text reaches the compiler only as data, never as source."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.rendering import fonts
from bot.rendering.content import Card

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).parent / "templates"
PPI = 144
"""A page of 375 points becomes 750 pixels: a phone's width at twice its density."""

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cards")


class CannotDraw(Exception):
    """There is no Chinese font: the card's ``alt`` must be sent instead."""


async def draw(card: Card) -> bytes:
    """The card as PNG, 750 pixels wide. Raises ``CannotDraw``, or ``KeyError`` for an unknown template."""
    data = json.dumps(fonts.drawable(card.data), ensure_ascii=False, sort_keys=True)
    return await asyncio.get_running_loop().run_in_executor(_THREAD, _draw, card.template, data)


@cache
def _compiler() -> "typst.Compiler":
    import typst  # loads the font: half a second that only a process which draws should pay

    return typst.Compiler(root=str(TEMPLATES), font_paths=[str(fonts.folder())], ignore_system_fonts=True)


def _draw(template: str, data: str) -> bytes:
    source = TEMPLATES / f"{template}.typ"
    if source.parent != TEMPLATES or not source.is_file():
        raise KeyError(template)
    if problem := fonts.check():
        raise CannotDraw(problem)
    drawn = _compiler().compile(str(source), format="png", ppi=PPI, sys_inputs={"data": data})
    assert isinstance(drawn, bytes)
    return drawn
