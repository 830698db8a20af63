"""Every query about meetings, scoped to a branch or to a member."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete, exists, func, select, update

from bot.branch.models import Branch, BranchKind, Leave, Member
from bot.core.clock import to_local
from bot.core.db import UnitOfWork, changed
from bot.meeting.models import Meeting, MeetingPerson, MeetingPlan, Minutes, State, Task, TaskKind
from bot.meeting.rules import Person


async def by_no(uow: UnitOfWork, branch_id: int, no: int) -> Meeting | None:
    query = select(Meeting).where(Meeting.branch_id == branch_id, Meeting.no == no)
    return (await uow.session.scalars(query)).one_or_none()


async def groups_below(uow: UnitOfWork, path: str) -> Sequence[Branch]:
    """The 党小组 right below the branch at ``path``."""
    query = select(Branch).where(Branch.path.startswith(path, autoescape=True), Branch.path != path)
    return (await uow.session.scalars(query.where(Branch.kind == BranchKind.GROUP).order_by(Branch.id))).all()


async def people(uow: UnitOfWork, meeting: Meeting) -> list[Person]:
    """Everybody on the list of a meeting, as it stands. A leave of that day excuses."""
    day: date = to_local(meeting.starts_at).date()
    away = exists().where(Leave.member_id == Member.id, Leave.first_day <= day, Leave.last_day >= day)
    query = (
        select(MeetingPerson, Member.name, Member.left_on, away)
        .join(Member, Member.id == MeetingPerson.member_id)
        .where(MeetingPerson.meeting_id == meeting.id)
        .order_by(MeetingPerson.member_id)
        .execution_options(populate_existing=True)
    )
    return [
        Person(
            one.member_id,
            name,
            one.expected,
            one.voting,
            one.signed_at,
            one.late,
            one.left_at,
            one.excused_at is not None or on_leave,
            left_on is not None and left_on <= day,
            one.method,
            one.reason,
        )
        for one, name, left_on, on_leave in await uow.session.execute(query)
    ]


async def listed(uow: UnitOfWork, meeting_id: int) -> Sequence[int]:
    """Who is on the list of a meeting."""
    query = select(MeetingPerson.member_id).where(MeetingPerson.meeting_id == meeting_id)
    return (await uow.session.scalars(query)).all()


async def relist(uow: UnitOfWork, meeting_id: int, wanted: Mapping[int, tuple[bool, bool]]) -> None:
    """Make the list of a meeting say that these members are on it, and whether each is expected and has a vote. Who has
    signed in or asked leave stays as they are."""
    query = select(MeetingPerson).where(MeetingPerson.meeting_id == meeting_id)
    query = query.execution_options(populate_existing=True)
    listed = {one.member_id: one for one in await uow.session.scalars(query)}
    for one in listed.values():
        if one.signed_at is not None or one.excused_at is not None:
            continue
        if one.member_id in wanted:
            one.expected, one.voting = wanted[one.member_id]
        else:
            await uow.session.delete(one)
    uow.session.add_all(
        MeetingPerson(meeting_id=meeting_id, member_id=member, expected=expected, voting=voting)
        for member, (expected, voting) in wanted.items()
        if member not in listed
    )
    await uow.session.flush()


async def forget_signatures(uow: UnitOfWork, meeting_id: int) -> None:
    """Nobody has signed in: it is another time now."""
    at = MeetingPerson.meeting_id == meeting_id
    await uow.session.execute(
        update(MeetingPerson).where(at).values(signed_at=None, method="", late=False, left_at=None)
    )


async def person(uow: UnitOfWork, meeting_id: int, member_id: int) -> MeetingPerson | None:
    return await uow.session.get(MeetingPerson, (meeting_id, member_id))


async def coming(uow: UnitOfWork, branch_id: int, now: datetime, limit: int) -> Sequence[Meeting]:
    """The meetings that are called and haven't ended, the next first."""
    query = select(Meeting).where(Meeting.branch_id == branch_id, Meeting.state == State.CALLED, Meeting.ends_at > now)
    return (await uow.session.scalars(query.order_by(Meeting.starts_at, Meeting.id).limit(limit))).all()


