"""The queries behind figures of notices: how many were to confirm and how many have, as ``rules.tally`` sorts them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, func, or_, select

from bot.branch.models import Branch, Member
from bot.branch.repository import at_or_below
from bot.core.db import UnitOfWork
from bot.notice.models import Notice, NoticeExpected, NoticeReceipt, State
from bot.notice.rules import title

N, E, R = Notice, NoticeExpected, NoticeReceipt
_OUT = (State.PUBLISHED.value, State.CLOSED.value)
_DONE = case((R.member_id.is_not(None), 1), else_=0)
_COUNTS = case((or_(R.member_id.is_not(None), and_(~E.exempt, Member.left_on.is_(None))), 1), else_=0)
_MINE = and_(R.notice_id == N.id, R.version == N.version, R.member_id == E.member_id)


MANY = 2_000
"""People from which on it pays to look for the notices first and not for what each of them was to confirm."""


async def by_branch(
    uow: UnitOfWork, path: str, first: datetime, last: datetime, people: int
) -> dict[int, tuple[int, int, int]]:
    """Branch id → (notices, receipts that count, receipts given) of the roster of the branch at ``path`` and below,
    which has about so many ``people``."""
    theirs = Member.branch_id.in_(at_or_below(path))
    query = (
        select(Member.branch_id, func.count(N.id.distinct()), func.sum(_COUNTS), func.sum(_DONE))
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, _MINE)
        .where(N.published_at >= first, N.published_at < last, N.state.in_(_OUT))
        .where(theirs if people > MANY else E.member_id.in_(select(Member.id).where(theirs)))
        .group_by(Member.branch_id)
    )
    return {one: (n, int(wanted), int(given)) for one, n, wanted, given in await uow.session.execute(query)}


async def published(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> int:
    """How many notices reached anybody on the roster of the branch at ``path`` and below."""
    reached = exists().where(E.notice_id == N.id, E.member_id == Member.id, Member.branch_id.in_(at_or_below(path)))
    query = select(func.count()).where(N.published_at >= first, N.published_at < last, N.state.in_(_OUT), reached)
    return int(await uow.session.scalar(query) or 0)


async def by_member(
    uow: UnitOfWork, members: Collection[int], first: datetime, last: datetime
) -> dict[int, tuple[int, int]]:
    """Member id → (receipts that count, receipts given)."""
    query = (
        select(E.member_id, func.sum(_COUNTS), func.sum(_DONE))
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, _MINE)
        .where(N.published_at >= first, N.published_at < last, N.state.in_(_OUT), E.member_id.in_(members))
        .group_by(E.member_id)
    )
    return {one: (int(wanted), int(given)) for one, wanted, given in await uow.session.execute(query)}


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
    query = (
        select(Branch.name, N.no, N.text, N.published_at, func.sum(_COUNTS), func.sum(_DONE))
        .select_from(N)
        .join(Branch, Branch.id == N.branch_id)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, _MINE)
        .where(N.published_at >= first, N.published_at < last, N.state.in_(_OUT), E.member_id.in_(theirs))
        .group_by(N.id, Branch.name, N.no, N.text, N.published_at)
        .order_by(N.published_at, N.id)
    )
    return [
        Reached(branch, no, title(text), at, int(wanted), int(given))
        for branch, no, text, at, wanted, given in await uow.session.execute(query)
        if at is not None
    ]
