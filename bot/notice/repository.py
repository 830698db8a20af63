"""Every query about notices, scoped to a branch or to what a member may see."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import and_, delete, exists, func, or_, select, update

from bot.branch.models import AuditEntry, Branch, Leave, Member, MemberAccount
from bot.core.clock import CHINA
from bot.core.db import UnitOfWork, insert_ignore, upsert
from bot.notice.models import (
    Letter,
    Notice,
    NoticeExpected,
    NoticeReceipt,
    NoticeTemplate,
    NoticeVersion,
    Publicity,
    Scope,
    State,
)
from bot.notice.rules import Open, Person


async def by_no(uow: UnitOfWork, branch_id: int, no: int) -> Notice | None:
    return (await uow.session.scalars(select(Notice).where(Notice.branch_id == branch_id, Notice.no == no))).first()


async def lock(uow: UnitOfWork, notice_id: int) -> Notice:
    """The notice as it is now, ours alone until the end of the unit of work."""
    return await uow.session.get_one(Notice, notice_id, with_for_update={"key_share": True}, populate_existing=True)


async def newest(uow: UnitOfWork, branch_id: int, limit: int) -> Sequence[Notice]:
    query = select(Notice).where(Notice.branch_id == branch_id).order_by(Notice.no.desc())
    return (await uow.session.scalars(query.limit(limit))).all()


async def any_due(uow: UnitOfWork) -> bool:
    query = select(Notice.id).where(Notice.state == State.SCHEDULED, Notice.publish_at <= uow.now).limit(1)
    return await uow.session.scalar(query) is not None


async def due(uow: UnitOfWork) -> Sequence[Notice]:
    """The approved notices whose time has come."""
    query = select(Notice).where(Notice.state == State.SCHEDULED, Notice.publish_at <= uow.now).order_by(Notice.id)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).all()


async def unpinned(uow: UnitOfWork) -> Sequence[Notice]:
    """What is out and should be kept in sight, and nobody has tried yet."""
    query = select(Notice).where(Notice.pin_due.is_(True), Notice.state == State.PUBLISHED)
    query = query.order_by(Notice.id)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).all()


async def to_recall(uow: UnitOfWork) -> Sequence[Notice]:
    """What was withdrawn while it may have been on the wire."""
    query = select(Notice).where(Notice.recall_due.is_(True)).order_by(Notice.id)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).all()


async def versions(uow: UnitOfWork, notice_id: int) -> Sequence[NoticeVersion]:
    query = select(NoticeVersion).where(NoticeVersion.notice_id == notice_id).order_by(NoticeVersion.version)
    return (await uow.session.scalars(query)).all()


async def expected_of(
    uow: UnitOfWork, members: Collection[int], ids: Collection[int], numbers: Collection[int]
) -> list[Open]:
    """The notices that these members are to confirm and haven't, and those with one of these ids or numbers as they
    stand for each of them."""
    n, e, r = Notice, NoticeExpected, NoticeReceipt
    mine = and_(r.notice_id == n.id, r.version == n.version, r.member_id == e.member_id)
    still = and_(n.state == State.PUBLISHED, r.member_id.is_(None))
    named = and_(n.published_at.is_not(None), or_(n.id.in_(ids), n.no.in_(numbers)))
    query = (
        select(e.member_id, n.id, n.no, n.branch_id, n.version, n.text, n.state, n.scope, r.member_id.is_not(None))
        .join(n, n.id == e.notice_id)
        .outerjoin(r, mine)
        .where(e.member_id.in_(members), or_(still, named) if ids or numbers else still)
        .order_by(n.id)
    )
    return [
        Open(member, i, no, branch_id, version, text, State(state), Scope(scope), bool(done))
        for member, i, no, branch_id, version, text, state, scope, done in await uow.session.execute(query)
    ]


async def confirm(uow: UnitOfWork, rows: list[dict[str, object]]) -> set[tuple[int, int]]:
    """Insert receipts that aren't there yet; (notice id, member id) of the new ones."""
    unique = ["notice_id", "version", "member_id"]
    statement = upsert(uow.session, NoticeReceipt).values(sorted(rows, key=itemgetter(*unique)))
    statement = statement.on_conflict_do_nothing(index_elements=unique)
    new = await uow.session.execute(statement.returning(NoticeReceipt.notice_id, NoticeReceipt.member_id))
    return {(notice, member) for notice, member in new}


async def expected(uow: UnitOfWork, notice: Notice, path: str) -> list[Person]:
    """Everybody at or below ``path`` who is to confirm it, with whether they have confirmed the newest version, in the
    order of branches."""
    r = NoticeReceipt
    mine = and_(r.notice_id == notice.id, r.version == notice.version, r.member_id == Member.id)
    query = (
        select(Member.id, Member.name, NoticeExpected.exempt, Member.left_on, Branch.path, r.at)
        .join(NoticeExpected, NoticeExpected.member_id == Member.id)
        .join(Branch, Branch.id == Member.branch_id)
        .outerjoin(r, mine)
        .where(NoticeExpected.notice_id == notice.id, Branch.path.startswith(path, autoescape=True))
        .order_by(Branch.path, Member.id)
    )
    return [
        Person(i, name, exempt, left is not None, where, at)
        for i, name, exempt, left, where, at in await uow.session.execute(query)
    ]


