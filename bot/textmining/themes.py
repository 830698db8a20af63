"""What many short texts are about together: words that many of them share, grouped into a few themes.

Counted by text, not by occurrence, so that one long or repetitive speaker doesn't make a theme alone.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.textmining.script import simplified
from bot.textmining.segmenter import breathe, in_thread, known_words, normalised, own_terms, rarity, telling, words_in

MOST_THEMES = 4
MOST_WORDS = 50
BESIDES = 4
_NOISE = re.compile(r"https?://\S+|www\.\S+|@\S+|\[[^\[\]]{1,8}\]|[##][^##\n]{1,60}[##]")
_BEGINNINGS = frozenset("太很更还再就也都没别谁哪怎什这那把给让我你他她它")
_ENDINGS = frozenset("了着过们吗呢吧啊")
_COMPLEMENTS = ("出来", "起来", "下来", "过来", "回来", "上来", "下去")
_AMOUNT = re.compile(
    r"[好第]?[一二两三四五六七八九十百千万亿几半]+[多几来]?[个天次趟年月日号万亿块元条句点些层遍回种位名家间斤米分摞堆把份笔群套段场顿]?"
)
_EVERYWHERE = 0.6
"""Share of the texts from which a word says nothing about a part of them."""


@dataclass(frozen=True)
class Theme:
    """``words`` begin with the one that all of ``texts`` (their positions) share; the most telling texts come first."""

    words: tuple[str, ...]
    texts: tuple[int, ...]


@dataclass(frozen=True)
class Digest:
    """``words`` with the number of texts that have them, the commonest first; ``besides`` are words of the texts that
    are in no theme, whose number is ``left``."""

    words: tuple[tuple[str, int], ...]
    themes: tuple[Theme, ...]
    besides: tuple[str, ...]
    left: int


async def digest(texts: Sequence[str], title: str, leave_out: Collection[str], likes: Sequence[int]) -> Digest:
    """Words and themes of ``texts``; ``leave_out`` are names and commands, ``likes`` a number for each text."""
    made: Digest = await in_thread(_digest, tuple(texts), title, frozenset(leave_out), tuple(likes))
    return made


def _digest(texts: Sequence[str], title: str, leave_out: frozenset[str], likes: Sequence[int]) -> Digest:
    out = {normalised(word) for word in leave_out if len(word) > 1}
    terms = [_terms(text, out) for text in texts]
    counts = Counter(word for found in terms for word in found)
    known = known_words()
    terms = [frozenset(word for word in found if counts[word] > 1 or known.get(word)) for found in terms]
    counts = Counter(word for found in terms for word in found)
    weights = rarity(counts)
    common = sorted(counts, key=lambda word: (-counts[word], -weights[word], word))
    words = [word for word in common if not _part_of_commoner(word, counts)]
    topic = simplified(title)
    themes = _themes(terms, counts, weights, {word for word in counts if word in topic})
    ranked = tuple(
        Theme(theme.words, tuple(sorted(theme.texts, key=lambda at: _telling(at, theme, texts, terms, likes))))
        for theme in themes
    )
    left = set(range(len(terms))) - {at for theme in ranked for at in theme.texts}
    told = {word for theme in ranked for word in theme.words}
    alone = sorted({word for at in left for word in terms[at]}, key=lambda word: (-counts[word] * weights[word], word))
    besides = tuple(word for word in alone if word not in title and word not in told)[:BESIDES] if left else ()
    return Digest(tuple((word, counts[word]) for word in words[:MOST_WORDS]), ranked, besides, len(left))


def _terms(text: str, out: Collection[str]) -> frozenset[str]:
    breathe()
    bare = _NOISE.sub(" ", simplified(text))
    return frozenset(word for word in telling(bare) if _says_something(word) and not any(one in word for one in out))


def _says_something(word: str) -> bool:
    """Whether a word would be read as one: no filler, no amount, no half phrase such as 太近, 改了, 贴出来."""
    if word in own_terms():
        return True
    half = word[0] in _BEGINNINGS or word[-1] in _ENDINGS or "不" in word[1:-1] or word.endswith(_COMPLEMENTS)
    return not half and word not in words_in("chat_fillers.txt") and _AMOUNT.fullmatch(word) is None


def _part_of_commoner(word: str, counts: Counter[str]) -> bool:
    return any(word in other and word != other and counts[other] >= counts[word] for other in counts)


def _themes(
    terms: Sequence[frozenset[str]], counts: Counter[str], weights: dict[str, float], known: set[str]
) -> list[Theme]:
    """Greedily the word that says most about the texts not yet in a theme, with the words that go along with it.

    A text may speak of two things; it then stands in both themes.
    """
    least = 2 if len(terms) > 3 else 1
    most = max(least, _EVERYWHERE * len(terms))
    left = set(range(len(terms)))
    themes: list[Theme] = []
    while left and len(themes) < MOST_THEMES:
        new = Counter(word for at in left for word in terms[at] if least <= counts[word] <= most and word not in known)
        told = {word for theme in themes for word in theme.words}
        heads = [word for word in new if word not in told]
        if not heads:
            break
        head = max(heads, key=lambda word: ((new[word] + (counts[word] - new[word]) / 2) * weights[word], word))
        mine = {at for at, found in enumerate(terms) if head in found}
        along = Counter(word for at in mine for word in terms[at] if word not in known and word not in told)
        words = [head, *(word for word in along if _goes_along(word, head, along[word], counts[word], least))]
        words[1:] = sorted(words[1:], key=lambda word: (-along[word] * weights[word], word))
        themes.append(Theme(tuple(words[:3]), tuple(sorted(mine, key=lambda at: at not in left))))
        left -= mine
    return themes


def _goes_along(word: str, head: str, times: int, count: int, least: int) -> bool:
    return word not in head and head not in word and times >= least and times >= 0.4 * count


def _telling(
    at: int, theme: Theme, texts: Sequence[str], terms: Sequence[frozenset[str]], likes: Sequence[int]
) -> tuple[float, int]:
    words = sum(word in terms[at] for word in theme.words)
    too_long = max(0, len(texts[at]) - 100) / 100
    return (-(2 * words + min(likes[at], 5) - too_long), at)
