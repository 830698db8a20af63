"""Every query about notices, scoped to a branch or to what a member may see."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, and_, exists, func, select

from bot.branch.models import Branch, Member
from bot.core.db import UnitOfWork, upsert
from bot.notice.models import Notice, NoticeExpected, NoticeReceipt, NoticeVersion, State
from bot.notice.rules import Open, Person


async def by_no(uow: UnitOfWork, branch_id: int, no: int) -> Notice | None:
    return (await uow.session.scalars(select(Notice).where(Notice.branch_id == branch_id, Notice.no == no))).first()


async def newest(uow: UnitOfWork, branch_id: int, limit: int) -> Sequence[Notice]:
    query = select(Notice).where(Notice.branch_id == branch_id, Notice.state != State.DRAFT)
    return (await uow.session.scalars(query.order_by(Notice.no.desc()).limit(limit))).all()


async def any_due(uow: UnitOfWork) -> bool:
    query = select(Notice.id).where(Notice.state == State.SCHEDULED, Notice.publish_at <= uow.now).limit(1)
    return await uow.session.scalar(query) is not None


async def due(uow: UnitOfWork) -> Sequence[Notice]:
    """The approved notices whose time has come."""
    query = select(Notice).where(Notice.state == State.SCHEDULED, Notice.publish_at <= uow.now).order_by(Notice.id)
    return (await uow.session.scalars(query.with_for_update(skip_locked=True))).all()


async def versions(uow: UnitOfWork, notice_id: int) -> Sequence[NoticeVersion]:
    query = select(NoticeVersion).where(NoticeVersion.notice_id == notice_id).order_by(NoticeVersion.version)
    return (await uow.session.scalars(query)).all()


async def open_for(uow: UnitOfWork, members: Collection[int]) -> list[Open]:
    """The published notices that these members are to confirm and haven't, in their newest version."""
    n, e, r = Notice, NoticeExpected, NoticeReceipt
    confirmed = exists().where(r.notice_id == n.id, r.version == n.version, r.member_id == e.member_id)
    query = (
        select(e.member_id, n.id, n.no, n.branch_id, n.version, n.text)
        .join(n, n.id == e.notice_id)
        .where(e.member_id.in_(members), n.state == State.PUBLISHED, ~confirmed)
        .order_by(n.id)
    )
    return [Open(*row) for row in await uow.session.execute(query)]


async def answered(uow: UnitOfWork, ids: Collection[int], members: Collection[int]) -> list[Open]:
    """The notices with these ids as they stand for each of these members who is to confirm them."""
    n, e = Notice, NoticeExpected
    query = (
        select(e.member_id, n.id, n.no, n.branch_id, n.version, n.text)
        .join(n, n.id == e.notice_id)
        .where(n.id.in_(ids), e.member_id.in_(members), n.state == State.PUBLISHED)
    )
    return [Open(*row) for row in await uow.session.execute(query)]


async def confirm(uow: UnitOfWork, rows: list[dict[str, object]]) -> set[tuple[int, int]]:
    """Insert receipts that aren't there yet; (notice id, member id) of the new ones."""
    statement = upsert(uow.session, NoticeReceipt).values(rows)
    statement = statement.on_conflict_do_nothing(index_elements=["notice_id", "version", "member_id"])
    new = await uow.session.execute(statement.returning(NoticeReceipt.notice_id, NoticeReceipt.member_id))
    return {(notice, member) for notice, member in new}


async def expected(uow: UnitOfWork, notice: Notice) -> list[Person]:
    """Everybody who is to confirm it, with whether they have confirmed the newest version, in the order of branches."""
    r = NoticeReceipt
    mine = and_(r.notice_id == notice.id, r.version == notice.version, r.member_id == Member.id)
    query = (
        select(Member.id, Member.name, Member.exempt_reason, Member.left_on, Member.branch_id, Branch.name, r.at)
        .join(NoticeExpected, NoticeExpected.member_id == Member.id)
        .join(Branch, Branch.id == Member.branch_id)
        .outerjoin(r, mine)
        .where(NoticeExpected.notice_id == notice.id)
        .order_by(Branch.path, Member.id)
    )
    return [
        Person(i, name, bool(exempt), left is not None, branch_id, branch, at)
        for i, name, exempt, left, branch_id, branch, at in await uow.session.execute(query)
    ]


async def confirmed_before(uow: UnitOfWork, notice_id: int, version: int) -> Sequence[int]:
    """The members who confirmed that version."""
    query = select(NoticeReceipt.member_id).where(
        NoticeReceipt.notice_id == notice_id, NoticeReceipt.version == version
    )
    return (await uow.session.scalars(query)).all()


async def receipts_of(uow: UnitOfWork, member_id: int) -> Sequence[Row[int, datetime]]:
    """(notice id, when) of the receipts of a member, newest first."""
    query = select(NoticeReceipt.notice_id, func.max(NoticeReceipt.at)).where(NoticeReceipt.member_id == member_id)
    return (await uow.session.execute(query.group_by(NoticeReceipt.notice_id))).all()
