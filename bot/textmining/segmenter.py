"""Chinese words out of running text (jieba), in a thread of its own: nothing here blocks the event loop.

jieba takes a second or two to load; ``warm`` starts that at once, and whoever needs it first waits for it.
"""

import asyncio
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from bot.core.settings import SHIPPED

LEXICON = SHIPPED / "lexicon" / "party_terms.txt"
MOST_TERMS = 2000
"""Different terms of one text that are kept for searching."""

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jieba")
_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]+")
_EMPTY = frozenset(
    "的了和是在有与对为等及中上下将并以其这那也都就而或从到把被让着过之不要会能可我们你们他们一个进行通过"
)


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba

    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for term in LEXICON.read_text(encoding="utf-8").split():
        tokenizer.add_word(term)
    return tokenizer


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
    tokenizer = _jieba()
    counts = Counter(
        word for word in _segment(text) if len(word) > 1 and not set(word) <= _EMPTY and not word.isdigit()
    )
    rarity = {word: 1.0 / (1 + tokenizer.FREQ.get(word, 0)) ** 0.5 for word in counts}
    return sorted(counts, key=lambda word: (-counts[word] * rarity[word], word))[:k]
