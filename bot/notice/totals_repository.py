"""The queries that keep what each notice has come to at each branch, and the conditions by which a receipt counts."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, tuple_, update

from bot.branch.models import Member
from bot.branch.retention_repository import KEPT_FROM
from bot.branch.undo import UNDO_FOR
from bot.core.db import SOME, UnitOfWork, add_up
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


async def of_notice(uow: UnitOfWork, notice_id: int) -> set[Total]:
    return await _totals(uow, E.notice_id == notice_id)


async def of_receipts(uow: UnitOfWork, receipts: Collection[tuple[int, int]]) -> set[Total]:
    """The totals that these receipts (notice, member) go into."""
    return await _totals(uow, tuple_(E.notice_id, E.member_id).in_(receipts))


async def of_members(uow: UnitOfWork, members: Collection[int]) -> set[Total]:
    """The totals that what these members were to confirm goes into."""
    return await _totals(uow, E.member_id.in_(members))


async def _totals(uow: UnitOfWork, *which: ColumnElement[bool]) -> set[Total]:
    """Of what is out. Nobody moves these people to another branch until the end of the unit of work."""
    query = select(Member.branch_id, N.published_at, N.id).select_from(E).join(N, N.id == E.notice_id)
    query = query.join(Member, Member.id == E.member_id).where(N.state.in_(OUT), ~over(uow), *which)
    rows = await uow.session.execute(query.with_for_update(read=True, of=Member))
    return {(branch, at, notice) for branch, at, notice in rows if at is not None}


async def drop(uow: UnitOfWork, notice_id: int) -> None:
    await uow.session.execute(delete(T).where(T.notice_id == notice_id))


async def count(uow: UnitOfWork, totals: Collection[Total]) -> None:
    """Keep what these add up to now. They are locked first, in one order, so what others did until then is seen by the
    statement that counts."""
    keys, names, none = sorted(totals), ["branch_id", "at", "notice_id"], {"wanted": 0, "given": 0}
    await add_up(uow.session, T, [dict(zip(names, key, strict=True)) | none for key in keys], names)
    here = (E.notice_id == T.notice_id, Member.branch_id == T.branch_id)
    theirs = select(E).join(N, N.id == E.notice_id).join(Member, Member.id == E.member_id).where(*here)
    wanted, given = (theirs.outerjoin(R, MINE).with_only_columns(func.sum(each)) for each in (COUNTS, DONE))
    sums = {"wanted": func.coalesce(wanted.scalar_subquery(), 0), "given": func.coalesce(given.scalar_subquery(), 0)}
    for start in range(0, len(keys), SOME):
        these = tuple_(T.branch_id, T.at, T.notice_id).in_(keys[start : start + SOME])
        for change in (update(T).values(sums), delete(T).where(~exists(theirs.with_only_columns(E.member_id)))):
            await uow.session.execute(change.where(these), execution_options={"synchronize_session": False})
