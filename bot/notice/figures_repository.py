"""The queries behind figures of notices: how many were to confirm and how many have, as ``rules.tally`` sorts them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
)

from bot.branch.models import Branch, Member
from bot.branch.repository import at_or_below
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.notice.models import Notice, NoticeExpected, NoticeMonth, NoticeReceipt, NoticeTotal, State
from bot.notice.rules import title

N, E, R, T = Notice, NoticeExpected, NoticeReceipt, NoticeTotal
_OUT = (State.PUBLISHED.value, State.CLOSED.value)
DONE = case((R.member_id.is_not(None), 1), else_=0)
COUNTS = case((or_(R.member_id.is_not(None), and_(~E.exempt, Member.left_on.is_(None))), 1), else_=0)
MINE = and_(R.notice_id == N.id, R.version == N.version, R.member_id == E.member_id)


MANY = 2_000
"""People from which on it pays to look for the notices first and not for what each of them was to confirm."""


async def by_branch(
    uow: UnitOfWork, path: str, first: datetime, last: datetime, people: int
) -> dict[int, tuple[int, int, int]]:
    """Branch id → (notices, receipts that count, receipts given) of the roster of the branch at ``path`` and below,
    which has about so many ``people``."""
    given = {"path": path, "first": first, "last": last}
    now, old = _by_branch(people > MANY)
    found = {one: (n, int(wanted), int(done)) for one, n, wanted, done in await uow.session.execute(now, given)}
    for one, n, wanted, done in await uow.session.execute(old, given):
        known = found.get(one, (0, 0, 0))
        found[one] = (known[0] + n, known[1] + int(wanted), known[2] + int(done))
    return found


@cache
def _by_branch(many: bool) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """(branch, notices, receipts that count, given) of what is kept in full, and of what only totals are kept of."""
    here, within = at_or_below(_PATH), _within(bindparam("first"), bindparam("last"))
    theirs = Member.branch_id.in_(here)
    now = (
        select(Member.branch_id, func.count(N.id.distinct()), func.sum(COUNTS), func.sum(DONE))
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(*within, theirs if many else E.member_id.in_(select(Member.id).where(theirs)))
        .group_by(Member.branch_id)
    )
    old = select(T.branch_id, func.count(), func.sum(T.wanted), func.sum(T.given)).join(N, N.id == T.notice_id)
    return now, old.where(T.branch_id.in_(here), *within).group_by(T.branch_id)


_PATH = bindparam("path", type_=String)


def _within(
    first: datetime | BindParameter[datetime], last: datetime | BindParameter[datetime]
) -> tuple[ColumnElement[bool], ...]:
    """What was made public in these days and not withdrawn."""
    return N.published_at >= first, N.published_at < last, N.state.in_(_OUT)


async def published(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> int:
    """How many notices reached anybody on the roster of the branch at ``path`` and below."""
    given = {"path": path, "first": first, "last": last}
    return int(await uow.session.scalar(_published(), given) or 0)


@cache
def _published() -> Select[int]:
    here = at_or_below(_PATH)
    reached = exists().where(E.notice_id == N.id, E.member_id == Member.id, Member.branch_id.in_(here))
    old = exists().where(T.notice_id == N.id, T.branch_id.in_(here))
    return select(func.count()).where(*_within(bindparam("first"), bindparam("last")), or_(reached, old))


async def by_member(
    uow: UnitOfWork, members: Collection[int], first: datetime, last: datetime
) -> dict[int, tuple[int, int]]:
    """Member id → (receipts that count, receipts given)."""
    query = (
        select(E.member_id, func.sum(COUNTS), func.sum(DONE))
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(*_within(first, last), E.member_id.in_(members))
        .group_by(E.member_id)
    )
    found = {one: (int(wanted), int(given)) for one, wanted, given in await uow.session.execute(query)}
    m = NoticeMonth
    old = select(m.member_id, func.sum(m.wanted), func.sum(m.given)).where(m.member_id.in_(members))
    old = old.where(m.month >= to_local(first).date(), m.month < to_local(last).date()).group_by(m.member_id)
    for one, wanted, given in await uow.session.execute(old):
        known = found.get(one, (0, 0))
        found[one] = (known[0] + int(wanted), known[1] + int(given))
    return found


@dataclass(frozen=True)
class Reached:
    """A notice and how many of a roster were to confirm it and have. ``branch`` made it public."""

    branch: str
    no: int
    title: str
    at: datetime
    wanted: int
    given: int


async def listed(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> list[Reached]:
    """The notices that reached the roster of the branch at ``path`` and below, oldest first: what ``by_branch`` and
    ``published`` add up."""
    theirs = select(Member.id).where(Member.branch_id.in_(at_or_below(path)))
    known = (
        select(N.id, COUNTS.label("wanted"), DONE.label("given"))
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(*_within(first, last), E.member_id.in_(theirs))
    )
    old = select(N.id, T.wanted, T.given).join(T, T.notice_id == N.id)
    each = union_all(known, old.where(*_within(first, last), T.branch_id.in_(at_or_below(path)))).subquery()
    query = (
        select(Branch.name, N.no, N.text, N.published_at, func.sum(each.c.wanted), func.sum(each.c.given))
        .join(each, each.c.id == N.id)
        .join(Branch, Branch.id == N.branch_id)
        .group_by(N.id, Branch.name, N.no, N.text, N.published_at)
        .order_by(N.published_at, N.id)
    )
    return [
        Reached(branch, no, title(text), at, int(wanted), int(given))
        for branch, no, text, at, wanted, given in await uow.session.execute(query)
        if at is not None
    ]
