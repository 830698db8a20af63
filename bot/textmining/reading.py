"""How long a text takes to read, and its first lines."""

import re

CHARACTERS_A_MINUTE = 300
"""An unhurried reader of Chinese on a phone."""

HEADLINE = 24
"""Characters of a headline."""


def reading_minutes(text: str) -> int:
    """Whole minutes, at least one."""
    return max(1, round(len(re.sub(r"\s", "", text)) / CHARACTERS_A_MINUTE))


def excerpt(text: str, size: int) -> str:
    """The beginning, at most ``size`` characters, cut at the end of a sentence where there is one."""
    flat = " ".join(text.split())
    if len(flat) <= size:
        return flat
    head = flat[:size]
    end = max(head.rfind(mark) for mark in "。!?;\uff01\uff1f\uff1b")
    return head[: end + 1] if end >= size // 3 else head.rstrip() + "…"


def headline(text: str) -> str:
    """What a text without a title is called: how it begins."""
    return excerpt(text.partition("\n")[0], HEADLINE).rstrip("。;\uff1b")
