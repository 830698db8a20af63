"""Use cases of taking part in a course: enrol, be put in by the committee, be out again. The lists of its sessions to
come follow."""

from collections.abc import Sequence

from bot.branch import audit, telling
from bot.branch import service as branch
from bot.branch.actor import COMMITTEE, Actor
from bot.branch.models import Member
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, UserError
from bot.meeting import circle, course_repository, courses, repository, sayings
from bot.meeting.courses import Standing
from bot.meeting.models import Meeting

ORIGIN = "meeting.course"


async def open_ones(uow: UnitOfWork, actor: Actor) -> list[Standing]:
    """The courses of the branch in which one may enrol now."""
    found = await courses.standings(uow, actor, uow.now.replace(year=uow.now.year - 1, day=1))
    return [one for one in found if one.open(uow.now, branch.today(uow))]


async def enrol(uow: UnitOfWork, actor: Actor, no: int | None) -> tuple[Standing, bool] | None:
    """Enrol the speaker in this course, or in the only one that is open; (it, whether they weren't in before). None
    where no number is said and none is open. Raises ``UserError``, ``NotFound``."""
    if no is None:
        found = await open_ones(uow, actor)
        if not found:
            return None
        if len(found) > 1:
            listed = "、".join(f"{one.course.no}({one.course.name})" for one in found[:5])
            raise UserError(f"有几个培训在报名:{listed}。\n请写上编号,比如:报名 {found[0].course.no}")
        no = found[0].course.no
    wanted = await courses.standing(uow, actor, no)
    if actor.member_id in {one.member_id for one in wanted.people}:
        return wanted, False
    if not wanted.open(uow.now, branch.today(uow)):
        raise UserError(f"培训 {no}「{wanted.course.name}」报名已经截止,想参加请找支委。")
    await _put_in(uow, wanted, [actor.myself])
    await audit.record(uow, actor, "course.enrol", f"培训 {no}")
    return await courses.standing(uow, actor, no), True


async def put_in(uow: UnitOfWork, actor: Actor, no: int, members: Sequence[Member]) -> tuple[Standing, int]:
    """The committee enrols others, each of whom is told; (the course, how many weren't in before). Raises
    ``UserError``, ``NotFound``, ``NotAllowed``."""
    wanted = await courses.standing(uow, actor, no)
    here = await circle.convening(uow, actor)
    if wanted.over(uow.now):
        raise UserError(f"培训 {no} 已经上完了,不能再报名。")
    there = {one.member_id for one in wanted.people}
    new = [one.id for one in members if one.id not in there]
    await _put_in(uow, wanted, new)
    await audit.record(uow, actor, "course.put_in", f"培训 {no}", detail={"people": len(new)})
    text = sayings.put_in(wanted.course, _coming(uow, wanted))
    for one in await branch.people(uow, [member for member in new if member != actor.member_id]):
        if one.account is not None:
            key = f"meeting-course:{wanted.course.id}:{one.member_id}:{uow.now:%Y%m%d%H%M}"
            target = telling.private(one.account, actor.account)
            await telling.tell(uow, here.branch, target, text, key, f"{ORIGIN}:{wanted.course.id}")
    return await courses.standing(uow, actor, no), len(new)


async def withdraw(uow: UnitOfWork, actor: Actor, no: int, member: Member) -> Standing:
    """Take the speaker, or (the committee) somebody, out. What they have attended stays. Raises ``UserError``,
    ``NotFound``, ``NotAllowed``."""
    wanted = await courses.standing(uow, actor, no)
    if member.id != actor.member_id and not (await circle.here(uow, actor)).may(COMMITTEE):
        raise NotAllowed("给别人取消报名由支委来做。自己不去了发「取消报名 编号」。")
    if wanted.over(uow.now):
        raise UserError(f"培训 {no} 已经上完了,不能取消报名。")
    to_come = [one.id for one in _coming(uow, wanted)]
    await repository.lock_all(uow, to_come)
    if not await course_repository.withdraw(uow, wanted.course.id, member.id):
        raise UserError(f"{member.name}没有报名培训 {no}。")
    await course_repository.expect_no_more(uow, to_come, member.id)
    await audit.record(uow, actor, "course.withdraw", f"培训 {no} member:{member.id}")
    return wanted


def _coming(uow: UnitOfWork, wanted: Standing) -> list[Meeting]:
    return [one for one in wanted.sessions if one.starts_at > uow.now]


async def _put_in(uow: UnitOfWork, wanted: Standing, members: Sequence[int]) -> None:
    to_come = [one.id for one in wanted.sessions if one.ends_at > uow.now]
    await repository.lock_all(uow, to_come)
    await course_repository.enrol(uow, wanted.course.id, members)
    await course_repository.expect(uow, to_come, members)
