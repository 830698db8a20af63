"""What a notice is about, in the categories of the ledger; they are data with their source."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from bot.core.settings import SHIPPED

FILE = SHIPPED / "notice" / "categories.json"
OF_MEETINGS = "会议活动"
OF_STUDY = "学习教育"
OF_ADMISSION = "党员发展"
"""Where the 公示 of new members belongs."""
ADMISSION_RULE = "发展党员公示"


@dataclass(frozen=True)
class Category:
    name: str
    words: frozenset[str]


@cache
def all_categories() -> tuple[Category, ...]:
    """In the order in which they are offered; the last one is for everything else."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["categories"]
    return tuple(Category(row["name"], frozenset(row["words"])) for row in rows)


def names() -> tuple[str, ...]:
    return tuple(category.name for category in all_categories())


def guess(words: Collection[str]) -> str:
    """The category of which most stands in these segmented words, long terms weighing more; the last one if nothing
    does. A term may be part of a word: 大会 in 党员大会."""

    def weight(category: Category) -> int:
        return sum(len(term) for term in category.words if any(term in word for word in words))

    best = max(all_categories(), key=weight)
    return best.name if weight(best) else names()[-1]
