"""Chinese words out of running text (jieba), in a thread of its own: nothing here blocks the event loop.

``warm`` starts loading jieba at once; whoever needs it first waits for it.
"""

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from time import sleep
from typing import Any

from bot.core.memory import give_back
from bot.core.settings import SHIPPED

LEXICON = SHIPPED / "lexicon"
MOST_TERMS = 2000
"""Different terms of one text that are kept for searching."""

LONGEST_WORD = 30
"""Characters of a word within which shorter ones are looked for."""

MEDIAN_IDF = 11.9
"""The median of jieba's table of inverse document frequencies."""
OWN_IDF = 13.0
"""The terms of our own word list matter more than the median word."""

_folder: Path | None = None
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jieba")
_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]+")
_FOREIGN_WEIGHT = 0.3
"""Latin words are code and names more often than subjects."""
_EMPTY = frozenset(
    "的了和是在有与对为等及中上下将并以其这那也都就而或从到把被让着过之不要会能可我们你们他们一个进行通过"
)


@lru_cache(maxsize=1)
def _jieba() -> Any:
    from bot.textmining.words import tokenizer

    ours = tokenizer(_folder)
    for term in own_terms():
        ours.add_word(term)
    give_back()  # what putting the dictionary together took
    return ours


@lru_cache(maxsize=1)
def own_terms() -> frozenset[str]:
    """The words of party life that come with the product."""
    return words_in("party_terms.txt")


@lru_cache(maxsize=1)
def _stopwords() -> frozenset[str]:
    return words_in("stopwords.txt")


@lru_cache(maxsize=8)
def words_in(name: str) -> frozenset[str]:
    """The words of a list in the lexicon, one a line."""
    lines = (LEXICON / name).read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def normalised(text: str) -> str:
    """One way to write a word: half-width, lower case, and 三会1课 in characters."""
    return unicodedata.normalize("NFKC", text).lower().replace("三会1课", "三会一课")


def warm(folder: Path) -> None:
    """Start loading the dictionary in the background. What takes long is done once, and kept in ``folder``."""
    global _folder
    _folder = folder
    start(_jieba)


def start(work: Callable[[], object]) -> None:
    """Do ``work`` in the thread, when it comes to it, and wait for nothing."""
    _THREAD.submit(work)


async def in_thread(work: Any, *arguments: Any) -> Any:
    """``work(*arguments)`` in the one thread in which jieba is used."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, work, *arguments)


def breathe() -> None:
    """Let the event loop have the interpreter: to be called now and then by whatever works long in the thread."""
    sleep(0.0002)


def cut(text: str) -> list[str]:
    """``segment`` for those who are in the thread already."""
    return _segment(text)


def known_words() -> Any:
    """jieba's dictionary, a mapping by word; only in the thread."""
    return _jieba().FREQ


async def segment(text: str) -> list[str]:
    """The words of a text, in order, in lower case, without punctuation."""
    words: list[str] = await in_thread(_segment, text)
    return words


def _segment(text: str) -> list[str]:
    return [word for word in _jieba().cut(normalised(text)) if _WORD.fullmatch(word)]


async def content_words(text: str) -> list[str]:
    """The words of a text that say something, in order: no fillers, no single characters, no numbers."""
    words: list[str] = await in_thread(telling, text)
    return words


def telling(text: str) -> list[str]:
    """``content_words`` for those who are in the thread already."""
    return [word for word in _segment(text) if _could_be_key(word)]


async def index_terms(text: str) -> frozenset[str]:
    """The different terms by which a text can be found: its words and the shorter words inside them."""
    terms: frozenset[str] = await in_thread(_index_terms, text)
    return terms


def _index_terms(text: str) -> frozenset[str]:
    words = Counter(_told_apart(text))
    terms = Counter(words)
    for word, times in words.items():
        for inside in _words_inside(word):
            terms[inside] += times
    return frozenset(term for term, _ in terms.most_common(MOST_TERMS))


async def keep_whole(words: Collection[str]) -> None:
    """Never take these words apart from now on."""
    if words:
        await in_thread(_keep_whole, tuple(words))


def _keep_whole(words: Collection[str]) -> None:
    for word in words:
        _jieba().add_word(normalised(word))


def _words_inside(word: str) -> set[str]:
    """All shorter words in a word; jieba's own search mode leaves out those of more than three characters."""
    known = _jieba().FREQ
    lengths = range(2, len(word)) if len(word) <= LONGEST_WORD else ()
    parts = (word[start : start + size] for size in lengths for start in range(len(word) - size + 1))
    return {part for part in parts if known.get(part)}


async def query_terms(text: str) -> frozenset[str]:
    """The terms that a text must all have to be what is looked for: 党员义务 finds 党员的义务."""
    words: list[str] = await in_thread(_told_apart, text)
    return frozenset(words)


def _told_apart(text: str) -> list[str]:
    return [word for word in _segment(text) if word not in _EMPTY]


async def key_terms(text: str, k: int = 5) -> list[str]:
    """The ``k`` words that stand out, most telling first: frequent here, rare in general."""
    terms: list[str] = await in_thread(_key_terms, text, k)
    return terms


def _key_terms(text: str, k: int) -> list[str]:
    counts = Counter(word for word in _segment(text) if _could_be_key(word))
    weights = rarity(counts)
    weight = {word: counts[word] * weights[word] * (_FOREIGN_WEIGHT if word.isascii() else 1) for word in counts}
    found: list[str] = []
    for word in sorted(counts, key=lambda word: (-weight[word], word)):
        if len(found) == k:
            break
        if not any(word in known for known in found):  # 药剂 says nothing beside 药剂科
            found.append(word)
    return found


def _could_be_key(word: str) -> bool:
    useless = set(word) <= _EMPTY or word[0].isdigit() or "的" in (word[0], word[-1])
    return len(word) > 1 and not useless and word not in _stopwords()


def rarity(words: Collection[str]) -> dict[str, float]:
    """The inverse document frequency of these words, from jieba's table; unknown ones get its median.

    The table is read through each time (a twentieth of a second) rather than kept (45 MiB): it is asked once a text.
    """
    import jieba

    found = dict.fromkeys(words, MEDIAN_IDF)
    with (Path(jieba.__file__).parent / "analyse" / "idf.txt").open(encoding="utf-8") as table:
        for at, line in enumerate(table):
            if at % 2000 == 0:
                breathe()
            word, _, idf = line.rstrip().rpartition(" ")
            if word in found:
                found[word] = float(idf)
    return found | {word: max(found[word], OWN_IDF) for word in own_terms() & found.keys()}
