"""Traditional characters as simplified ones, for comparing and counting. The usual ones only: a letter each."""

from functools import lru_cache

from bot.textmining.segmenter import words_in


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in words_in("traditional.txt") if len(pair) == 2}


def simplified(text: str) -> str:
    """The same text in simplified characters."""
    return text.translate(_table())
