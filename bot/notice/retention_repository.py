"""Every query that turns old receipts into totals of people, and drops old letters. What a notice has come to at each
branch (``totals``) is known already."""

from datetime import date, datetime

from sqlalchemy import delete, func, select

from bot.branch.models import Member
from bot.core.clock import to_local
from bot.core.db import SOME, UnitOfWork, add_up, among, changed, delete_some
from bot.notice.models import Letter, Notice, NoticeExpected, NoticeMonth, NoticeReceipt
from bot.notice.totals_repository import COUNTS, DONE, MINE, OUT, over

N, E, R = Notice, NoticeExpected, NoticeReceipt


async def sum_up_receipts(uow: UnitOfWork, before: datetime) -> int:
    """Some of what was expected of people of the oldest notices that came out before then and are over, with their
    receipts; how many. The notice, its versions, their dates and its totals stay."""
    newest = select(N.id).where(N.published_at < before).order_by(N.published_at.desc(), N.id.desc()).limit(1)
    last = await uow.session.scalar(newest)
    if last is None:
        return 0
    query = (
        select(E.notice_id, E.member_id, N.published_at, COUNTS, DONE)
        .join(N, N.id == E.notice_id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(E.notice_id <= last, over(uow))
        .order_by(E.notice_id, E.member_id)
    )
    rows = (await uow.session.execute(query.add_columns(N.state.in_(OUT)).limit(SOME))).all()
    if not rows:
        return await _drop_rest(uow, last)
    months = [
        {"member_id": member, "month": to_local(at).date().replace(day=1), "wanted": wanted, "given": given}
        for _, member, at, wanted, given, out in rows
        if out
    ]
    await add_up(uow.session, NoticeMonth, months, ["member_id", "month"])
    pairs = [(row[0], row[1]) for row in rows]
    for table in (R, E):
        await uow.session.execute(delete(table).where(among((table.notice_id, table.member_id), pairs)))
    return len(rows)


async def _drop_rest(uow: UnitOfWork, last: int) -> int:
    """Receipts of people who were not to confirm, of one notice."""
    some = select(R.notice_id).join(N, N.id == R.notice_id).where(R.notice_id <= last, over(uow)).limit(1)
    return await changed(uow.session, delete(R).where(R.notice_id.in_(some)))


async def drop_letters(uow: UnitOfWork, before: date) -> int:
    """Opinions; an objection belongs to the file of its 公示."""
    return await delete_some(uow.session, Letter, Letter.on < before, Letter.notice_id.is_(None))


async def months_of(uow: UnitOfWork, member_id: int) -> int:
    """Of how many months totals of this member are kept."""
    query = select(func.count()).select_from(NoticeMonth).where(NoticeMonth.member_id == member_id)
    return int(await uow.session.scalar(query) or 0)
