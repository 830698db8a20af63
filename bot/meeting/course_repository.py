"""Every query about courses, their sessions and who takes part, scoped to a branch or to a member."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select

from bot.branch.models import Member
from bot.core.db import UnitOfWork, insert_ignore
from bot.meeting.models import Course, Enrolment, Meeting, MeetingPerson, State


async def by_no(uow: UnitOfWork, branch_id: int, no: int) -> Course | None:
    query = select(Course).where(Course.branch_id == branch_id, Course.no == no, Course.dropped.is_(False))
    return (await uow.session.scalars(query)).one_or_none()


async def of_branch(uow: UnitOfWork, branch_id: int) -> Sequence[Course]:
    query = select(Course).where(Course.branch_id == branch_id, Course.dropped.is_(False))
    return (await uow.session.scalars(query.order_by(Course.no))).all()


async def sessions(uow: UnitOfWork, course_ids: Collection[int]) -> dict[int, list[Meeting]]:
    """Course id → its sessions that aren't called off, in the order of time."""
    query = select(Meeting).where(Meeting.course_id.in_(course_ids), Meeting.state != State.CANCELLED)
    found: dict[int, list[Meeting]] = {}
    for one in await uow.session.scalars(query.order_by(Meeting.starts_at, Meeting.id)):
        assert one.course_id is not None
        found.setdefault(one.course_id, []).append(one)
    return found


async def enrolled(uow: UnitOfWork, course_id: int) -> Sequence[int]:
    """Who takes part and is still on the roster, in the order in which they enrolled."""
    query = (
        select(Enrolment.member_id)
        .join(Member, Member.id == Enrolment.member_id)
        .where(Enrolment.course_id == course_id, Member.left_on.is_(None))
        .order_by(Enrolment.enrolled_at, Enrolment.member_id)
    )
    return (await uow.session.scalars(query)).all()


async def enrol(uow: UnitOfWork, course_id: int, members: Collection[int]) -> int:
    """Put these in; how many weren't before."""
    rows = [{"course_id": course_id, "member_id": one, "enrolled_at": uow.now} for one in members]
    return await insert_ignore(uow.session, Enrolment, rows, ["course_id", "member_id"])


async def withdraw(uow: UnitOfWork, course_id: int, member_id: int) -> bool:
    """Take somebody out; False if they weren't in."""
    found = await uow.session.get(Enrolment, (course_id, member_id))
    if found is None:
        return False
    await uow.session.delete(found)
    return True


async def expect(uow: UnitOfWork, meetings: Collection[int], members: Collection[int]) -> None:
    """Put these on the lists of sessions to come."""
    rows = [
        {"meeting_id": meeting, "member_id": member, "expected": True, "voting": False, "late": False, "wrong": 0}
        for meeting in meetings
        for member in members
    ]
    for start in range(0, len(rows), 500):
        part = [{**row, "method": "", "reason": ""} for row in rows[start : start + 500]]
        await insert_ignore(uow.session, MeetingPerson, part, ["meeting_id", "member_id"])


async def expect_no_more(uow: UnitOfWork, meetings: Collection[int], member_id: int) -> None:
    """Take somebody off the lists of sessions to come."""
    at = (MeetingPerson.meeting_id.in_(meetings), MeetingPerson.member_id == member_id)
    await uow.session.execute(delete(MeetingPerson).where(*at))


async def enrolments_of(uow: UnitOfWork, member_id: int) -> int:
    query = select(func.count()).select_from(Enrolment).where(Enrolment.member_id == member_id)
    return int(await uow.session.scalar(query) or 0)
