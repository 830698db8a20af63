"""The queries that keep what each notice has come to at each branch, and the conditions by which a receipt counts."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from bot.branch.models import Member
from bot.branch.retention_repository import KEPT_FROM
from bot.branch.undo import UNDO_FOR
from bot.core.db import UnitOfWork, among, keep_sums
from bot.notice.models import Notice, NoticeExpected, NoticeReceipt, NoticeTotal, State

N, E, R, T = Notice, NoticeExpected, NoticeReceipt, NoticeTotal
DONE = case((R.member_id.is_not(None), 1), else_=0)
COUNTS = case((or_(R.member_id.is_not(None), and_(~E.exempt, Member.left_on.is_(None))), 1), else_=0)
MINE = and_(R.notice_id == N.id, R.version == N.version, R.member_id == E.member_id)

OUT = (State.PUBLISHED.value, State.CLOSED.value)
"""What is out and wasn't withdrawn."""

Total = tuple[int, datetime, int]
"""Branch, when the notice came out, its id: what names a total."""


def over(uow: UnitOfWork) -> ColumnElement[bool]:
    """A notice of before the time of which everything is kept, on which nothing can change any more."""
    return and_(N.published_at < KEPT_FROM, N.ended_at.is_not(None), N.ended_at < uow.now - UNDO_FOR)


def members_of(notice_id: int) -> Select[int]:
    """Who was to confirm it."""
    return select(E.member_id).where(E.notice_id == notice_id)


async def of_notice(uow: UnitOfWork, notice_id: int) -> set[Total]:
    """The totals of this notice, whether or not it is out, and those that it has had until now."""
    known = await uow.session.execute(select(T.branch_id, T.at, T.notice_id).where(T.notice_id == notice_id))
    return {(branch, at, notice) for branch, at, notice in known} | await _totals(uow, E.notice_id == notice_id)


async def of_receipts(uow: UnitOfWork, receipts: Collection[tuple[int, int]]) -> set[Total]:
    """The totals that these receipts (notice, member) go into."""
    return await _totals(uow, N.state.in_(OUT), among((E.notice_id, E.member_id), receipts))


async def of_members(uow: UnitOfWork, members: Collection[int]) -> set[Total]:
    """The totals that what these members were to confirm goes into."""
    return await _totals(uow, N.state.in_(OUT), E.member_id.in_(members))


async def _totals(uow: UnitOfWork, *which: ColumnElement[bool]) -> set[Total]:
    """Of people of whom it is certain that nobody moves them meanwhile."""
    query = select(Member.branch_id, N.published_at, N.id).select_from(E).join(N, N.id == E.notice_id)
    query = query.join(Member, Member.id == E.member_id).where(~over(uow), *which).distinct()
    return {(branch, at, notice) for branch, at, notice in await uow.session.execute(query) if at is not None}


async def count(uow: UnitOfWork, totals: Collection[Total]) -> None:
    """Keep what these add up to now."""
    branches, notices = {total[0] for total in totals}, {total[2] for total in totals}
    roster = aliased(Member)
    query = (
        select(Member.branch_id, N.published_at, N.id, func.sum(COUNTS), func.sum(DONE))
        .select_from(E)
        .join(N, N.id == E.notice_id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(N.state.in_(OUT))  # what is withdrawn, perhaps this very moment, has come to nothing
        # Of a notice to ten thousand people only the few of these branches are looked at.
        .where(E.notice_id.in_(notices), E.member_id.in_(select(roster.id).where(roster.branch_id.in_(branches))))
        .group_by(Member.branch_id, N.published_at, N.id)
    )
    await keep_sums(uow.session, T, ["branch_id", "at", "notice_id"], totals, query)