async def address(uow: UnitOfWork, notice_id: int, people: Collection[int]) -> None:
    """Make these the ones who are to confirm it."""
    others = NoticeExpected.member_id.not_in(people)
    await uow.session.execute(delete(NoticeExpected).where(NoticeExpected.notice_id == notice_id, others))
    rows = [{"notice_id": notice_id, "member_id": member_id} for member_id in people]
    await insert_ignore(uow.session, NoticeExpected, rows, ["notice_id", "member_id"])


async def spare_exempt(uow: UnitOfWork, notice_id: int, on: date) -> None:
    """Note who of those who are to confirm it is exempt on that day."""
    e, exempt = NoticeExpected, select(Leave.member_id)
    exempt = exempt.where(Leave.exempt, Leave.first_day <= on, Leave.last_day >= on)
    await uow.session.execute(update(e).where(e.notice_id == notice_id, e.member_id.in_(exempt)).values(exempt=True))


async def expected_since(
    uow: UnitOfWork, members: Collection[int], since: datetime
) -> list[tuple[NoticeExpected, datetime]]:
    """(expectation of one of these members, when it came out) of what came out since then."""
    query = (
        select(NoticeExpected, Notice.published_at)
        .join(Notice, Notice.id == NoticeExpected.notice_id)
        .where(NoticeExpected.member_id.in_(members), Notice.published_at >= since)
    )
    return [(one, at) for one, at in await uow.session.execute(query) if at is not None]


async def expected_ids(uow: UnitOfWork, notice_id: int) -> Sequence[int]:
    """The members on a roster who are to confirm it."""
    query = select(Member.id).join(NoticeExpected, NoticeExpected.member_id == Member.id)
    query = query.where(NoticeExpected.notice_id == notice_id, Member.left_on.is_(None))
    return (await uow.session.scalars(query.order_by(Member.id))).all()


async def branch_names(uow: UnitOfWork, paths: Collection[str]) -> dict[str, str]:
    rows = await uow.session.execute(select(Branch.path, Branch.name).where(Branch.path.in_(paths)))
    return {row[0]: row[1] for row in rows}


async def from_above(uow: UnitOfWork, branch_ids: Collection[int], no: int) -> Notice | None:
    """What one of these branches made known with this number to all below it; the nearest one, that is the deepest."""
    query = select(Notice).join(Branch, Branch.id == Notice.branch_id)
    query = query.where(Notice.branch_id.in_(branch_ids), Notice.no == no, Notice.scope == Scope.BELOW)
    return (
        await uow.session.scalars(query.where(Notice.published_at.is_not(None)).order_by(Branch.path.desc()))
    ).first()


async def out_since(uow: UnitOfWork, before: datetime) -> Sequence[Notice]:
    """What is out since before then, but for 公示: those end by themselves."""
    standing = exists().where(Publicity.notice_id == Notice.id)
    query = select(Notice).where(Notice.state == State.PUBLISHED, Notice.published_at <= before, ~standing)
    query = query.order_by(Notice.id)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).all()


async def confirmed_before(uow: UnitOfWork, notice_id: int, version: int) -> Sequence[int]:
    """The members who confirmed that version."""
    query = select(NoticeReceipt.member_id).where(
        NoticeReceipt.notice_id == notice_id, NoticeReceipt.version == version
    )
    return (await uow.session.scalars(query)).all()


async def publicities(uow: UnitOfWork) -> Sequence[tuple[Publicity, Notice]]:
    """What stands at this moment anywhere and whose end hasn't been announced."""
    query = select(Publicity, Notice).join(Notice, Notice.id == Publicity.notice_id)
    running = query.where(Notice.state == State.PUBLISHED, Publicity.told_at.is_(None), Publicity.ends_on.is_not(None))
    return [(publicity, notice) for publicity, notice in await uow.session.execute(running.order_by(Notice.id))]


async def standing(uow: UnitOfWork, branch_ids: Collection[int], today: date) -> Sequence[tuple[Publicity, Notice]]:
    """What these branches show to be objected to on this day."""
    query = select(Publicity, Notice).join(Notice, Notice.id == Publicity.notice_id)
    here = query.where(Notice.branch_id.in_(branch_ids), Notice.state == State.PUBLISHED, Publicity.ends_on >= today)
    return [(publicity, notice) for publicity, notice in await uow.session.execute(here.order_by(Notice.id))]


