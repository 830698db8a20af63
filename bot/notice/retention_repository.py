"""Every query that turns old receipts into totals, and drops old letters."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select

from bot.branch.models import Member
from bot.branch.undo import UNDO_FOR
from bot.core.clock import to_local
from bot.core.db import UnitOfWork, add_up, changed, delete_some
from bot.notice.figures_repository import COUNTS, DONE, MINE
from bot.notice.models import Letter, Notice, NoticeExpected, NoticeMonth, NoticeReceipt, NoticeTotal, State

N, E, R = Notice, NoticeExpected, NoticeReceipt


async def sum_up_receipts(uow: UnitOfWork, before: datetime) -> int:
    """Of the oldest notice that came out before then and is over, those of the people of one branch; how many.

    It counts for a branch wholly by its rows or wholly by its total. The notice, its versions and their dates stay.
    """
    newest = select(N.id).where(N.published_at < before).order_by(N.published_at.desc(), N.id.desc()).limit(1)
    last = await uow.session.scalar(newest)
    if last is None:
        return 0
    old = and_(N.id <= last, N.published_at < before, N.ended_at < uow.now - UNDO_FOR)
    first = (
        select(N, Member.branch_id)
        .join_from(E, N, N.id == E.notice_id)
        .join(Member, Member.id == E.member_id)
        .where(E.notice_id <= last, old)
        .order_by(E.notice_id, E.member_id)
        .limit(1)
    )
    found = (await uow.session.execute(first)).first()
    if found is None:
        return await _drop_rest(uow, last, old)
    notice, branch_id = found
    theirs = select(Member.id).where(Member.branch_id == branch_id)
    query = (
        select(E.member_id, COUNTS, DONE)
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(N.id == notice.id, Member.branch_id == branch_id)
    )
    rows = (await uow.session.execute(query)).all()
    if notice.published_at is not None and notice.state != State.WITHDRAWN:
        await _add(uow, notice.id, branch_id, to_local(notice.published_at).date().replace(day=1), [*map(tuple, rows)])
    for table in (R, E):
        await uow.session.execute(delete(table).where(table.notice_id == notice.id, table.member_id.in_(theirs)))
    return len(rows)


async def _add(uow: UnitOfWork, notice_id: int, branch_id: int, month: date, rows: list[tuple[Any, ...]]) -> None:
    wanted, given = sum(row[1] for row in rows), sum(row[2] for row in rows)
    total = {"notice_id": notice_id, "branch_id": branch_id, "wanted": wanted, "given": given}
    await add_up(uow.session, NoticeTotal, [total], ["notice_id", "branch_id"])
    months = [{"member_id": member, "month": month, "wanted": w, "given": g} for member, w, g in rows]
    await add_up(uow.session, NoticeMonth, months, ["member_id", "month"])


async def _drop_rest(uow: UnitOfWork, last: int, old: ColumnElement[bool]) -> int:
    """Receipts of people who were not to confirm, of one notice."""
    some = select(R.notice_id).join(N, N.id == R.notice_id).where(R.notice_id <= last, old).limit(1)
    return await changed(uow.session, delete(R).where(R.notice_id.in_(some)))


async def drop_letters(uow: UnitOfWork, before: date) -> int:
    """Opinions; an objection belongs to the file of its 公示."""
    return await delete_some(uow.session, Letter, Letter.on < before, Letter.notice_id.is_(None))


async def months_of(uow: UnitOfWork, member_id: int) -> int:
    """Of how many months totals of this member are kept."""
    query = select(func.count()).select_from(NoticeMonth).where(NoticeMonth.member_id == member_id)
    return int(await uow.session.scalar(query) or 0)
