"""The queries behind figures: how many were expected to read and how many have, over many readings at once.

A branch's figures are the sums that its readings bear (``tally``): that costs a fraction of joining every expectation
with its completion. The statements of these are made once: making one costs as much as it takes to answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, case, exists, false, func, or_, select

from bot.branch.models import Branch, Leave, Member
from bot.branch.repository import at_or_below
from bot.core.db import UnitOfWork
from bot.study.models import Assignment, Completion, Expected, Material, Method
from bot.study.tally_repository import away, counts, exempt

A, E, C = Assignment, Expected, Completion


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


async def readings(uow: UnitOfWork, window: Window) -> dict[int, tuple[int, ...]]:
    """Branch id → (readings, not yet due, counted, done, late, extra, half hours) of what it pushed itself."""
    rows = await uow.session.execute(_readings(), _given(uow, window))
    return {one: tuple(map(int, sums)) for one, *sums in rows}


@cache
def _readings() -> Select[*tuple[Any, ...]]:
    not_due = func.sum(case((A.due_at > bindparam("now"), 1), else_=0))
    sums = [func.sum(one) for one in (A.counted, A.done, A.late, A.extra, (A.done + A.extra) * A.halves)]
    return select(A.branch_id, func.count(), not_due, *sums).where(_pushed(False)).group_by(A.branch_id)


async def members(
    uow: UnitOfWork, first: datetime, last: datetime, members: Collection[int]
) -> dict[int, tuple[int, int, int, int]]:
    """Member id → (expectations that count, done of them, late ones of these, half hours of all completions) of what
    was pushed anywhere from ``first`` on and before ``last``, exactly as ``rules.standing`` sorts them."""
    within = and_(A.pushed_at >= first, A.pushed_at < min(last, uow.now))
    each = (
        select(
            E.member_id,
            case((counts(), 1), else_=0).label("counts"),
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


async def proofs(uow: UnitOfWork, ids: Collection[int]) -> Sequence[Row[int, int, bool, int]]:
    """(reading, proof, entered by hand, how many) of the completions of these readings that count."""
    by_hand = C.method == Method.MANUAL.value
    query = (
        select(C.assignment_id, C.proof, by_hand, func.count())
        .join(A, A.id == C.assignment_id)
        .join(E, and_(E.assignment_id == C.assignment_id, E.member_id == C.member_id))
        .join(Member, Member.id == C.member_id)
        .where(C.assignment_id.in_(ids), counts())
        .group_by(C.assignment_id, C.proof, by_hand)
    )
    return (await uow.session.execute(query.order_by(C.assignment_id, C.proof.desc(), by_hand))).all()


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


DetailRow = tuple[int, str, str, bool, bool, datetime | None, bool | None, str | None, int | None]


async def details(uow: UnitOfWork, ids: Collection[int], members: Collection[int] | None = None) -> list[DetailRow]:
    """(reading, member, branch, exempt, counts, completed, late, method, proof) of everybody who was expected to
    read these, or did without having to; of ``members`` only where they are given."""
    which = [] if members is None else [Member.id.in_(members)]
    what = (A.id, Member.name, Branch.name)
    done = (C.at, C.late, C.method, C.proof)
    expected = (
        select(*what, exempt(), counts(), *done)
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
        select(*what, false(), false(), *done)
        .select_from(A)
        .join(C, and_(C.assignment_id == A.id, C.extra))
        .join(Member, Member.id == C.member_id)
        .join(Branch, Branch.id == Member.branch_id)
        .where(A.id.in_(ids), *which)
        .order_by(A.id, Branch.path, Member.id)
    )
    rows = [*await uow.session.execute(expected), *await uow.session.execute(extra)]
    return [(*row[:3], bool(row[3]), bool(row[4]), *row[5:]) for row in rows]


async def behind(uow: UnitOfWork, since: datetime, least: int, today: date) -> list[tuple[int, int, int]]:
    """(member, branch, open readings) of those on duty who have at least so many open that were pushed ``since``."""
    now_away = exists().where(Leave.member_id == Member.id, Leave.first_day <= today, Leave.last_day >= today)
    query = (
        select(Member.id, Member.branch_id, func.count())
        .select_from(A)
        .join(E, E.assignment_id == A.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(A.pushed_at >= since, A.pushed_at <= uow.now, C.member_id.is_(None))
        .where(Member.left_on.is_(None), ~away(), ~now_away)
        .group_by(Member.id, Member.branch_id)
        .having(func.count() >= least)
        .order_by(Member.id)
    )
    return [(member, branch, count) for member, branch, count in await uow.session.execute(query)]
