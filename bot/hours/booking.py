"""Booking study hours: what a meeting, a training or a secretary gives, once for each thing.

A feature that gives hours calls ``settle`` with everybody who has earned them, again whenever that changes: the ledger
then holds exactly these. ``settle(uow, For(branch_id, Source.MEETING, f"meeting:{id}", day, "支部党员大会"), {7: 4})``
books two hours for member 7.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.db import UnitOfWork
from bot.hours import repository
from bot.hours.models import Source

NOTE = 200


@dataclass(frozen=True)
class For:
    """What hours are booked for. ``origin`` names the thing for ever; ``note`` is what members read."""

    branch_id: int
    source: Source
    origin: str
    day: date
    note: str


async def settle(uow: UnitOfWork, what: For, halves: Mapping[int, int]) -> None:
    """Make the ledger say that ``what`` has given these members so many half hours each, and nobody else any."""
    given = {member: count for member, count in halves.items() if count > 0}
    await repository.drop_others(uow, what.origin, list(given))
    rows: list[dict[str, object]] = [
        {
            "branch_id": what.branch_id,
            "member_id": member,
            "source": what.source.value,
            "origin": what.origin,
            "day": what.day,
            "halves": count,
            "note": what.note[:NOTE],
            "created_at": uow.now,
        }
        for member, count in given.items()
    ]
    for start in range(0, len(rows), 500):
        await repository.put(uow, rows[start : start + 500])


async def withdraw(uow: UnitOfWork, origin: str) -> None:
    """Take all hours of this thing out of the ledger."""
    await repository.drop_others(uow, origin, [])


async def given(uow: UnitOfWork, origins: Collection[str]) -> dict[int, int]:
    """Member id → half hours from these things together."""
    return await repository.by_origins(uow, origins)
