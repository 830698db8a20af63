"""Booking study hours: what a meeting, a training or a secretary gives, once for each thing.

A feature that gives hours calls ``settle`` with everybody who has earned them, again whenever that changes: the ledger
then holds exactly these. ``settle(uow, For(branch_id, Source.MEETING, f"meeting:{id}", day, "支部党员大会"), {7: 4})``
books two hours for member 7.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.branch import counting, retention
from bot.core.clock import to_local
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
    """Make the ledger say that ``what`` has given these members so many half hours each, and nobody else any. Raises
    ``UserError`` for a day of which only sums are kept."""
    await retention.need_kept(uow, what.day)
    given = {member: count for member, count in halves.items() if count > 0}
    await counting.stay(uow, {*given, *await repository.holders(uow, what.origin)})
    totals = await repository.totals_of(uow, what.origin)
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
    await repository.count(uow, totals | await repository.totals_of(uow, what.origin))


async def withdraw(uow: UnitOfWork, origin: str) -> None:
    """Take all hours of this thing out of the ledger. Raises ``UserError`` where only sums are kept of its day."""
    for day in await repository.days_of(uow, origin):
        await retention.need_kept(uow, day)
    await counting.stay(uow, await repository.holders(uow, origin))
    totals = await repository.totals_of(uow, origin)
    await repository.drop_others(uow, origin, [])
    await repository.count(uow, totals)


@counting.follow_moves
async def moved(uow: UnitOfWork, members: Collection[int], branches: Collection[int]) -> None:
    """The hours of these members go with them."""
    own = await repository.totals_of_members(uow, members)
    await repository.count(uow, {(one, day, source) for _, day, source in own for one in branches})


async def given(uow: UnitOfWork, origins: Collection[str]) -> dict[int, int]:
    """Member id → half hours from these things together."""
    return await repository.by_origins(uow, origins)


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """What is kept of this member beside the entries that they can see, in a line; empty for nothing."""
    months = await repository.months_of(uow, member_id)
    return f"以前各月的学时合计:{months} 个月" if months else ""


async def forget(uow: UnitOfWork, member_id: int, _name: str) -> None:
    """Totals stay as they are."""


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """Of the entries of before then only sums stay; some at a time (0: nothing is left to do)."""
    return await repository.sum_up(uow, to_local(before).date())
