"""The queries behind figures: how many were expected to read and how many have, over many readings at once.

A branch's figures are the sums that its readings bear (``tally``): that costs a fraction of joining every expectation
with its completion. The statements of these are made once: making one costs as much as it takes to answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from bot.branch.models import Branch, Leave, Member
from bot.branch.repository import at_or_below
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.study.models import Assignment, Completion, Expected, Material, Method, OldProof, StudyMonth
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
    given = {"members": list(members), "first": first, "last": min(last, uow.now)}
    months = {"since": to_local(first).date(), "until": to_local(last).date()}
    found = {one: [0, 0, 0, 0] for one in members}
    for query in _members():
        for one, *sums in await uow.session.execute(query, given | months):
            found[one] = [had + int(more) for had, more in zip(found[one], sums, strict=True)]
    return {one: (n, m, k, halves) for one, (n, m, k, halves) in found.items()}


@cache
def _members() -> list[Select[*tuple[Any, ...]]]:
    """(member, expectations that count, done, late, half hours): of what is kept in full and counts, of all that was
    completed, and of the months of which only this is kept."""
    theirs: BindParameter[int] = bindparam("members", expanding=True)
    within = and_(A.pushed_at >= bindparam("first"), A.pushed_at < bindparam("last"))
    late, none = func.sum(case((C.late, 1), else_=0)), literal(0)
    counted = (
        select(E.member_id, func.count(), func.count(C.member_id), late, none)
        .join(A, A.id == E.assignment_id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(E.member_id.in_(theirs), within, counts())
        .group_by(E.member_id)
    )
    completed = select(C.member_id, none, none, none, func.sum(A.halves)).join(A, A.id == C.assignment_id)
    m = StudyMonth
    old = select(m.member_id, func.sum(m.counted), func.sum(m.done), func.sum(m.late), func.sum(m.halves))
    months = (m.month >= bindparam("since"), m.month < bindparam("until"))
    return [
        counted,
        completed.where(C.member_id.in_(theirs), within).group_by(C.member_id),
        old.where(m.member_id.in_(theirs), *months).group_by(m.member_id),
    ]


class Reading(NamedTuple):
    """A reading with its totals."""

    id: int
    no: int
    title: str
    pushed_at: datetime
    due_at: datetime
    last_day: date
    proof: int
    counted: int
    done: int
    late: int
    extra: int
    halves: int


@cache
def _titles() -> Select[*tuple[Any, ...]]:
    query = select(A.id, A.no, Material.title, A.pushed_at, A.due_at, A.last_day, A.proof)
    query = query.add_columns(A.counted, A.done, A.late, A.extra, A.halves)
    return query.join(Material, Material.id == A.material_id).order_by(A.pushed_at, A.id)


async def titles(uow: UnitOfWork, window: Window) -> list[Reading]:
    """The readings with their titles, oldest first."""
    return [Reading(*row) for row in await uow.session.execute(_pushed_titles(window.alone), _given(uow, window))]


@cache
def _pushed_titles(alone: bool) -> Select[*tuple[Any, ...]]:
    return _titles().where(_pushed(alone))


async def pushed(uow: UnitOfWork, window: Window) -> list[tuple[int, int]]:
    """(reading, how many were expected to read it), oldest first."""
    query = select(A.id, A.readers).where(_pushed(window.alone)).order_by(A.pushed_at, A.id)
    return [(one, readers) for one, readers in await uow.session.execute(query, _given(uow, window))]


async def pushed_for(uow: UnitOfWork, member_id: int, first: datetime, last: datetime) -> Sequence[int]:
    """What this member was to read or did, of any branch, oldest first."""
    theirs = union(*(select(table.assignment_id).where(table.member_id == member_id) for table in (E, C)))
    query = select(A.id).where(A.id.in_(theirs), A.pushed_at >= first, A.pushed_at < min(last, uow.now))
    return (await uow.session.scalars(query.order_by(A.pushed_at, A.id))).all()


async def proofs(uow: UnitOfWork, ids: Collection[int]) -> Sequence[Row[int, int, bool, int]]:
    """(reading, proof, entered by hand, how many) of the completions of these readings that count."""
    by_hand = C.method == Method.MANUAL.value
    kept = (
        select(C.assignment_id, C.proof, by_hand.label("by_hand"), func.count().label("done"))
        .join(A, A.id == C.assignment_id)
        .join(E, and_(E.assignment_id == C.assignment_id, E.member_id == C.member_id))
        .join(Member, Member.id == C.member_id)
        .where(C.assignment_id.in_(ids), counts())
        .group_by(C.assignment_id, C.proof, by_hand)
    )
    old = select(OldProof.assignment_id, OldProof.proof, OldProof.by_hand, OldProof.done)
    each = union_all(kept, old.where(OldProof.assignment_id.in_(ids))).subquery().c
    one = (each.assignment_id, each.proof, each.by_hand)
    query = select(*one, func.sum(each.done)).group_by(*one)
    return (await uow.session.execute(query.order_by(each.assignment_id, each.by_hand, each.proof.desc()))).all()


async def unread(uow: UnitOfWork, member_id: int) -> Sequence[tuple[Assignment, str]]:
    """What this member was to read in any branch and hasn't completed, with its title, oldest first; not what was to be
    read while they were away."""
    done = exists().where(C.assignment_id == A.id, C.member_id == member_id)
    query = (
        select(A, Material.title)
        .join(Material, Material.id == A.material_id)
        .join(E, E.assignment_id == A.id)
        .join(Member, Member.id == E.member_id)
        .where(E.member_id == member_id, A.pushed_at <= uow.now, ~done, ~away())
        .order_by(A.pushed_at, A.id)
    )
    return [(one, title) for one, title in await uow.session.execute(query)]


@dataclass(frozen=True)
class Details:
    """Some readings by id, and (reading, member, branch, whether it counts (``""``) or why not, completed, late,
    method, proof) of everybody who was expected to read one, or did without having to."""

    readings: dict[int, Reading]
    rows: Sequence[Row[*tuple[Any, ...]]]


async def details(uow: UnitOfWork, ids: Collection[int], member_id: int | None = None) -> Details:
    """Of these readings, and of this member only where one is given."""
    given = {"ids": list(ids), "member": member_id}
    readings = {row[0]: Reading(*row) for row in await uow.session.execute(_titles_of(), given)}
    expected, extra = _details(member_id is not None)
    rows = (await uow.session.execute(expected, given)).all()
    if any(one.extra for one in readings.values()):
        rows = [*rows, *(await uow.session.execute(extra, given)).all()]
    return Details(readings, rows)


@cache
def _titles_of() -> Select[*tuple[Any, ...]]:
    return _titles().where(A.id.in_(_IDS))


@cache
def _details(of_one: bool) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Those who were expected, and the others."""
    which = [A.id.in_(_IDS), *([Member.id == bindparam("member")] if of_one else [])]
    what = (A.id, Member.name, Branch.name)
    done = (C.at, C.late, C.method, C.proof)
    expected = (
        select(*what, case((counts(), ""), (exempt(), "免学"), else_="请假"), *done)
        .select_from(A)
        .join(E, E.assignment_id == A.id)
        .join(Member, Member.id == E.member_id)
        .join(Branch, Branch.id == Member.branch_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(or_(Member.left_on.is_(None), Member.left_on > A.last_day, C.member_id.is_not(None)), *which)
    )
    extra = (
        select(*what, literal("自愿完成"), *done)
        .select_from(A)
        .join(C, and_(C.assignment_id == A.id, C.extra))
        .join(Member, Member.id == C.member_id)
        .join(Branch, Branch.id == Member.branch_id)
        .where(*which)
    )
    in_order = (A.id, Branch.path, Member.id)
    return expected.order_by(*in_order), extra.order_by(*in_order)


_IDS: BindParameter[int] = bindparam("ids", expanding=True)


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
