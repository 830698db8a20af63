"""What every source yields: an article as plain text."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

LONGEST_TITLE = 60
_NOT_TEXT = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
_RADICALS = re.compile("[\u2e80-\u2fdf]")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class Article:
    """``text`` has a paragraph a line; ``published`` is None where the source doesn't say."""

    title: str
    text: str
    source: str = ""
    url: str = ""
    published: date | None = None


def clean(text: str) -> str:
    """Paragraphs, one a line, without blank ones, control characters, lone surrogates and marks that can't be seen.

    Radicals that stand for characters (⼀ for 一: PDF fonts do that) become the characters.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = text.encode("utf-8", "ignore").decode("utf-8")
    text = _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _NOT_TEXT.sub("", text))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def pick_title(candidates: Sequence[str], fallback: str) -> str:
    """The first candidate that can be a title, cut to ``LONGEST_TITLE``; ``fallback`` if none can."""
    for candidate in candidates:
        title = " ".join(clean(candidate).split())
        if 1 < len(title) <= LONGEST_TITLE and title[-1] not in "。;\uff1b,\uff0c、:\uff1a":
            return title
    return " ".join(clean(fallback).split())[:LONGEST_TITLE]
