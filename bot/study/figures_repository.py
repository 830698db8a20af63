"""The queries behind figures: how many were expected to read and how many have, over many readings at once.

A branch's figures are the sums that its readings bear, less the few rows that don't count (exempt, on leave, gone,
nobody expected them): that costs a fraction of joining every expectation with its completion.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.branch.models import Branch, Leave, Member
from bot.core.db import UnitOfWork
from bot.study.models import Assignment, Completion, Expected, Material

A, E, C = Assignment, Expected, Completion
Key = InstrumentedAttribute[int]
"""What figures are grouped by: ``Assignment.branch_id`` or ``Assignment.id``."""


@dataclass(frozen=True)
class Window:
    """The readings that were pushed from ``first`` on and before ``last``, by the branch at ``path`` and those below
    it, or with ``alone`` by that branch only."""

    path: str
    first: datetime
    last: datetime
    alone: bool = False


def _pushed(uow: UnitOfWork, window: Window) -> ColumnElement[bool]:
    here = Branch.path == window.path if window.alone else Branch.path.startswith(window.path, autoescape=True)
    return and_(
        A.branch_id.in_(select(Branch.id).where(here)),
        A.pushed_at >= window.first,
        A.pushed_at < min(window.last, uow.now),
    )


async def readings(uow: UnitOfWork, window: Window, key: Key) -> dict[int, tuple[int, int, int, int, int]]:
    """Key → (readings, those that aren't due yet, expectations, completions, half hours of these), all of anybody."""
    not_due = func.sum(case((A.due_at > uow.now, 1), else_=0))
    sums = (not_due, func.sum(A.readers), func.sum(A.completions), func.sum(A.completions * A.halves))
    rows = await uow.session.execute(select(key, func.count(), *sums).where(_pushed(uow, window)).group_by(key))
    return {one: (count, int(a), int(b), int(c), int(d)) for one, count, a, b, c, d in rows}


async def late(uow: UnitOfWork, window: Window, key: Key) -> dict[int, int]:
    """Key → completions after the deadline, whoever they are of."""
    query = select(key, func.count()).join(C, and_(C.assignment_id == A.id, C.late)).where(_pushed(uow, window))
    return {one: count for one, count in await uow.session.execute(query.group_by(key))}  # noqa: C416


async def extra(uow: UnitOfWork, window: Window, key: Key) -> dict[int, tuple[int, int]]:
    """Key → (completions by people who weren't expected, late ones of them)."""
    query = select(key, func.count(), _late_ones()).join(C, and_(C.assignment_id == A.id, C.extra))
    rows = await uow.session.execute(query.where(_pushed(uow, window)).group_by(key))
    return {one: (count, int(after)) for one, count, after in rows}


async def aside(uow: UnitOfWork, window: Window, key: Key, *, many: bool) -> dict[int, tuple[int, int, int]]:
    """Key → (expectations that don't count, completions nevertheless, late ones of these).

    Looks at every expectation; where there are ``many``, only at those of the people who may not count.
    """
    query = (
        select(key, func.count(), func.count(C.member_id), _late_ones())
        .select_from(E)
        .join(Member, Member.id == E.member_id)
        .join(A, A.id == E.assignment_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(_pushed(uow, window), ~_counts())
        .group_by(key)
    )
    if not many:
        return {one: (n, done, int(after)) for one, n, done, after in await uow.session.execute(query)}
    found: dict[int, tuple[int, int, int]] = {}
    lowest, highest, first_day = await _bounds(uow, window)
    who = await _special(uow, first_day)
    for start in range(0, len(who), 500):
        some = query.where(E.member_id.in_(who[start : start + 500]), E.assignment_id.between(lowest, highest))
        for one, n, done, after in await uow.session.execute(some):
            known = found.get(one, (0, 0, 0))
            found[one] = (known[0] + n, known[1] + done, known[2] + int(after))
    return found


async def _bounds(uow: UnitOfWork, window: Window) -> tuple[int, int, date]:
    """(lowest id, highest id, first day) of the readings, of which there are some."""
    query = select(func.min(A.id), func.max(A.id), func.min(A.first_day)).where(_pushed(uow, window))
    lowest, highest, first_day = (await uow.session.execute(query)).one()
    return lowest, highest, first_day


async def _special(uow: UnitOfWork, first_day: date) -> Sequence[int]:
    """The members who may not count from that day on, wherever they are now: exempt, gone, or on leave some time."""
    away = exists().where(Leave.member_id == Member.id, Leave.last_day >= first_day)
    query = select(Member.id).where(or_(Member.exempt_reason != "", Member.left_on.is_not(None), away))
    return (await uow.session.scalars(query)).all()


def _late_ones() -> ColumnElement[int]:
    return func.coalesce(func.sum(case((C.late, 1), else_=0)), 0)


def _counts() -> ColumnElement[bool]:
    """Whether an expectation counts, as ``rules.standing`` has it: not exempt, not on leave, not gone undone."""
    away = exists().where(Leave.member_id == Member.id, Leave.first_day <= A.last_day, Leave.last_day >= A.first_day)
    gone = and_(Member.left_on.is_not(None), Member.left_on <= A.last_day, C.member_id.is_(None))
    return and_(Member.exempt_reason == "", ~away, ~gone)


async def members(
    uow: UnitOfWork, window: Window, only: Collection[int] | None = None
) -> dict[int, tuple[int, int, int, int]]:
    """Member id → (expectations that count, done of them, late ones of these, half hours of all completions), exactly
    as ``rules.standing`` sorts them; of everybody who was expected to read or did, or of ``only`` these."""
    counted = case((_counts(), 1), else_=0)
    done = case((and_(_counts(), C.member_id.is_not(None)), 1), else_=0)
    after = case((and_(_counts(), C.late), 1), else_=0)
    which = [] if only is None else [Member.id.in_(only)]
    sums = (func.sum(counted), func.sum(done), func.sum(after))
    query = (
        select(Member.id, *sums)
        .select_from(A)
        .join(E, E.assignment_id == A.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(_pushed(uow, window), *which)
        .group_by(Member.id)
    )
    found = {one: (int(n), int(m), int(k), 0) for one, n, m, k in await uow.session.execute(query)}
    hours = select(C.member_id, func.sum(A.halves)).select_from(A).join(C, C.assignment_id == A.id)
    which = [] if only is None else [C.member_id.in_(only)]
    for one, halves in await uow.session.execute(hours.where(_pushed(uow, window), *which).group_by(C.member_id)):
        found[one] = (*found.get(one, (0, 0, 0))[:3], int(halves))
    return found


async def titles(uow: UnitOfWork, window: Window) -> list[tuple[Assignment, str]]:
    """The readings with their titles, oldest first."""
    query = select(A, Material.title).join(Material, Material.id == A.material_id).where(_pushed(uow, window))
    return [(one, title) for one, title in await uow.session.execute(query.order_by(A.pushed_at, A.id))]


async def unread(uow: UnitOfWork, member_id: int) -> Sequence[tuple[Assignment, str]]:
    """What this member was to read in any branch and hasn't completed, with its title, oldest first."""
    done = exists().where(C.assignment_id == A.id, C.member_id == member_id)
    query = (
        select(A, Material.title)
        .join(Material, Material.id == A.material_id)
        .join(E, and_(E.assignment_id == A.id, E.member_id == member_id))
        .where(A.pushed_at <= uow.now, ~done)
        .order_by(A.pushed_at, A.id)
    )
    return [(one, title) for one, title in await uow.session.execute(query)]


async def details(
    uow: UnitOfWork, ids: Collection[int], members: Collection[int] | None = None
) -> list[tuple[int, str, str, str, bool, datetime | None, bool | None, str | None, int | None]]:
    """(reading, member, branch, why exempt, counts, completed, late, method, proof) of everybody who was expected to
    read these, or did without having to; of ``members`` only where they are given."""
    which = [] if members is None else [Member.id.in_(members)]
    what = (A.id, Member.name, Branch.name, Member.exempt_reason)
    done = (C.at, C.late, C.method, C.proof)
    expected = (
        select(*what, _counts(), *done)
        .select_from(A)
        .join(E, E.assignment_id == A.id)
        .join(Member, Member.id == E.member_id)
        .join(Branch, Branch.id == Member.branch_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(A.id.in_(ids), or_(Member.left_on.is_(None), Member.left_on > A.last_day, C.member_id.is_not(None)))
        .where(*which)
        .order_by(A.id, Branch.path, Member.id)
    )
    extra = (
        select(*what, false(), *done)
        .select_from(A)
        .join(C, and_(C.assignment_id == A.id, C.extra))
        .join(Member, Member.id == C.member_id)
        .join(Branch, Branch.id == Member.branch_id)
        .where(A.id.in_(ids), *which)
        .order_by(A.id, Branch.path, Member.id)
    )
    rows = [*await uow.session.execute(expected), *await uow.session.execute(extra)]
    return [(*row[:4], bool(row[4]), *row[5:]) for row in rows]


async def behind(uow: UnitOfWork, since: datetime, least: int, today: date) -> list[tuple[int, int, int]]:
    """(member, branch, open readings) of those on duty who have at least so many open that were pushed ``since``."""
    away = exists().where(Leave.member_id == Member.id, Leave.first_day <= A.last_day, Leave.last_day >= A.first_day)
    now_away = exists().where(Leave.member_id == Member.id, Leave.first_day <= today, Leave.last_day >= today)
    query = (
        select(Member.id, Member.branch_id, func.count())
        .select_from(A)
        .join(E, E.assignment_id == A.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(A.pushed_at >= since, A.pushed_at <= uow.now, C.member_id.is_(None))
        .where(Member.exempt_reason == "", Member.left_on.is_(None), ~away, ~now_away)
        .group_by(Member.id, Member.branch_id)
        .having(func.count() >= least)
        .order_by(Member.id)
    )
    return [(member, branch, count) for member, branch, count in await uow.session.execute(query)]