async def of_member(uow: UnitOfWork, member_id: int, since: datetime, until: datetime) -> Sequence[Meeting]:
    """The meetings of this member, called or held, that touch the time between, the earliest first."""
    query = (
        select(Meeting)
        .join(MeetingPerson, MeetingPerson.meeting_id == Meeting.id)
        .where(MeetingPerson.member_id == member_id, Meeting.starts_at < until, Meeting.ends_at > since)
        .where(Meeting.state.in_([State.CALLED, State.HELD, State.FAILED]))
    )
    return (await uow.session.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def expecting(uow: UnitOfWork, member_id: int, since: datetime) -> Sequence[Meeting]:
    """The meetings to which this member is to come, those called off as well, that began after then."""
    query = (
        select(Meeting)
        .join(MeetingPerson, MeetingPerson.meeting_id == Meeting.id)
        .where(MeetingPerson.member_id == member_id, MeetingPerson.expected, Meeting.starts_at > since)
    )
    return (await uow.session.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def overlapping(
    uow: UnitOfWork, members: Collection[int], starts: datetime, ends: datetime, but: int | None = None
) -> list[tuple[Meeting, int]]:
    """(a meeting at the same time, how many of ``members`` are to come to it)."""
    query = (
        select(Meeting, func.count())
        .join(MeetingPerson, MeetingPerson.meeting_id == Meeting.id)
        .where(Meeting.state == State.CALLED, Meeting.starts_at < ends, Meeting.ends_at > starts)
        .where(MeetingPerson.member_id.in_(members), MeetingPerson.expected.is_(True), Meeting.id != (but or 0))
        .group_by(Meeting.id)
        .order_by(Meeting.id)
    )
    return [(meeting, count) for meeting, count in await uow.session.execute(query)]


async def any_due(uow: UnitOfWork) -> bool:
    return await uow.session.scalar(select(Meeting.id).where(Meeting.next_at <= uow.now).limit(1)) is not None


async def due(uow: UnitOfWork) -> Meeting | None:
    """The first meeting for which the clock has something to do and at which nobody else is."""
    query = select(Meeting).where(Meeting.next_at <= uow.now).order_by(Meeting.id).limit(1)
    return (await uow.session.scalars(query.with_for_update(key_share=True, skip_locked=True))).one_or_none()


async def lock(uow: UnitOfWork, meeting_id: int) -> Meeting:
    """The meeting, ours alone until the end of the unit of work."""
    return await uow.session.get_one(Meeting, meeting_id, with_for_update={"key_share": True}, populate_existing=True)


async def lock_all(uow: UnitOfWork, meetings: Collection[int]) -> None:
    """Have these ours alone: their lists are changed."""
    query = select(Meeting.id).where(Meeting.id.in_(meetings)).order_by(Meeting.id)
    await uow.session.execute(query.with_for_update(key_share=True))


async def latest(uow: UnitOfWork, branch_id: int, before: datetime) -> Meeting | None:
    """The meeting that began last."""
    query = select(Meeting).where(Meeting.branch_id == branch_id, Meeting.starts_at <= before)
    query = query.where(Meeting.state != State.CANCELLED).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    return (await uow.session.scalars(query.limit(1))).one_or_none()


async def between(
    uow: UnitOfWork, branch_id: int, start: datetime, end: datetime, states: Collection[State]
) -> Sequence[Meeting]:
    """The meetings of a branch and its groups that begin in this time, in the order of time."""
    query = select(Meeting).where(Meeting.branch_id == branch_id, Meeting.starts_at >= start, Meeting.starts_at < end)
    query = query.where(Meeting.state.in_(list(states)))
    return (await uow.session.scalars(query.order_by(Meeting.starts_at, Meeting.id))).all()


async def branches_below(uow: UnitOfWork, path: str) -> Sequence[int]:
    """Every 支部 at ``path`` or below."""
    query = select(Branch.id).where(Branch.path.startswith(path, autoescape=True), Branch.kind == BranchKind.BRANCH)
    return (await uow.session.scalars(query.order_by(Branch.path))).all()


async def keeping_meetings(uow: UnitOfWork, since: datetime) -> list[tuple[int, str]]:
    """(branch id, our account there) of the 支部 that have had a meeting here since then."""
    query = (
        select(Meeting.branch_id, func.max(Meeting.account))
        .join(Branch, Branch.id == Meeting.branch_id)
        .where(Meeting.starts_at >= since, Branch.kind == BranchKind.BRANCH)
        .group_by(Meeting.branch_id)
        .order_by(Meeting.branch_id)
    )
    return [(branch_id, account) for branch_id, account in await uow.session.execute(query)]


async def plan(uow: UnitOfWork, branch_id: int, year: int) -> Sequence[MeetingPlan]:
    query = select(MeetingPlan).where(MeetingPlan.branch_id == branch_id, MeetingPlan.year == year)
    return (await uow.session.scalars(query.order_by(MeetingPlan.day, MeetingPlan.no))).all()


async def drop_plan(uow: UnitOfWork, branch_id: int, year: int) -> None:
    at = (MeetingPlan.branch_id == branch_id, MeetingPlan.year == year)
    await uow.session.execute(delete(MeetingPlan).where(*at))


async def names_of(uow: UnitOfWork, path: str) -> list[tuple[int, str]]:
    """(member id, name) of everybody on the roster of the branch at ``path`` and below."""
    query = (
        select(Member.id, Member.name)
        .join(Branch, Branch.id == Member.branch_id)
        .where(Branch.path.startswith(path, autoescape=True), Member.left_on.is_(None))
    )
    return [(member_id, name) for member_id, name in await uow.session.execute(query.order_by(Member.id))]


async def tasks_of(uow: UnitOfWork, member_id: int) -> Sequence[Task]:
    """What this member still has to see to, what is due first in front."""
    query = select(Task).where(Task.member_id == member_id, Task.done_at.is_(None), Task.dropped.is_(False))
    return (await uow.session.scalars(query.order_by(Task.due.is_(None), Task.due, Task.id))).all()


async def tasks(uow: UnitOfWork, branch_id: int, kind: TaskKind, year: int | None = None) -> Sequence[Task]:
    """Those of a branch by number; of a year those due in it."""
    query = select(Task).where(Task.branch_id == branch_id, Task.kind == kind, Task.dropped.is_(False))
    if year is not None:
        query = query.where(Task.due >= date(year, 1, 1), Task.due <= date(year, 12, 31))
    return (await uow.session.scalars(query.order_by(Task.no))).all()


async def task(uow: UnitOfWork, branch_id: int, kind: TaskKind, no: int) -> Task | None:
    query = select(Task).where(Task.branch_id == branch_id, Task.kind == kind, Task.no == no)
    return (await uow.session.scalars(query.where(Task.dropped.is_(False)))).one_or_none()


async def tasks_from(uow: UnitOfWork, meeting_id: int) -> Sequence[Task]:
    """What the resolutions of a meeting have become, by their number in the minutes."""
    query = select(Task).where(Task.meeting_id == meeting_id, Task.dropped.is_(False))
    return (await uow.session.scalars(query.order_by(Task.item))).all()


async def due_between(uow: UnitOfWork, first: date, last: date) -> Sequence[Task]:
    """What is due in these days, is somebody's and isn't done."""
    query = select(Task).where(Task.due >= first, Task.due <= last, Task.member_id.is_not(None))
    query = query.where(Task.done_at.is_(None), Task.dropped.is_(False))
    return (await uow.session.scalars(query.order_by(Task.id))).all()


async def due_below(uow: UnitOfWork, path: str, first: date, last: date) -> list[tuple[Task, int, str]]:
    """(what is due in these days, its branch, the name of that) of the branch at ``path`` and those below."""
    query = select(Task, Branch.id, Branch.name).join(Branch, Branch.id == Task.branch_id)
    query = query.where(Branch.path.startswith(path, autoescape=True), Task.due >= first, Task.due <= last)
    query = query.where(Task.dropped.is_(False)).order_by(Branch.path, Task.due, Task.id)
    return [(task, branch_id, name) for task, branch_id, name in await uow.session.execute(query)]


async def minutes_of(uow: UnitOfWork, meeting_ids: Collection[int]) -> dict[int, Minutes]:
    query = select(Minutes).where(Minutes.meeting_id.in_(meeting_ids))
    return {one.meeting_id: one for one in await uow.session.scalars(query)}


async def files(uow: UnitOfWork) -> Sequence[str]:
    """What names the files that belong to minutes."""
    return (await uow.session.scalars(select(Minutes.files).where(Minutes.files != "[]"))).all()


async def listed_on(uow: UnitOfWork, member_id: int) -> int:
    query = select(func.count()).select_from(MeetingPerson).where(MeetingPerson.member_id == member_id)
    return int(await uow.session.scalar(query) or 0)


async def forget_reasons(uow: UnitOfWork, member_id: int) -> None:
    """Nothing says any more why this member was away or late, or what they said of their tasks."""
    await uow.session.execute(update(MeetingPerson).where(MeetingPerson.member_id == member_id).values(reason=""))
    await uow.session.execute(update(Task).where(Task.member_id == member_id).values(note=""))


async def drop_reasons(uow: UnitOfWork, before: datetime) -> int:
    """Why people were away from meetings before then goes, of some meetings at a time; how many rows changed."""
    p = MeetingPerson
    old = select(p.meeting_id).join(Meeting, Meeting.id == p.meeting_id).where(Meeting.ends_at < before, p.reason != "")
    some = old.order_by(p.meeting_id).limit(1)
    dropped = update(p).where(p.meeting_id.in_(some), p.reason != "").values(reason="")
    return await changed(uow.session, dropped.execution_options(synchronize_session=False))


async def forget_name(uow: UnitOfWork, name: str, instead: str) -> None:
    """``instead`` stands for ``name`` in what was written down."""
    for table, column in ((Minutes, Minutes.text), (Task, Task.text)):
        rows = update(table).where(column.contains(name, autoescape=True))
        await uow.session.execute(rows.values({column: func.replace(column, name, instead)}))
