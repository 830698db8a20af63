"""Use cases of a meeting's life: call it, change it, call it off. Those concerned hear of it by a notice."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.meeting import circle, repository, rules, sayings, signing_in
from bot.meeting.circle import Circled
from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, State
from bot.meeting.reading import Change, Draft
from bot.notice import announcing
from bot.notice.announcing import Announced
from bot.scheduling.calendar import WorkdayCalendar

NUMBERS = "meeting"
SHOWN = 8
"""Meetings to come that are listed."""


@dataclass(frozen=True)
class Proposal:
    """What would be called: who would come, and what should be asked about first."""

    draft: Draft
    of: str
    people: int
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Called:
    """``announced`` is None where nobody had to be told: it is over, was never out, or nobody is to come yet."""

    meeting: Meeting
    announced: Announced | None


async def propose(uow: UnitOfWork, actor: Actor, draft: Draft, calendar: WorkdayCalendar) -> Proposal:
    """Look at what somebody wants to call; nothing is stored. Raises ``UserError``, ``NotAllowed``."""
    actor = await circle.here(uow, actor)
    called = await circle.who(uow, actor, draft)
    draft = _dressed(draft, called)
    doubts = [] if draft.past else rules.oddities(draft.starts_at, calendar)
    doubts += await _clashes(uow, called.everybody, draft.starts_at, draft.ends_at)
    return Proposal(draft, called.of.name, len(called.expected), tuple(doubts))


def _dressed(draft: Draft, called: Circled) -> Draft:
    """A session says of which course it is."""
    if called.course is None:
        return draft
    return replace(draft, agenda=f"{called.course.name}:{draft.agenda}".rstrip(":"))


async def _clashes(
    uow: UnitOfWork, people: Sequence[int], starts: datetime, ends: datetime, but: int | None = None
) -> list[str]:
    found = await repository.overlapping(uow, people, starts, ends, but)
    return [f"同一时间还有会议 {other.no}({other.kind}),有 {count} 人两边都要到" for other, count in found]


async def call(uow: UnitOfWork, actor: Actor, draft: Draft) -> Called:
    """Store the meeting with everybody who is to come, and make it known. One that is over is only recorded.

    Raises ``UserError``, ``NotAllowed``.
    """
    actor = await circle.here(uow, actor)
    called = await circle.who(uow, actor, draft)
    draft = _dressed(draft, called)
    over = draft.ends_at <= uow.now
    meeting = Meeting(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, NUMBERS),
        of_id=called.of.id,
        course_id=called.course.id if called.course else None,
        kind=draft.kind.name,
        state=State.FAILED if over else State.CALLED,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        place=draft.place,
        agenda=draft.agenda,
        chair_id=await circle.chair(uow, actor, called.of, draft.kind),
        account=actor.account,
        code=str(secrets.randbelow(9000) + 1000),
        next_at=rules.next_step(draft.starts_at, draft.ends_at, uow.now),
        created_at=uow.now,
    )
    uow.session.add(meeting)
    await uow.session.flush()
    await circle.refresh(uow, meeting)
    await audit.record(uow, actor, "meeting.call", f"会议 {meeting.no}")
    return Called(meeting, None if over else await _say(uow, actor, meeting, sayings.invitation(meeting.no, draft)))


async def get(uow: UnitOfWork, actor: Actor, no: int) -> Meeting:
    """A meeting of the 支部 for which ``actor`` speaks. Raises ``NotFound``."""
    found = await repository.by_no(uow, (await circle.here(uow, actor)).branch, no)
    if found is None:
        raise NotFound(f"没有会议 {no}。发「会议」看看有哪些。")
    return found


async def coming(uow: UnitOfWork, actor: Actor) -> Sequence[Meeting]:
    """The next meetings of the 支部 for which ``actor`` speaks."""
    return await repository.coming(uow, (await circle.here(uow, actor)).branch, uow.now, SHOWN)


async def group_names(uow: UnitOfWork, actor: Actor) -> tuple[str, ...]:
    """Those of the 党小组 of that 支部."""
    home = await circle.here(uow, actor)
    return tuple(one.name for one in await circle.groups(uow, home.branch))


async def led(uow: UnitOfWork, actor: Actor, no: int | None) -> Meeting:
    """A meeting that ``actor`` may lead; without a number the one that began last. Raises ``NotFound``,
    ``NotAllowed``."""
    if no is not None:
        meeting = await get(uow, actor, no)
    else:
        home = await circle.here(uow, actor)
        found = await repository.latest(uow, home.branch, uow.now + signing_in.AHEAD)
        if found is None:
            raise NotFound("还没有开过会。发「会议」看最近有哪些。")
        meeting = found
    await circle.need_chair(uow, actor, meeting)
    return meeting


async def change(
    uow: UnitOfWork, actor: Actor, no: int, wanted: Change, calendar: WorkdayCalendar
) -> tuple[Meeting, str, tuple[str, ...]]:
    """What a change would look like: (the meeting as it is, its new invitation, doubts). Nothing is stored.

    Raises ``UserError``, ``NotFound``, ``NotAllowed``.
    """
    meeting = await changeable(uow, actor, no)
    new = _changed(meeting, wanted)
    doubts = rules.oddities(new.starts_at, calendar) if wanted.starts_at else []
    people = [one.member_id for one in await repository.people(uow, meeting) if one.expected]
    doubts += await _clashes(uow, people, new.starts_at, new.ends_at, meeting.id)
    return meeting, sayings.invitation(meeting.no, new), tuple(doubts)


async def rearrange(uow: UnitOfWork, actor: Actor, no: int, wanted: Change) -> Called:
    """Change time, place or agenda; those concerned are told and asked again. Raises like ``change``."""
    meeting = await changeable(uow, actor, no)
    new = _changed(meeting, wanted)
    if new.starts_at <= uow.now:
        raise UserError("改到的时间已经过去了,请写一个以后的时间。")
    moved = new.starts_at != meeting.starts_at
    meeting.starts_at, meeting.ends_at, meeting.place, meeting.agenda = (
        new.starts_at,
        new.ends_at,
        new.place,
        new.agenda,
    )
    meeting.revision += 1
    meeting.next_at = rules.next_step(meeting.starts_at, meeting.ends_at, uow.now)
    if moved:
        await repository.forget_signatures(uow, meeting.id)
    await circle.refresh(uow, meeting)
    await audit.record(uow, actor, "meeting.change", f"会议 {no}", detail={"revision": meeting.revision})
    return Called(meeting, await _say(uow, actor, meeting, sayings.changed(no, new)))


async def call_off(uow: UnitOfWork, actor: Actor, no: int, reason: str) -> Called:
    """It won't be; those who were told are told so. Raises ``UserError``, ``NotFound``, ``NotAllowed``."""
    meeting = await changeable(uow, actor, no)
    meeting.state, meeting.next_at = State.CANCELLED, None
    await audit.record(uow, actor, "meeting.cancel", f"会议 {no}", reason[:200])
    if meeting.notice_id is None:
        return Called(meeting, None)
    speaking = await circle.here(uow, actor)
    text = sayings.cancelled(meeting, reason)
    told = await announcing.call_off(uow, speaking, meeting.notice_id, text, await _told(uow, meeting))
    return Called(meeting, told)


