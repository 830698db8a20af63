"""How much two short texts share, by runs of characters: no dictionary, so it also works for slang and slogans."""

import re
import unicodedata

_KEPT = re.compile(r"[0-9a-z\u4e00-\u9fff]+")


def letters(text: str) -> str:
    """Only what is read: half-width, lower case, without punctuation, spaces and emoji."""
    return "".join(_KEPT.findall(unicodedata.normalize("NFKC", text).lower()))


def grams(text: str, size: int) -> frozenset[str]:
    """The different runs of ``size`` characters of ``letters(text)``; the text itself if it is shorter."""
    bare = letters(text)
    if len(bare) <= size:
        return frozenset({bare} if bare else ())
    return frozenset(bare[at : at + size] for at in range(len(bare) - size + 1))


def contained(part: frozenset[str], whole: frozenset[str]) -> float:
    """The share of ``part`` that is in ``whole``, 0 to 1."""
    return len(part & whole) / len(part) if part else 0.0


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller that is in the other, damped where it is very small: 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / max(smaller, 4) if smaller else 0.0
