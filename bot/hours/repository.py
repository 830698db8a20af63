"""Every query of the ledger of hours."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, case, delete, func, select

from bot.branch.models import Member
from bot.branch.repository import at_or_below
from bot.core.db import SOME, UnitOfWork, add_up, upsert
from bot.hours.models import HourEntry, HourMonth, Source

M = HourMonth

_BOOKED = (Source.MEETING, Source.TRAINING, Source.MANUAL)
"""What is stored; hours of readings follow from completions."""


async def put(uow: UnitOfWork, rows: list[dict[str, object]]) -> None:
    """Insert entries, or change those that are there for the same member and origin."""
    statement = upsert(uow.session, HourEntry).values(rows)
    changed = {name: statement.excluded[name] for name in ("branch_id", "source", "day", "halves", "note")}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["member_id", "origin"], set_=changed))


async def drop_others(uow: UnitOfWork, origin: str, members: Collection[int]) -> None:
    """Delete the entries of ``origin`` that aren't of these members."""
    of_others = HourEntry.member_id.not_in(members)
    await uow.session.execute(delete(HourEntry).where(HourEntry.origin == origin, of_others))


async def by_origin(uow: UnitOfWork, origin: str) -> Sequence[HourEntry]:
    query = select(HourEntry).where(HourEntry.origin == origin).order_by(HourEntry.member_id)
    return (await uow.session.scalars(query.execution_options(populate_existing=True))).all()


async def by_origins(uow: UnitOfWork, origins: Collection[str]) -> dict[int, int]:
    """Member id → half hours from all of these."""
    query = select(HourEntry.member_id, func.sum(HourEntry.halves)).where(HourEntry.origin.in_(origins))
    return {member: int(halves) for member, halves in await uow.session.execute(query.group_by(HourEntry.member_id))}


class Entry(NamedTuple):
    """What a member has got on a day, and for what."""

    member_id: int
    day: date
    source: str
    halves: int
    note: str
    origin: str


async def entries(uow: UnitOfWork, member_ids: Collection[int], first: date, last: date) -> list[Entry]:
    """The entries of these members on the days from ``first`` to ``last``, in the order of days."""
    e = HourEntry
    query = select(e.member_id, e.day, e.source, e.halves, e.note, e.origin)
    query = query.where(e.member_id.in_(member_ids), e.day >= first, e.day <= last).order_by(e.day, e.id)
    return [Entry(*row) for row in await uow.session.execute(query)]


async def sums(uow: UnitOfWork, member_ids: Collection[int], first: date, last: date) -> list[tuple[int, Source, int]]:
    """(member, source, half hours) of these members on the days from ``first`` to ``last``."""
    query = (
        select(HourEntry.member_id, HourEntry.source, func.sum(HourEntry.halves))
        .where(HourEntry.member_id.in_(member_ids), HourEntry.day >= first, HourEntry.day <= last)
        .group_by(HourEntry.member_id, HourEntry.source)
    )
    found = [(one, Source(source), int(halves)) for one, source, halves in await uow.session.execute(query)]
    old = select(M.member_id, M.source, func.sum(M.halves)).where(M.member_id.in_(member_ids), *_within(first, last))
    summed: Counter[tuple[int, Source]] = Counter({(one, source): halves for one, source, halves in found})
    for one, source, halves in await uow.session.execute(old.group_by(M.member_id, M.source)):
        summed[one, Source(source)] += int(halves)
    return [(one, source, halves) for (one, source), halves in summed.items()]


def _within(first: date | BindParameter[date], last: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """The months of which only sums are kept that lie in these days: it is only asked for whole ones."""
    return M.month >= first, M.month <= last


async def by_branch(uow: UnitOfWork, path: str, first: date, last: date) -> dict[int, dict[Source, int]]:
    """Branch id → half hours of its own roster by source, of the branch at ``path`` and those below."""
    given = {"path": path, "first": first, "last": last}
    now, old = _by_branch()
    found = {
        branch: {source: int(halves) for source, halves in zip(_BOOKED, sums, strict=True) if halves}
        for branch, *sums in await uow.session.execute(now, given)
    }
    for branch, source, halves in await uow.session.execute(old, given):
        own = found.setdefault(branch, {})
        own[Source(source)] = own.get(Source(source), 0) + int(halves)
    return found


@cache
def _by_branch() -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """(branch, a sum of each source) of what is kept in full, and (branch, source, sum) of the months before."""
    first: BindParameter[date] = bindparam("first")
    last: BindParameter[date] = bindparam("last")
    theirs = Member.branch_id.in_(at_or_below(bindparam("path", type_=String)))
    each = [func.sum(case((HourEntry.source == source, HourEntry.halves), else_=0)) for source in _BOOKED]
    now = select(Member.branch_id, *each).join(HourEntry, HourEntry.member_id == Member.id)
    old = select(Member.branch_id, M.source, func.sum(M.halves)).join(Member, Member.id == M.member_id)
    return (
        now.where(theirs, HourEntry.day >= first, HourEntry.day <= last).group_by(Member.branch_id),
        old.where(theirs, *_within(first, last)).group_by(Member.branch_id, M.source),
    )


async def months_of(uow: UnitOfWork, member_id: int) -> int:
    """Of how many months sums of this member are kept."""
    return len((await uow.session.scalars(select(M.month).where(M.member_id == member_id).distinct())).all())


async def sum_up(uow: UnitOfWork, before: date) -> int:
    """Some of the entries of before then become sums; how many. What the sessions of a course gave stays with it."""
    e = HourEntry
    course = and_(e.source == Source.TRAINING, e.origin.startswith("meeting:", autoescape=True))
    query = select(e.id, e.member_id, e.day, e.source, e.halves).where(e.day < before, ~course).limit(SOME)
    rows = (await uow.session.execute(query)).all()
    sums: Counter[tuple[int, date, str]] = Counter()
    for _, member, day, source, halves in rows:
        sums[member, day.replace(day=1), source] += halves
    names = ["member_id", "month", "source"]
    totals = [dict(zip(names, key, strict=True)) | {"halves": halves} for key, halves in sums.items()]
    await add_up(uow.session, HourMonth, totals, names)
    await uow.session.execute(delete(e).where(e.id.in_([row[0] for row in rows])))
    return len(rows)
