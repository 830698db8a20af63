"""Every query of the ledger of hours."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, delete, func, select

from bot.branch import counting
from bot.branch.models import Member
from bot.branch.repository import at_or_below
from bot.core.db import SOME, UnitOfWork, among, keep_sums, upsert
from bot.hours.models import HourDay, HourEntry, Source

D = HourDay

_MONTH = "month:"
_OLD = HourEntry.origin.startswith(_MONTH)
"""What is kept of a month and a source (``sum_up``)."""


async def put(uow: UnitOfWork, rows: list[dict[str, object]]) -> None:
    """Insert entries, or change those that are there for the same member and origin."""
    statement = upsert(uow.session, HourEntry).values(sorted(rows, key=itemgetter("member_id", "origin")))
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
    """The entries of these members on the days from ``first`` to ``last``, in the order of days: not what is kept of a
    month in one."""
    e = HourEntry
    query = select(e.member_id, e.day, e.source, e.halves, e.note, e.origin)
    query = query.where(e.member_id.in_(member_ids), e.day >= first, e.day <= last, ~_OLD).order_by(e.day, e.id)
    return [Entry(*row) for row in await uow.session.execute(query)]


async def sums(uow: UnitOfWork, member_ids: Collection[int], first: date, last: date) -> list[tuple[int, Source, int]]:
    """(member, source, half hours) of these members on the days from ``first`` to ``last``."""
    rows = await uow.session.execute(_sums(), {"members": list(member_ids), "first": first, "last": last})
    return [(one, Source(source), int(halves)) for one, source, halves in rows]


@cache
def _sums() -> Select[*tuple[Any, ...]]:
    e = HourEntry
    theirs = e.member_id.in_(bindparam("members", expanding=True))
    query = select(e.member_id, e.source, func.sum(e.halves)).where(theirs, _within(e))
    return query.group_by(e.member_id, e.source)


def _within(table: type[HourEntry | HourDay]) -> ColumnElement[bool]:
    """From ``first`` to ``last``."""
    return and_(table.day >= bindparam("first"), table.day <= bindparam("last"))


async def by_branch(uow: UnitOfWork, path: str, first: date, last: date) -> dict[int, dict[Source, int]]:
    """Branch id → half hours of its own roster by source, of the branch at ``path`` and those below."""
    found: dict[int, dict[Source, int]] = {}
    rows = await uow.session.execute(_by_branch(), {"path": path, "first": first, "last": last})
    for branch, source, halves in rows:
        found.setdefault(branch, {})[Source(source)] = int(halves)
    return found


@cache
def _by_branch() -> Select[*tuple[Any, ...]]:
    here = at_or_below(bindparam("path", type_=String))
    query = select(D.branch_id, D.source, func.sum(D.halves)).where(D.branch_id.in_(here))
    return query.where(_within(D)).group_by(D.branch_id, D.source)


# -- totals

Total = tuple[int, date, str]
"""Branch, day and source: what names a total."""


async def holders(uow: UnitOfWork, origin: str) -> Sequence[int]:
    """Who has got something for this."""
    return (await uow.session.scalars(select(HourEntry.member_id).where(HourEntry.origin == origin))).all()


async def days_of(uow: UnitOfWork, origin: str) -> Sequence[date]:
    """On which days something was got for this."""
    return (await uow.session.scalars(select(HourEntry.day).where(HourEntry.origin == origin).distinct())).all()


async def totals_of(uow: UnitOfWork, origin: str) -> set[Total]:
    """The totals that what is booked for this goes into."""
    return await _totals(uow, HourEntry.origin == origin)


async def totals_of_members(uow: UnitOfWork, members: Collection[int]) -> set[Total]:
    """The totals that what these members have got goes into."""
    return await _totals(uow, HourEntry.member_id.in_(members))


async def _totals(uow: UnitOfWork, *which: ColumnElement[bool]) -> set[Total]:
    """Of people of whom it is certain that nobody moves them meanwhile."""
    query = select(Member.branch_id, HourEntry.day, HourEntry.source).join(Member, Member.id == HourEntry.member_id)
    rows = await uow.session.execute(query.where(*which).distinct())
    return {(branch, day, source) for branch, day, source in rows}


async def count(uow: UnitOfWork, totals: Collection[Total]) -> None:
    """Keep what these add up to now."""
    e, branches, days = HourEntry, {total[0] for total in totals}, {total[1] for total in totals}
    query = select(Member.branch_id, e.day, e.source, func.sum(e.halves)).join(e, e.member_id == Member.id)
    query = query.where(Member.branch_id.in_(branches), e.day.in_(days)).group_by(Member.branch_id, e.day, e.source)
    await keep_sums(uow.session, D, ["branch_id", "day", "source"], totals, query)


# -- what is no longer kept in full


async def months_of(uow: UnitOfWork, member_id: int) -> int:
    """Of how many months sums of this member are kept."""
    query = select(func.count(HourEntry.day.distinct())).where(HourEntry.member_id == member_id, _OLD)
    return (await uow.session.execute(query)).scalar_one()


async def sum_up(uow: UnitOfWork, before: date) -> int:
    """Some of the entries of before then become one of a month; how many. What the sessions of a course gave stays
    with it."""
    e = HourEntry
    course = and_(e.source == Source.TRAINING, e.origin.startswith("meeting:", autoescape=True))
    rows = (await uow.session.scalars(select(e).where(e.day < before, ~course, ~_OLD).limit(SOME))).all()
    if not rows:
        return 0
    months: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        origin, day = f"{_MONTH}{row.day:%Y-%m}:{row.source}", row.day.replace(day=1)
        whose = {"branch_id": row.branch_id, "member_id": row.member_id, "source": row.source, "created_at": uow.now}
        own = months.setdefault((row.member_id, origin), whose | {"origin": origin, "day": day, "halves": 0})
        own["halves"] += row.halves
    old = e.id.in_([row.id for row in rows])
    await counting.stay(uow, {row.member_id for row in rows})
    totals = await _totals(uow, old)
    statement = upsert(uow.session, e).values(list(months.values()))
    more = {"halves": e.halves + statement.excluded.halves}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["member_id", "origin"], set_=more))
    await uow.session.execute(delete(e).where(old))
    theirs = among((e.member_id, e.origin), list(months))
    await count(uow, totals | await _totals(uow, theirs))
    return len(rows)
