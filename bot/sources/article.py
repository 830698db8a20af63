"""What every source yields: an article as plain text."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Article:
    """``text`` has a paragraph a line; ``published`` is None where the source doesn't say."""

    title: str
    text: str
    source: str = ""
    url: str = ""
    published: date | None = None