async def letter(uow: UnitOfWork, branch_id: int, no: int) -> Letter | None:
    return (await uow.session.scalars(select(Letter).where(Letter.branch_id == branch_id, Letter.no == no))).first()


async def objections(uow: UnitOfWork, notice_id: int) -> int:
    query = select(func.count()).select_from(Letter).where(Letter.notice_id == notice_id)
    return int((await uow.session.execute(query)).scalar_one())


async def letters_of(uow: UnitOfWork, member_id: int) -> int:
    query = select(func.count()).select_from(Letter).where(Letter.member_id == member_id)
    return int((await uow.session.execute(query)).scalar_one())


async def forget_letters(uow: UnitOfWork, member_id: int, name: str, instead: str) -> None:
    await uow.session.execute(update(Letter).where(Letter.member_id == member_id).values(member_id=None))
    named = update(Letter).where(Letter.text.contains(name, autoescape=True))
    await uow.session.execute(named.values(text=func.replace(Letter.text, name, instead)))


async def published(
    uow: UnitOfWork, branch_id: int, category: str, year: int | None, ways: Collection[Collection[str]]
) -> Sequence[Notice]:
    """What a branch made public, oldest first: of a category, a year of China's calendar, with all words of one of the
    ``ways`` in it."""
    query = select(Notice).where(Notice.branch_id == branch_id, Notice.published_at.is_not(None))
    query = query.where(Notice.scope != Scope.PEOPLE)
    if category:
        query = query.where(Notice.category == category)
    if year is not None:
        first, after = (datetime(each, 1, 1, tzinfo=CHINA) for each in (year, year + 1))
        query = query.where(Notice.published_at >= first, Notice.published_at < after)
    if ways:
        query = query.where(or_(*(and_(*(Notice.text.icontains(w, autoescape=True) for w in way)) for way in ways)))
    return (await uow.session.scalars(query.order_by(Notice.published_at, Notice.no))).all()


async def publicity_of(uow: UnitOfWork, ids: Collection[int]) -> dict[int, Publicity]:
    """The 公示 among these notices."""
    rows = await uow.session.scalars(select(Publicity).where(Publicity.notice_id.in_(ids)))
    return {row.notice_id: row for row in rows}


async def receipt_counts(uow: UnitOfWork, ids: Collection[int]) -> dict[int, int]:
    """How many have confirmed the newest version of these notices."""
    r, n = NoticeReceipt, Notice
    query = select(r.notice_id, func.count()).join(n, and_(n.id == r.notice_id, n.version == r.version))
    rows = await uow.session.execute(query.where(r.notice_id.in_(ids)).group_by(r.notice_id))
    return {row[0]: row[1] for row in rows}


async def files(uow: UnitOfWork) -> Sequence[str]:
    """What names the pictures and files of notices."""
    with_any = or_(Notice.pictures != "[]", Notice.files != "[]")
    return (await uow.session.scalars(select(Notice.pictures + Notice.files).where(with_any))).all()


async def names_of(uow: UnitOfWork, members: Collection[int | None]) -> dict[int, str]:
    rows = await uow.session.execute(select(Member.id, Member.name).where(Member.id.in_(members)))
    return {row[0]: row[1] for row in rows}


async def steps(uow: UnitOfWork, branch_id: int, subject: str) -> list[tuple[datetime, str, str, str]]:
    """(when, who, what, why) of everything that was done to this notice of the branch."""
    e = AuditEntry
    query = select(e.at, e.actor, e.action, e.reason).where(e.branch_id == branch_id, e.subject == subject)
    rows = await uow.session.execute(query.where(e.action.startswith("notice.")).order_by(e.at, e.id))
    return [(at, actor, action, reason) for at, actor, action, reason in rows]


async def letters(uow: UnitOfWork, branch_id: int, limit: int) -> Sequence[Letter]:
    query = select(Letter).where(Letter.branch_id == branch_id).order_by(Letter.no.desc()).limit(limit)
    return (await uow.session.scalars(query)).all()


async def account_of(uow: UnitOfWork, member_id: int) -> MemberAccount | None:
    return (await uow.session.scalars(select(MemberAccount).where(MemberAccount.member_id == member_id))).first()


async def templates(uow: UnitOfWork, branch_id: int) -> dict[str, str]:
    """The branch's own, by name."""
    query = select(NoticeTemplate).where(NoticeTemplate.branch_id == branch_id).order_by(NoticeTemplate.name)
    return {row.name: row.text for row in await uow.session.scalars(query)}


async def keep_template(uow: UnitOfWork, branch_id: int, name: str, text: str) -> None:
    statement = upsert(uow.session, NoticeTemplate).values(branch_id=branch_id, name=name, text=text)
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["branch_id", "name"], set_={"text": text})
    )


async def drop_template(uow: UnitOfWork, branch_id: int, name: str) -> None:
    row = await uow.session.get(NoticeTemplate, (branch_id, name))
    if row is not None:
        await uow.session.delete(row)
