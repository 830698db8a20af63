"""The kinds of meetings: who comes, how often, how many it takes. They are data with source and date."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache

from bot.core.errors import UserError
from bot.core.settings import SHIPPED
from bot.hours.models import Source

FILE = SHIPPED / "meeting" / "kinds.json"


class Circle(StrEnum):
    """Who is to come."""

    MEMBERS = "党员"
    COMMITTEE = "委员"
    GROUP = "小组"
    ENROLLED = "报名"


class Per(StrEnum):
    """In which stretch of time one is required; ``SETTING`` is said by the branch, ``NONE`` requires none."""

    MONTH = "月"
    QUARTER = "季度"
    YEAR = "年"
    SETTING = "支部设置"
    NONE = ""


@dataclass(frozen=True)
class Quorum:
    """How many of those with a vote must be there: more than ``share`` of them, or (``inclusive``) at least that.

    Holds where the agenda has one of ``words``; without words it holds for every agenda.
    """

    words: frozenset[str]
    share: Fraction
    inclusive: bool
    of: str
    source: str

    def needed(self, count: int) -> int:
        """The fewest of ``count`` that will do; at least one, since nobody can't decide anything."""
        exact = self.share * count
        least = -(-exact.numerator // exact.denominator) if self.inclusive else int(exact) + 1
        return max(least, 1)


@dataclass(frozen=True)
class Kind:
    """``minutes`` is how long one takes where no end is said, ``template`` the headings of its minutes; ``hours``
    is as what it counts for the hours of study, None if it doesn't."""

    name: str
    words: tuple[str, ...]
    circle: Circle
    per: Per
    minutes: int
    quorums: tuple[Quorum, ...]
    template: tuple[str, ...]
    hours: Source | None
    source: str
    since: date

    def quorum(self, agenda: str) -> Quorum | None:
        """The strictest rule for this agenda; None where anybody may meet."""
        fitting = [one for one in self.quorums if not one.words or any(word in agenda for word in one.words)]
        return max(fitting, key=lambda one: (one.share, one.inclusive), default=None)


@cache
def _file() -> dict[str, object]:
    found: dict[str, object] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@cache
def all_kinds() -> tuple[Kind, ...]:
    """In the order in which they are offered."""
    rows = _file()["kinds"]
    assert isinstance(rows, list)
    return tuple(
        Kind(
            row["name"],
            tuple(row["words"]),
            Circle(row["circle"]),
            Per(row["per"]),
            row["minutes"],
            tuple(
                Quorum(frozenset(q["words"]), Fraction(*q["share"]), q["inclusive"], q["of"], q["source"])
                for q in row["quorum"]
            ),
            tuple(row["template"]),
            Source(row["hours"]) if "hours" in row else None,
            row["source"],
            date.fromisoformat(row["since"]),
        )
        for row in rows
    )


def committee_from() -> int:
    """From how many full members on a branch has a committee."""
    rule = _file()["committee_from"]
    assert isinstance(rule, dict)
    return int(rule["full_members"])


def kind(name: str) -> Kind:
    """The kind that is stored under ``name``."""
    return next(one for one in all_kinds() if one.name == name)


def split_kind(text: str) -> tuple[Kind, str]:
    """(the kind that ``text`` begins with, the rest). Raises ``UserError`` naming the kinds."""
    text = text.strip()
    words = {word: one for one in all_kinds() for word in one.words}
    for word in sorted(words, key=len, reverse=True):
        if text.startswith(word):
            return words[word], text[len(word) :].strip(" ,\uff0c:\uff1a、")
    names = "、".join(one.name for one in all_kinds())
    raise UserError(f"请先写是什么会:{names}。\n比如:会议 支部党员大会 周五15:00 二楼会议室 议题:学习十五五规划")
