"""The queries behind figures: how many were expected to read and how many have, over many readings at once.

A branch's figures are the sums that its readings bear, less the few rows that don't count (exempt, on leave, gone,
nobody expected them): that costs a fraction of joining every expectation with its completion. The statements of these
are made once: an overview asks twenty of them, and making one costs as much as it takes to answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.branch.models import Branch, Leave, Member
from bot.branch.repository import at_or_below
from bot.core.db import UnitOfWork
from bot.study.models import Assignment, Completion, Expected, Material

A, E, C = Assignment, Expected, Completion
MANY = 50_000
"""Expectations from which on it pays to look only at those of people who may not count."""
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


def _pushed(alone: bool) -> ColumnElement[bool]:
    """The readings of a window, whose values are given with ``_given``."""
    path = bindparam("path", type_=String)
    return and_(
        A.branch_id.in_(select(Branch.id).where(Branch.path == path) if alone else at_or_below(path)),
        A.pushed_at >= bindparam("first"),
        A.pushed_at < bindparam("last"),
    )


def _given(uow: UnitOfWork, window: Window) -> dict[str, object]:
    return {"path": window.path, "first": window.first, "last": min(window.last, uow.now), "now": uow.now}


@dataclass(frozen=True)
class Pushed:
    """``running`` of the ``count`` readings aren't due yet; ``expected``, ``completed`` and ``halves`` are of anybody.
    Their ids are from ``lowest`` to ``highest``, their days from ``first_day`` to ``last_day``."""

    count: int
    running: int
    expected: int
    completed: int
    halves: int
    lowest: int
    highest: int
    first_day: date
    last_day: date


async def readings(uow: UnitOfWork, window: Window, key: Key) -> dict[int, Pushed]:
    """Key → what its readings bear."""
    rows = await uow.session.execute(_readings(key, window.alone), _given(uow, window))
    return {one: Pushed(n, int(a), int(b), int(c), int(d), *ends) for one, n, a, b, c, d, *ends in rows}


@cache
def _readings(key: Key, alone: bool) -> Select[*tuple[Any, ...]]:
    not_due = func.sum(case((A.due_at > bindparam("now"), 1), else_=0))
    sums = (not_due, func.sum(A.readers), func.sum(A.completions), func.sum(A.completions * A.halves))
    ends = (func.min(A.id), func.max(A.id), func.min(A.first_day), func.max(A.last_day))
    return select(key, func.count(), *sums, *ends).where(_pushed(alone)).group_by(key)


async def late(uow: UnitOfWork, window: Window, key: Key) -> dict[int, int]:
    """Key → completions after the deadline, whoever they are of."""
    rows = await uow.session.execute(_late(key, window.alone), _given(uow, window))
    return {one: count for one, count in rows}  # noqa: C416


@cache
def _late(key: Key, alone: bool) -> Select[*tuple[Any, ...]]:
    query = select(key, func.count()).join(C, and_(C.assignment_id == A.id, C.late))
    return query.where(_pushed(alone)).group_by(key)


async def extra(uow: UnitOfWork, window: Window, key: Key) -> dict[int, tuple[int, int]]:
    """Key → (completions by people who weren't expected, late ones of them)."""
    rows = await uow.session.execute(_extra(key, window.alone), _given(uow, window))
    return {one: (count, int(after)) for one, count, after in rows}


@cache
def _extra(key: Key, alone: bool) -> Select[*tuple[Any, ...]]:
    query = select(key, func.count(), _late_ones()).join(C, and_(C.assignment_id == A.id, C.extra))
    return query.where(_pushed(alone)).group_by(key)


async def aside(
    uow: UnitOfWork, window: Window, key: Key, pushed: Collection[Pushed]
) -> dict[int, tuple[int, int, int]]:
    """Key → (expectations that don't count, completions nevertheless, late ones of these).

    Looks at every expectation of what was ``pushed``; where these are ``MANY``, only at those of the people who may not
    count.
    """
    given = _given(uow, window)
    many = sum(one.expected for one in pushed) > MANY
    if many:
        given |= {"lowest": min(one.lowest for one in pushed), "highest": max(one.highest for one in pushed)}
        given |= {"first_day": min(one.first_day for one in pushed), "last_day": max(one.last_day for one in pushed)}
    rows = await uow.session.execute(_aside(key, window.alone, many), given)
    return {one: (n, done, int(after)) for one, n, done, after in rows}


@cache
def _aside(key: Key, alone: bool, many: bool) -> Select[*tuple[Any, ...]]:
    query = (
        select(key, func.count(), func.count(C.member_id), _late_ones())
        .select_from(E)
        .join(Member, Member.id == E.member_id)
        .join(A, A.id == E.assignment_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(_pushed(alone), ~_counts())
        .group_by(key)
    )
    if not many:
        return query
    who = E.member_id.in_(_special())
    return query.where(who, E.assignment_id.between(bindparam("lowest"), bindparam("highest")))


def _special() -> Select[int]:
    """The members who may not count on these days, wherever they are now: exempt, gone, or on leave some time."""
    one = aliased(Member)
    away = exists().where(
        Leave.member_id == one.id, Leave.first_day <= bindparam("last_day"), Leave.last_day >= bindparam("first_day")
    )
    return select(one.id).where(or_(one.exempt_reason != "", one.left_on.is_not(None), away))


def _late_ones() -> ColumnElement[int]:
    return func.coalesce(func.sum(case((C.late, 1), else_=0)), 0)


def _counts() -> ColumnElement[bool]:
    """Whether an expectation counts, as ``rules.standing`` has it: not exempt, not on leave, not gone undone."""
    away = exists().where(Leave.member_id == Member.id, Leave.first_day <= A.last_day, Leave.last_day >= A.first_day)
    gone = and_(Member.left_on.is_not(None), Member.left_on <= A.last_day, C.member_id.is_(None))
    return and_(Member.exempt_reason == "", ~away, ~gone)


async def members(
    uow: UnitOfWork, first: datetime, last: datetime, members: Collection[int]
) -> dict[int, tuple[int, int, int, int]]:
    """Member id → (expectations that count, done of them, late ones of these, half hours of all completions) of what
    was pushed anywhere from ``first`` on and before ``last``, exactly as ``rules.standing`` sorts them."""
    within = and_(A.pushed_at >= first, A.pushed_at < min(last, uow.now))
    each = (
        select(
            E.member_id,
            case((_counts(), 1), else_=0).label("counts"),
            case((C.member_id.is_not(None), 1), else_=0).label("done"),
            case((C.late, 1), else_=0).label("late"),
        )
        .join(A, A.id == E.assignment_id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(E.member_id.in_(members), within)
        .subquery()
    )
    sums = (func.sum(each.c.counts), func.sum(each.c.counts * each.c.done), func.sum(each.c.counts * each.c.late))
    rows = await uow.session.execute(select(each.c.member_id, *sums).group_by(each.c.member_id))
    found = {one: (int(n), int(m), int(k), 0) for one, n, m, k in rows}
    hours = select(C.member_id, func.sum(A.halves)).join(A, A.id == C.assignment_id)
    hours = hours.where(C.member_id.in_(members), within).group_by(C.member_id)
    for one, halves in await uow.session.execute(hours):
        found[one] = (*found.get(one, (0, 0, 0))[:3], int(halves))
    return found


async def titles(uow: UnitOfWork, window: Window) -> list[tuple[Assignment, str]]:
    """The readings with their titles, oldest first."""
    query = select(A, Material.title).join(Material, Material.id == A.material_id).where(_pushed(window.alone))
    rows = await uow.session.execute(query.order_by(A.pushed_at, A.id), _given(uow, window))
    return [(one, title) for one, title in rows]


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


DetailRow = tuple[int, str, str, str, bool, datetime | None, bool | None, str | None, int | None]


async def details(uow: UnitOfWork, ids: Collection[int], members: Collection[int] | None = None) -> list[DetailRow]:
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
