"""What the statistics ask of study: how many were to read and how many have, by branch, reading and member.

Everything follows from the same records and the same rule as 谁还没学 (``rules.standing``): a reading belongs to the
day on which it was pushed, and so does what was caught up later, its 学时 included.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.db import UnitOfWork
from bot.study import figures_repository as repository
from bot.study.figures_repository import Reading, Window
from bot.study.models import Proof
from bot.study.rules import PROOFS

BY_HAND = "补登"
BY = (*PROOFS.values(), BY_HAND)
"""What a completion may rest on."""


@dataclass(frozen=True)
class Count:
    """Figures of some readings. ``counted`` are the expectations that count, ``done`` those of them that are completed,
    ``late`` those of these after the deadline; ``running`` readings aren't due yet. ``extra`` completions by people who
    didn't have to; ``halves`` the half hours of all completions."""

    readings: int = 0
    running: int = 0
    counted: int = 0
    done: int = 0
    late: int = 0
    extra: int = 0
    halves: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.readings + other.readings,
            self.running + other.running,
            self.counted + other.counted,
            self.done + other.done,
            self.late + other.late,
            self.extra + other.extra,
            self.halves + other.halves,
        )


@dataclass(frozen=True)
class Line:
    """A reading with its figures. ``strict``: it asks for more than a word. ``by_proof``: how many of the done ones by
    what (one of ``BY``), the highest first, 补登 last; empty where none of the readings beside it is strict."""

    no: int
    title: str
    pushed_at: datetime
    due_at: datetime
    count: Count
    strict: bool
    by_proof: Mapping[str, int]


@dataclass(frozen=True)
class Own:
    """The figures of a member."""

    counted: int = 0
    done: int = 0
    late: int = 0
    halves: int = 0


async def by_branch(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, Count]:
    """Branch id → figures of the readings that it pushed itself, of the branch at ``path`` and those below."""
    return {one: Count(*row) for one, row in (await repository.readings(uow, Window(path, first, last))).items()}


async def by_reading(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> list[Line]:
    """The readings of the branch at ``path`` itself, oldest first."""
    readings = await repository.titles(uow, Window(path, first, last, alone=True))
    by_proof: dict[int, dict[str, int]] = {one.id: {} for one in readings}
    if any(one.proof > Proof.WORD for one in readings):
        for reading, proof, by_hand, count in await repository.proofs(uow, list(by_proof)):
            name = BY_HAND if by_hand else PROOFS[Proof(proof)]
            by_proof[reading][name] = by_proof[reading].get(name, 0) + int(count)
    return [
        Line(a.no, a.title, a.pushed_at, a.due_at, _count(a, uow.now), a.proof > Proof.WORD, by_proof[a.id])
        for a in readings
    ]


async def by_member(uow: UnitOfWork, first: datetime, last: datetime, members: Collection[int]) -> dict[int, Own]:
    """Member id → figures over the readings of any branch."""
    rows = await repository.members(uow, first, last, members)
    return {member: Own(*row) for member, row in rows.items()}


def _count(one: Reading, now: datetime) -> Count:
    running, halves = int(one.due_at > now), (one.done + one.extra) * one.halves
    return Count(1, running, one.counted, one.done, one.late, one.extra, halves)


@dataclass(frozen=True)
class Unread:
    """A reading that a member has still to complete. ``branch_id`` is whose number it bears."""

    branch_id: int
    no: int
    title: str


async def unread(uow: UnitOfWork, member_id: int) -> list[Unread]:
    """What this member was to read, wherever, and hasn't completed, oldest first."""
    return [Unread(one.branch_id, one.no, title) for one, title in await repository.unread(uow, member_id)]


async def behind(uow: UnitOfWork, since: datetime, least: int, today: date) -> list[tuple[int, int, int]]:
    """(member, branch, open readings) of those who have at least ``least`` open of what was pushed ``since``: nobody
    who is exempt or on leave, now or when it was to be read."""
    return await repository.behind(uow, since, least, today)
