"""Use cases of 培训: set up a course, drop it, see how it and those who take part stand. Its sessions are meetings, so
that they are called, reminded of, signed in to and counted like any other."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.hours import booking
from bot.hours.rules import split_hours
from bot.meeting import circle, closing, course_repository, resolutions, sayings
from bot.meeting.models import Course, Meeting
from bot.notice import announcing, categories
from bot.notice.announcing import Announced

NAME = 60
LONGEST = 200
"""Characters of all that is said about a course."""
EXAMPLE = "培训新建 入党积极分子培训班 8学时 12月1日前报名"

_EVERYBODY = re.compile(r"(?:^|[\s,])全体(?:党员)?(?:参加)?(?=[\s,]|$)")
_CLOSES = re.compile(r"[\s,;。]*(?:报名)?(?:截止)?(?:到|至)?[\s,;。]*$")


@dataclass(frozen=True)
class Wanted:
    """A course as somebody wants it; ``everybody``: all members are in it and nobody has to enrol."""

    name: str
    halves: int
    closes_on: date | None
    everybody: bool


@dataclass(frozen=True)
class Participant:
    """``halves`` are the half hours that somebody has had from the course."""

    member_id: int
    name: str
    halves: int


@dataclass(frozen=True)
class Standing:
    """A course as it stands. ``short`` are those who haven't all its hours yet."""

    course: Course
    sessions: tuple[Meeting, ...]
    people: tuple[Participant, ...]

    @property
    def short(self) -> tuple[Participant, ...]:
        return tuple(one for one in self.people if one.halves < self.course.halves)

    def over(self, now: datetime) -> bool:
        """Whether there was a session and none is to come."""
        return bool(self.sessions) and all(one.ends_at <= now for one in self.sessions)

    def open(self, now: datetime, today: date) -> bool:
        """Whether one may enrol."""
        closes = self.course.closes_on
        return not self.over(now) and (closes is None or today <= closes)


def read(text: str, today: date) -> Wanted:
    """「入党积极分子培训班 8学时 12月1日前报名」. Raises ``UserError`` saying what is missing."""
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(text) > LONGEST:
        raise UserError(f"写得太长了。请写培训的名称、学时和哪天前报名,比如:{EXAMPLE}")
    everybody = bool(_EVERYBODY.search(text))
    found = split_hours(_EVERYBODY.sub(" ", text))
    if found is None:
        raise UserError(f"请写学满多少学时,比如:{EXAMPLE}")
    halves, before, after = found
    rest, closes_on = resolutions.split_due(f"{before} {after}".replace("截止", " 截止 ").strip(), today)
    name = _CLOSES.sub("", rest).strip()
    if not 2 <= len(name) <= NAME:
        raise UserError(f"请写培训的名称(2 到 {NAME} 字),比如:{EXAMPLE}")
    return Wanted(name, halves, closes_on, everybody)


async def set_up(uow: UnitOfWork, actor: Actor, wanted: Wanted) -> tuple[Course, Announced | None]:
    """Store the course and make it known to the group, if there is one. Raises ``UserError``, ``NotAllowed``."""
    actor = await circle.convening(uow, actor)
    course = Course(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "course"),
        name=wanted.name,
        halves=wanted.halves,
        closes_on=wanted.closes_on,
        created_at=uow.now,
    )
    uow.session.add(course)
    await uow.session.flush()
    await audit.record(uow, actor, "course.new", f"培训 {course.no}")
    if wanted.everybody:
        members = await circle.everybody(uow, actor.branch, branch.today(uow))
        await course_repository.enrol(uow, course.id, [one.member_id for one in members])
    if not await branch.groups_of(uow, actor.branch):
        return course, None
    text = sayings.course(course, everybody=wanted.everybody)
    announced = await announcing.announce(uow, actor, text, None, categories.OF_STUDY)
    course.notice_id = announced.id
    return course, announced


async def droppable(uow: UnitOfWork, actor: Actor, no: int) -> Course:
    """A course that may be dropped. Raises ``UserError`` for one that has sessions, ``NotFound``, ``NotAllowed``."""
    await circle.convening(uow, actor)
    course = await circle.course(uow, actor, no)
    sessions = (await course_repository.sessions(uow, [course.id])).get(course.id, [])
    if coming := "、".join(str(one.no) for one in sessions if one.ends_at > uow.now):
        raise UserError(f"培训 {no} 还有课没上(会议 {coming})。请先一个个取消,比如:会议取消 {coming.split('、')[0]}")
    if sessions:
        raise UserError(f"培训 {no} 已经上过课,留着作记录,不能取消。")
    return course


async def drop(uow: UnitOfWork, actor: Actor, no: int) -> Course:
    """It won't be; those who read of it are told so. Raises like ``droppable``."""
    course = await droppable(uow, actor, no)
    course.dropped = True
    await audit.record(uow, actor, "course.drop", f"培训 {no}")
    if course.notice_id is not None:
        text = f"培训 {no}「{course.name}」取消,不办了。"
        await announcing.call_off(uow, await circle.here(uow, actor), course.notice_id, text)
    return course


async def standing(uow: UnitOfWork, actor: Actor, no: int) -> Standing:
    """Raises ``NotFound``."""
    return (await _standings(uow, [await circle.course(uow, actor, no)]))[0]


async def standings(uow: UnitOfWork, actor: Actor, since: datetime) -> list[Standing]:
    """The courses of the branch with something since then, by number."""
    here = await circle.here(uow, actor)
    found = await _standings(uow, await course_repository.of_branch(uow, here.branch))
    return [one for one in found if one.course.created_at >= since or any(s.ends_at >= since for s in one.sessions)]


async def _standings(uow: UnitOfWork, courses: Sequence[Course]) -> list[Standing]:
    sessions = await course_repository.sessions(uow, [one.id for one in courses])
    found = []
    for course in courses:
        held = tuple(sessions.get(course.id, ()))
        given = await booking.given(uow, [closing.origin(one.id) for one in held])
        people = await branch.people(uow, await course_repository.enrolled(uow, course.id))
        listed = tuple(Participant(one.member_id, one.name, given.get(one.member_id, 0)) for one in people)
        found.append(Standing(course, held, listed))
    return found
