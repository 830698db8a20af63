"""Whether a text reaches a length and is its author's own (「达到字数与原创要求」): a rule that everybody may see.

It never says whether a text is any good.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.textmining import segmenter
from bot.textmining.likeness import contained, grams, letters
from bot.textmining.script import simplified

LEAST_LETTERS = 20
LEAST_WORDS = 6
LEAST_OWN = 16
MOST_COPIED = 0.7
MOST_ECHOED = 0.7
MOST_REPEATED = 0.5


class Verdict(StrEnum):
    """What the rule says of a text."""

    GOOD = "good"
    WORDLESS = "wordless"
    SHORT = "short"
    THIN = "thin"
    REPETITIVE = "repetitive"
    COPIED = "copied"
    ECHO = "echo"


WHY = {
    Verdict.WORDLESS: "没有文字(只有表情或图片)",
    Verdict.SHORT: f"不到 {LEAST_LETTERS} 个字",
    Verdict.THIN: f"不同的实词不到 {LEAST_WORDS} 个",
    Verdict.REPETITIVE: "重复的话太多",
    Verdict.COPIED: "大部分是话题或材料里的原文",
    Verdict.ECHO: "和前面的发言大部分相同",
}
RULE = f"达到字数与原创要求:{LEAST_LETTERS} 字以上、{LEAST_WORDS} 个以上不同实词、用自己的话,不照抄材料和别人。"


@dataclass(frozen=True)
class Heard:
    """What a text is judged by: its words without fillers, and what it is compared with (3-grams and 8-grams)."""

    text: str
    words: frozenset[str]
    material: str
    others: tuple[str, ...]


def judge(heard: Heard) -> Verdict:
    """What the rule says, the first fault found."""
    bare = letters(heard.text)
    if not bare:
        return Verdict.WORDLESS
    if len(bare) < LEAST_LETTERS:
        return Verdict.SHORT
    own = grams(heard.text, 3)
    if len(own) < MOST_REPEATED * (len(bare) - 2):
        return Verdict.REPETITIVE
    if len(heard.words) < LEAST_WORDS:
        return Verdict.THIN
    long_runs, material = grams(heard.text, 8), grams(heard.material, 8)
    new = sum(1 for run in long_runs if run not in material)
    if contained(long_runs, material) > MOST_COPIED or (long_runs & material and new + 7 < LEAST_OWN):
        return Verdict.COPIED
    if any(_echo(own, other) > MOST_ECHOED for other in heard.others):
        return Verdict.ECHO
    return Verdict.GOOD


def _echo(own: frozenset[str], other: str) -> float:
    bare = letters(other)
    if len(bare) < LEAST_LETTERS:
        return 0.0
    return contained(own, frozenset(bare[at : at + 3] for at in range(len(bare) - 2)))


async def judged(text: str, material: str, others: Sequence[str]) -> Verdict:
    """What the rule says of a text about ``material``, beside what ``others`` have said, in any script."""
    verdict: Verdict = await segmenter.in_thread(_judged, text, material, others)
    return verdict


def _judged(text: str, material: str, others: Sequence[str]) -> Verdict:
    plain = simplified(text)
    return judge(
        Heard(plain, frozenset(segmenter.telling(plain)), simplified(material), tuple(map(simplified, others)))
    )


async def nearest(text: str, others: Sequence[str]) -> tuple[int, float] | None:
    """(index, share) of the other text that holds most of this one, where that is nearly all; else None."""
    found: tuple[int, float] | None = await segmenter.in_thread(_nearest, text, others)
    return found


def _nearest(text: str, others: Sequence[str]) -> tuple[int, float] | None:
    own = grams(simplified(text), 3)
    shares = [_echo(own, simplified(other)) for other in others]
    best = max(range(len(shares)), key=shares.__getitem__, default=None)
    return (best, shares[best]) if best is not None and shares[best] > MOST_ECHOED else None