async def _say(uow: UnitOfWork, actor: Actor, meeting: Meeting, text: str) -> Announced | None:
    """Let those concerned know, by the notice of the meeting or by its first. None where there is nobody yet."""
    people = await _told(uow, meeting)
    if people == []:
        return None
    speaking = await circle.here(uow, actor)
    if meeting.notice_id is None:
        told = await announcing.announce(uow, speaking, text, people)
    else:
        told = await announcing.change(uow, speaking, meeting.notice_id, text, people)
    meeting.notice_id = told.id
    return told


async def _told(uow: UnitOfWork, meeting: Meeting) -> list[int] | None:
    """To whom its notice goes privately; None where the whole group may read it."""
    if await circle.public(uow, meeting):
        return None
    return [one.member_id for one in await repository.people(uow, meeting) if one.expected]


async def changeable(uow: UnitOfWork, actor: Actor, no: int) -> Meeting:
    """A meeting that ``actor`` may still change. Raises ``UserError``, ``NotFound``, ``NotAllowed``."""
    meeting = await repository.lock(uow, (await get(uow, actor, no)).id)
    await circle.need_chair(uow, actor, meeting)
    if meeting.state == State.CANCELLED:
        raise UserError(f"会议 {no} 已经取消了。")
    if meeting.state != State.CALLED or meeting.starts_at <= uow.now:
        raise UserError(f"会议 {no} 已经开始或开过了,改不了。")
    return meeting


def _changed(meeting: Meeting, wanted: Change) -> Draft:
    length = meeting.ends_at - meeting.starts_at
    starts = wanted.starts_at or meeting.starts_at
    new = Draft(
        kind(meeting.kind),
        starts,
        wanted.ends_at or starts + length,
        wanted.place or meeting.place,
        wanted.agenda or meeting.agenda,
    )
    before = (meeting.starts_at, meeting.ends_at, meeting.place, meeting.agenda)
    if before == (new.starts_at, new.ends_at, new.place, new.agenda):
        raise UserError(f"会议 {meeting.no} 本来就是这样的,没有变化。")
    return new
