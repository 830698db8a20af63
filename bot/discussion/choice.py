"""Which of the day's hot topics are worth a discussion, and in which order they are offered. Decided without I/O.

What the platforms' editors pinned comes first, then what bears words of the branch and the party, then other public
affairs. Nothing is offered that is entertainment, sport, stocks, gossip or about somebody by name, unless it is pinned.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.textmining.likeness import alike, grams, letters
from bot.textmining.titles import Judged

OFFERED = 5
"""Candidates that are offered at once."""
PINNED = 2
"""Pinned ones among them, one more if it surely is a public affair: five slogans give nobody a choice. The others take
the places that nothing else deserves, or come with the next five."""
SAME = 0.72
"""Likeness from which two topics are one."""
NEAR = 0.45
"""Likeness from which two topics aren't offered together."""
ENOUGH = 2.5
"""Weight from which a topic is surely a public affair."""


@dataclass(frozen=True)
class Found:
    """A topic of a source as it was judged."""

    title: str
    url: str
    summary: str
    source: str
    pinned: bool
    rank: int
    judged: Judged


@dataclass(frozen=True)
class Candidate:
    """A topic that may be discussed; ``sources`` all have it, the first with this address."""

    title: str
    url: str
    summary: str
    sources: tuple[str, ...]
    pinned: bool
    kind: str
    own: tuple[str, ...]
    weight: float
    rank: int
    grams: frozenset[str]

    @property
    def tier(self) -> int:
        """0 pinned, 1 own words, 2 public affairs, 3 perhaps."""
        if self.pinned:
            return 0
        if self.own and self.weight >= 1:
            return 1
        return 2 if self.weight >= ENOUGH else 3


def pool(found: Iterable[Found], discussed: Collection[str]) -> list[Candidate]:
    """Everything that may be offered, best first. ``discussed`` are the titles of what the branch discussed lately."""
    old_letters = {letters(title) for title in discussed}
    old_grams = [grams(title, 2) for title in discussed]
    kept = [one for one in found if one.pinned or (not one.judged.noise and _could_be(one.judged))]
    kept = [one for one in kept if letters(one.title) not in old_letters]
    merged = _merge(sorted(kept, key=lambda one: (not one.pinned, one.rank)))
    fresh = [one for one in merged if one.pinned or not any(alike(one.grams, old) >= SAME for old in old_grams)]
    return sorted(fresh, key=lambda one: (one.tier, -one.weight - len(one.sources), one.rank, one.title))


def offered(candidates: Sequence[Candidate], shown: Collection[str]) -> list[Candidate]:
    """The pool in the order in which it is offered, five at a time; what was ``shown`` on another day goes behind, but
    no pinned one behind what isn't."""
    old = {letters(title) for title in shown}
    near = [grams(title, 2) for title in shown]
    seen = [
        one
        for one in candidates
        if letters(one.title) in old or (not one.pinned and any(alike(one.grams, other) >= SAME for other in near))
    ]
    fresh = [one for one in candidates if one not in seen]
    first = _first(fresh)
    if len(first) < OFFERED:
        first += [one for one in (*fresh, *seen) if one not in first][: OFFERED - len(first)]
    taken = {one.title for one in first}
    rest = [one for one in (*fresh, *seen) if one.title not in taken]
    return first + sorted(rest, key=lambda one: not one.pinned)


def why(candidate: Candidate, kind: str) -> str:
    """The reason in a few words; ``kind`` is the name of its kind."""
    if candidate.pinned:
        reason = "官方置顶"
    elif candidate.own:
        reason = f"提到「{'」「'.join(candidate.own[:2])}」"
    else:
        reason = f"关系到{kind}" if kind else "大家在议论"
    return f"{reason},{len(candidate.sources)} 个来源都有" if len(candidate.sources) > 1 else reason


def _could_be(judged: Judged) -> bool:
    return judged.weight > 0 or (bool(judged.own) and judged.weight >= 0)


def _merge(found: Sequence[Found]) -> list[Candidate]:
    """One candidate for topics that say the same. Pinned ones stay apart from each other unless they are equal."""
    merged: list[Candidate] = []
    by_letters: dict[str, int] = {}
    by_gram: dict[str, list[int]] = {}
    for one in found:
        bare = letters(one.title)
        at = by_letters.get(bare)
        if at is None and not one.pinned:
            at = _nearest(one.judged.grams, merged, by_gram)
        if at is not None:
            known = merged[at]
            if one.source not in known.sources:
                merged[at] = _with_source(known, one)
            continue
        by_letters[bare] = len(merged)
        for gram in one.judged.grams:
            by_gram.setdefault(gram, []).append(len(merged))
        judged = one.judged
        merged.append(
            Candidate(
                one.title,
                one.url,
                one.summary,
                (one.source,),
                one.pinned,
                judged.kind,
                judged.own,
                judged.weight,
                one.rank,
                judged.grams,
            )
        )
    return merged


def _with_source(known: Candidate, one: Found) -> Candidate:
    return Candidate(
        known.title,
        known.url or one.url,
        known.summary or one.summary,
        (*known.sources, one.source),
        known.pinned,
        known.kind,
        known.own,
        known.weight,
        known.rank,
        known.grams,
    )


def _nearest(mine: frozenset[str], merged: list[Candidate], by_gram: dict[str, list[int]]) -> int | None:
    shared: dict[int, int] = {}
    for gram in mine:
        for at in by_gram.get(gram, ()):
            shared[at] = shared.get(at, 0) + 1
    best = max(shared, key=lambda at: (alike(mine, merged[at].grams), -at), default=None)
    return best if best is not None and alike(mine, merged[best].grams) >= SAME else None


def _first(fresh: Sequence[Candidate]) -> list[Candidate]:
    """The five to begin with, no two of them alike: what deserves it (a ceremony doesn't), else what is pinned, else
    what there is."""
    first: list[Candidate] = []
    for fits in (_deserves, _is_pinned, _is_affair, _is_there):
        for one in fresh:
            alone = not any(one is known or alike(one.grams, known.grams) >= NEAR for known in first)
            if len(first) < OFFERED and alone and fits(one, first):
                first.append(one)
    return sorted(first, key=lambda one: one.tier)


def _deserves(one: Candidate, first: Sequence[Candidate]) -> bool:
    if one.pinned:
        return one.weight >= 0 and sum(known.pinned for known in first) < PINNED + (one.weight >= ENOUGH)
    return one.tier < 3 and sum(known.kind == one.kind and not known.pinned for known in first) < 2


def _is_pinned(one: Candidate, first: Sequence[Candidate]) -> bool:
    return one.pinned


def _is_affair(one: Candidate, first: Sequence[Candidate]) -> bool:
    return one.tier < 3


def _is_there(one: Candidate, first: Sequence[Candidate]) -> bool:
    return True
