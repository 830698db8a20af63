"""Chinese words out of running text (jieba), in a thread of its own: nothing here blocks the event loop.

jieba takes a second or two to load; ``warm`` starts that at once, and whoever needs it first waits for it.
"""

import asyncio
import ctypes
import re
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.core.settings import SHIPPED

LEXICON = SHIPPED / "lexicon" / "party_terms.txt"
MOST_TERMS = 2000
"""Different terms of one text that are kept for searching."""

MEDIAN_IDF = 11.9
"""The median of jieba's table of inverse document frequencies."""
OWN_IDF = 13.0
"""The terms of our own word list matter more than the median word."""

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jieba")
_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]+")
_EMPTY = frozenset(
    "的了和是在有与对为等及中上下将并以其这那也都就而或从到把被让着过之不要会能可我们你们他们一个进行通过"
)


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba  # not jieba.analyse: it would load further tables of 170 MiB for what _rarity reads from a file

    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for term in _own_terms():
        tokenizer.add_word(term)
    _give_back_memory()
    return tokenizer


@lru_cache(maxsize=1)
def _own_terms() -> frozenset[str]:
    return frozenset(LEXICON.read_text(encoding="utf-8").split())


def _give_back_memory() -> None:
    """Loading leaves 30 MiB of freed pieces that glibc would keep for ever."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def warm() -> None:
    """Start loading the dictionary in the background."""
    _THREAD.submit(_jieba)


async def _in_thread(work: Any, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_THREAD, work, *arguments)


async def segment(text: str) -> list[str]:
    """The words of a text, in order, in lower case, without punctuation."""
    words: list[str] = await _in_thread(_segment, text)
    return words


def _segment(text: str) -> list[str]:
    return [word for word in _jieba().cut(text.lower()) if _WORD.fullmatch(word)]


async def index_terms(text: str) -> frozenset[str]:
    """The different terms by which a text can be found: its words and the shorter words inside them."""
    terms: frozenset[str] = await _in_thread(_index_terms, text)
    return terms


def _index_terms(text: str) -> frozenset[str]:
    found = Counter(word for word in _jieba().cut_for_search(text.lower()) if _WORD.fullmatch(word))
    return frozenset(word for word, _ in found.most_common(MOST_TERMS))


async def key_terms(text: str, k: int = 5) -> list[str]:
    """The ``k`` words that stand out, most telling first: frequent here, rare in general."""
    terms: list[str] = await _in_thread(_key_terms, text, k)
    return terms


def _key_terms(text: str, k: int) -> list[str]:
    counts = Counter(
        word for word in _segment(text) if len(word) > 1 and not set(word) <= _EMPTY and not word[0].isdigit()
    )
    rarity = _rarity(counts)
    return sorted(counts, key=lambda word: (-counts[word] * rarity[word], word))[:k]


def _rarity(words: Collection[str]) -> dict[str, float]:
    """The inverse document frequency of these words, from jieba's table; unknown ones get its median.

    The table is read through each time (a twentieth of a second) rather than kept (45 MiB): it is asked once a text.
    """
    import jieba

    found = dict.fromkeys(words, MEDIAN_IDF)
    with (Path(jieba.__file__).parent / "analyse" / "idf.txt").open(encoding="utf-8") as table:
        for line in table:
            word, _, idf = line.rstrip().rpartition(" ")
            if word in found:
                found[word] = float(idf)
    return found | {word: max(found[word], OWN_IDF) for word in _own_terms() & found.keys()}
