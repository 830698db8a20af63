"""What a sound question is, when an answer is right, and which questions a sitting asks. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

from bot.quiz.kinds import Kind

LETTERS = "ABCDEFGH"
RIGHT, WRONG = "对", "错"
BLANK = "____"
"""How a blank is shown."""

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MEANT = re.compile(r"[\W_]+")
_UNIT = r"[\u4e00-\u9fff]{1,3}"
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百]+")
_DIGITS = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100}


@dataclass(frozen=True)
class Item:
    """A question, whole and sound. ``answer``: letters of ``options``, 「对」 or 「错」, or one text for each blank of
    the stem, alternatives parted by 「|」."""

    kind: Kind
    stem: str
    options: tuple[str, ...]
    answer: tuple[str, ...]
    explanation: str = ""
    source: str = ""
    category: str = ""

    @property
    def digest(self) -> str:
        """Of what is asked: the same question has the same, whatever the order of its options."""
        asked = [meant(self.stem), *sorted(meant(option) for option in self.options)]
        return sha256("\n".join(asked).encode("utf-8", "replace")).hexdigest()

    @property
    def answered_by(self) -> frozenset[str]:
        """The answer as texts, so that it doesn't depend on the order of the options."""
        if self.kind in (Kind.SINGLE, Kind.MULTIPLE):
            return frozenset(meant(self.options[LETTERS.index(letter)]) for letter in self.answer)
        return frozenset(meant(part) for part in self.answer)

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads: a preview keeps it until it is confirmed."""
        texts = {"explanation": self.explanation, "source": self.source, "category": self.category}
        return {"kind": self.kind, "stem": self.stem, "options": self.options, "answer": self.answer, **texts}

    @classmethod
    def from_json(cls, data: Any) -> "Item":
        lists = {"kind": Kind(data["kind"]), "options": tuple(data["options"]), "answer": tuple(data["answer"])}
        return cls(**{**data, **lists})


def half_width(text: str) -> str:
    """Full-width letters, digits and marks made plain, each in its place."""
    return text.translate(_HALF_WIDTH)


def meant(text: str) -> str:
    """A text as it is compared: without spaces and marks, full-width forms and capitals made one. What is nothing but
    marks (「①」 and 「√」 are none) stays what it is."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _MEANT.sub("", plain) or re.sub(r"\s+", "", plain)


def fits(said: str, wanted: str) -> bool:
    """Whether what was filled in is one of the alternatives: 「三十二」 and 「32学时」 are 「32」."""
    typed = _counted(said)
    right = [_counted(each) for each in wanted.split("|")]
    return typed in right or any(each.isdigit() and re.fullmatch(rf"{each}{_UNIT}", typed) for each in right)


def _counted(text: str) -> str:
    return _NUMERAL.sub(lambda found: _number(found[0]), meant(text))


def _number(numeral: str) -> str:
    """A Chinese numeral below a thousand in digits; any other as it is."""
    total, digit = 0, None
    for sign in numeral:
        if sign in _SCALES:
            total, digit = total + (1 if digit is None else digit) * _SCALES[sign], None
        elif digit is not None:
            return numeral
        else:
            digit = _DIGITS[sign]
    return str(total + (digit or 0))


def is_right(item: Item, said: Sequence[str]) -> bool:
    """Whether these are the answers: the letters of all that is right, or each blank filled."""
    if item.kind is Kind.BLANK:
        return len(said) == len(item.answer) and all(map(fits, said, item.answer))
    return sorted(said) == sorted(item.answer)


def enough(right: int, total: int, percent: int) -> bool:
    """Whether ``right`` of ``total`` reach the pass mark."""
    return right * 100 >= percent * total


def needed(total: int, percent: int) -> int:
    """The least number of right answers that is enough."""
    return -(-percent * total // 100)


def pick(known: Mapping[int, int], wanted: int, seed: str) -> list[int]:
    """``wanted`` of the questions (id → how often this person had it right): the least known first, those alike in an
    order that is another one for everybody."""
    order = Random(seed)
    return sorted(sorted(known), key=lambda one: (known[one], order.random()))[:wanted]


_BOUND = re.compile(r"[以如]上|上述|前[述者]|[A-H]\s*[、和与及项]|选项|都[对是不]|均[为是不]|全[对是部]")
"""In an option or an explanation: it speaks of others by their place."""


def shuffled(item: Item, seed: str) -> Item:
    """The same question with its options in another order, where nothing in it depends on the order."""
    if item.kind not in (Kind.SINGLE, Kind.MULTIPLE) or any(map(_BOUND.search, (*item.options, item.explanation))):
        return item
    order = Random(seed).sample(range(len(item.options)), len(item.options))
    options = tuple(item.options[i] for i in order)
    answer = tuple(sorted(LETTERS[order.index(LETTERS.index(letter))] for letter in item.answer))
    return Item(item.kind, item.stem, options, answer, item.explanation, item.source, item.category)
