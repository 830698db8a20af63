"""Where the words of a word cloud stand: each as near to the middle as there is room, the biggest first.

Only the arithmetic is here; ``templates/cloud.typ`` draws the words where this says.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 331.0
"""Points: the inside of a card."""
BIGGEST = 42.0
SMALLEST = 13.0
MOST = 36
TONES = 5
ROOM = WIDTH * 190
"""Square points that all words together may cover; a cloud that needs more is set smaller."""
_GAP = 3.0


@dataclass(frozen=True)
class Placed:
    """A word with its size in points and the upper left corner of its box; ``tone`` is one of ``TONES`` colours."""

    word: str
    size: float
    x: float
    y: float
    tone: int


def layout(words: Sequence[tuple[str, int]]) -> tuple[list[Placed], float]:
    """(the words with their places, the height of the cloud), from words and how often they occur, commonest first.

    What finds no place is left out.
    """
    shown = words[:MOST]
    if not shown:
        return [], 0.0
    most, least = shown[0][1], shown[-1][1]
    boxes: list[tuple[float, float, float, float]] = []
    found: list[tuple[str, float, float, float, int]] = []
    sizes = [_size(count, least, most, at, len(shown)) for at, (_, count) in enumerate(shown)]
    area = sum(math.prod(_extent(word, size)) for (word, _), size in zip(shown, sizes, strict=True))
    shrink = min(1.0, math.sqrt(ROOM / area))
    for at, ((word, _), full) in enumerate(zip(shown, sizes, strict=True)):
        size = full * shrink
        width, height = _extent(word, size)
        if (corner := _free(width + _GAP, height + _GAP, boxes)) is not None:
            x, y = corner
            boxes.append((x, y, x + width + _GAP, y + height + _GAP))
            found.append((word, size, x, y, _tone(at)))
    top = min(box[1] for box in boxes)
    bottom = max(box[3] for box in boxes)
    placed = [Placed(word, round(size, 1), round(x, 1), round(y - top, 1), tone) for word, size, x, y, tone in found]
    return placed, round(bottom - top, 1)


def _size(count: int, least: int, most: int, at: int, among: int) -> float:
    """By count, and where counts are all alike a little by rank, so that a cloud still is one."""
    by_count = math.sqrt((count - least) / (most - least)) if most > least else 0.0
    by_rank = 1 - at / among
    share = 0.75 * by_count + 0.25 * by_rank if most > least else by_rank * 0.7
    return SMALLEST + (BIGGEST - SMALLEST) * share


def _extent(word: str, size: float) -> tuple[float, float]:
    units = sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.62 for char in word)
    return units * size, size * 1.12


def _free(
    width: float, height: float, boxes: Sequence[tuple[float, float, float, float]]
) -> tuple[float, float] | None:
    """The corner nearest to the middle, walking outward on a flat spiral, where nothing stands yet."""
    if width > WIDTH:
        return None
    for step in range(4000):
        angle = 0.23 * step
        radius = 0.32 * angle
        x = WIDTH / 2 + radius * math.cos(angle) * 2.0 - width / 2
        y = radius * math.sin(angle) - height / 2
        if x < 0 or x + width > WIDTH:
            continue
        if all(
            x + width <= left or right <= x or y + height <= top or bottom <= y for left, top, right, bottom in boxes
        ):
            return x, y
    return None


def _tone(at: int) -> int:
    return 0 if at < 3 else 1 + (at * 7) % (TONES - 1)
