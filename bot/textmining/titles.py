"""What the title of a hot topic is about, by word lists: public affairs, of which kind, or noise, and of which.

A list of 400 titles is judged in one go in jieba's thread. Names of people count as noise too: whoever is talked about
by name on a hot list is hardly ever the business of a branch.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.textmining import names
from bot.textmining.likeness import grams
from bot.textmining.segmenter import LEXICON, in_thread, own_terms, start, words_in

_TYPED = re.compile(r"[\u4e00-\u9fff] +[\u4e00-\u9fff]")
"""Words with spaces between them are what people typed into a search box, not the title of anything."""
_BRAND = re.compile(r"[A-Za-z]{4,}")
_STARS = "名人"
_HEADLINE = 28
"""Characters up to which a title is a headline; a longer one is a sentence of a news digest."""
_MOST_FOR_A_KIND = 3
_MOST_MATTER = 3
_COST = 1.5
"""What each thing that weighs against a title takes off."""


@dataclass(frozen=True)
class Judged:
    """``weight`` is what speaks for it as a matter of public affairs, less what speaks against it; ``kind`` is the key
    in ``topic_kinds.json`` (empty: none). ``noise`` is the reason why it is none at all, ``own`` the branch's own and
    the party's words in it. ``grams`` are its pairs of characters."""

    title: str
    kind: str
    weight: float
    noise: str
    own: tuple[str, ...]
    grams: frozenset[str]


@dataclass(frozen=True)
class Kind:
    """A kind of topic with the questions that are asked about it."""

    key: str
    name: str
    prompts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Lists:
    kinds: dict[str, Kind]
    strong: dict[str, str]
    weak: dict[str, str]
    matter: frozenset[str]
    noise: dict[str, str]
    against: frozenset[str]
    any_word: re.Pattern[str]


def warm() -> None:
    """Start loading the lists in the background, behind the dictionary."""
    names.warm()
    start(_lists)


async def judge(titles: Sequence[str], own: Collection[str] = ()) -> list[Judged]:
    """Judge titles; ``own`` are the words that the branch has added."""
    judged: list[Judged] = await in_thread(_judge, tuple(titles), frozenset(own))
    return judged


def kind(key: str) -> Kind | None:
    """The kind with this key; None if there is none."""
    return _lists().kinds.get(key)


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    read = json.loads((LEXICON / "topic_kinds.json").read_text(encoding="utf-8"))
    rows, matter = read["kinds"], frozenset(read["matter"])
    kinds = {row["key"]: Kind(row["key"], row["name"], tuple(map(tuple, row["prompts"]))) for row in rows}
    strong = {word: row["key"] for row in reversed(rows) for word in row["strong"]}
    weak = {word: row["key"] for row in reversed(rows) for word in row["weak"]}
    noise, against = _noise()
    words = sorted({*strong, *weak, *matter, *noise, *against}, key=len, reverse=True)
    return _Lists(kinds, strong, weak, matter, noise, against, re.compile("|".join(map(re.escape, words))))


def _noise() -> tuple[dict[str, str], frozenset[str]]:
    noise: dict[str, str] = {}
    against: set[str] = set()
    heading, soft = "", False
    for line in (LEXICON / "topic_noise.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading, _, mark = line.strip("[]").partition(" ")
            soft = mark == "-"
        elif soft and line.strip():
            against.add(line.strip())
        elif line.strip() and not line.startswith("#"):
            noise[line.strip()] = heading
    noise |= dict.fromkeys(words_in("celebrities.txt"), _STARS)
    return noise, frozenset(against)


def _judge(titles: Sequence[str], own: frozenset[str]) -> list[Judged]:
    ours = own | {term for term in own_terms() if len(term) > 2 or "党" in term}  # 转正 is said of many things
    return [_judged(title, ours, own) for title in titles]


def _judged(title: str, ours: frozenset[str], own: frozenset[str]) -> Judged:
    found = _all_found(_lists().any_word, title)
    votes = _votes(found)
    terms = tuple(sorted(term for term in ours if term in title))
    noise, against = _against(title, found)
    weight = _speaking_for(votes, found, terms, long=len(title) > _HEADLINE) - against * _COST
    if (
        not noise
        and weight > 0
        and not any(term in own for term in terms)
        and (name := names.name_in(title, _words_of_affairs()))
    ):
        noise = f"人名 {name}"
    best = max(sorted(votes), key=lambda key: votes[key], default="")
    return Judged(title, best, weight, noise, terms, grams(title, 2))


def _votes(found: set[str]) -> dict[str, int]:
    """How much these words say that it is of a kind, by kind."""
    lists = _lists()
    votes: dict[str, int] = {}
    for words, worth in ((lists.strong, 2), (lists.weak, 1)):
        for word in found & words.keys():
            votes[words[word]] = votes.get(words[word], 0) + worth
    return votes


def _speaking_for(votes: dict[str, int], found: set[str], terms: Sequence[str], *, long: bool) -> float:
    matter = min(len(found & _lists().matter), _MOST_MATTER - long)
    if not votes and not terms:
        return max(0, matter - 1) / 2
    best = sorted(votes.values(), reverse=True)[:2]
    kinds = sum(min(worth, _MOST_FOR_A_KIND) / turn for turn, worth in enumerate(best, 1))
    return kinds + matter + (1 if terms else 0)


def _against(title: str, found: set[str]) -> tuple[str, int]:
    """(why it is noise, how many things weigh against it)."""
    lists = _lists()
    noisy = sorted(found & lists.noise.keys())
    against = len(found & lists.against)
    if len(title) > _HEADLINE:  # a whole sentence of news may mention a ticket by the way, a star is one
        return (_STARS if any(lists.noise[word] == _STARS for word in noisy) else ""), against + len(noisy)
    typed, brand = _TYPED.search(title) is not None, any(word not in found for word in _BRAND.findall(title))
    return next((lists.noise[word] for word in noisy), ""), against + typed + brand


def _all_found(pattern: re.Pattern[str], title: str) -> set[str]:
    """Every listed word, the ones that overlap included, but none that only is a part of a longer one found there."""
    found, at, reach = set(), 0, 0
    while match := pattern.search(title, at):
        if match.end() > reach:
            found.add(match[0])
            reach = match.end()
        at = match.start() + 1
    return found


@lru_cache(maxsize=1)
def _words_of_affairs() -> frozenset[str]:
    return frozenset({*_lists().strong, *_lists().weak})
