"""Use cases of signing in to a meeting: by word, by reaction, by the number at the place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.meeting import circle, repository, rules
from bot.meeting.attendance import window
from bot.meeting.models import Meeting, Method, State
from bot.meeting.rules import Window

AHEAD = timedelta(hours=24)
"""How long before it somebody who signs in too early is told when they may."""


class Refused(Enum):
    """Why a sign-in wasn't taken."""

    NONE = "nothing that could be meant"
    EARLY = "not open yet"
    OVER = "closed"
    NOT_LISTED = "not on its list"
    UNKNOWN = "on no roster, where everybody is to come"
    NEEDS_CODE = "the number at the place is wanted"
    WRONG_CODE = "not the number at the place"
    LOCKED = "too many wrong numbers"


@dataclass(frozen=True)
class SignedIn:
    """It is recorded. ``first`` is False if it had been before."""

    meeting: Meeting
    first: bool
    late: bool


@dataclass(frozen=True)
class NotSigned:
    """Nothing was recorded but a wrong number; ``meeting`` is which one was meant, if any."""

    why: Refused
    meeting: Meeting | None = None
    opens: datetime | None = None


@dataclass(frozen=True)
class Several:
    """More than one is open for this member."""

    meetings: tuple[Meeting, ...]


Outcome = SignedIn | NotSigned | Several


async def sign_in(
    uow: UnitOfWork,
    actor: Actor,
    method: Method,
    *,
    no: int | None = None,
    code: str = "",
    meeting_id: int | None = None,
) -> Outcome:
    """「签到」: for the meeting that is said, by the number at the place, or for the only one that is open for them."""
    if actor.member_id is None:
        return await _unknown(uow, actor)
    near = list(await repository.of_member(uow, actor.member_id, uow.now - AHEAD, uow.now + AHEAD))
    if meeting_id is not None:
        near = [one for one in near if one.id == meeting_id]
    elif no is not None:
        near = [one for one in near if one.no == no]
    if not near:
        return await _not_listed(uow, actor, no)
    windows = {one.id: await window(uow, one) for one in near}
    now = [one for one in near if windows[one.id].opens <= uow.now < windows[one.id].closes]
    if code and (shown := [one for one in now if one.code == code]):
        now, method = shown, Method.CODE
    if len(now) > 1:
        return Several(tuple(now))
    if not now:
        coming = [one for one in near if windows[one.id].opens > uow.now]
        over = [one for one in near if one not in coming]
        if coming and not any(one.ends_at > uow.now - timedelta(hours=1) for one in over):
            return NotSigned(Refused.EARLY, coming[0], windows[coming[0].id].opens)
        return await _after(uow, actor, over[-1])
    return await _sign(uow, actor, now[0], windows[now[0].id], method, code)


async def _unknown(uow: UnitOfWork, actor: Actor) -> NotSigned:
    """Somebody whom we don't know says it while all of the group are to sign in: they would think that they had."""
    if actor.branch_id is not None and actor.group_id is not None and not actor.is_guest:
        found = await _not_listed(uow, actor, None)
        if found.meeting is not None and await circle.public(uow, found.meeting):
            return NotSigned(Refused.UNKNOWN, found.meeting)
    return NotSigned(Refused.NONE)


async def _not_listed(uow: UnitOfWork, actor: Actor, no: int | None) -> NotSigned:
    if actor.branch_id is None:
        return NotSigned(Refused.NONE)
    for one in await repository.coming(uow, (await circle.here(uow, actor)).branch, uow.now, 10):
        if (no is None and (await window(uow, one)).opens <= uow.now) or one.no == no:
            return NotSigned(Refused.NOT_LISTED, one)
    return NotSigned(Refused.NONE)


async def _after(uow: UnitOfWork, actor: Actor, meeting: Meeting) -> Outcome:
    found = await repository.person(uow, meeting.id, actor.member_id or 0)
    if found is not None and found.signed_at is not None:
        return SignedIn(meeting, False, found.late)
    return NotSigned(Refused.OVER, meeting)


async def _sign(uow: UnitOfWork, actor: Actor, meeting: Meeting, when: Window, method: Method, code: str) -> Outcome:
    await repository.lock(uow, meeting.id)
    found = await repository.person(uow, meeting.id, actor.member_id or 0)
    if found is None:
        return NotSigned(Refused.NOT_LISTED, meeting)  # taken off its list this very moment
    if found.signed_at is not None or meeting.state != State.CALLED:  # or ended, or called off
        return await _after(uow, actor, meeting)
    if found.wrong >= rules.WRONG_MOST:
        return NotSigned(Refused.LOCKED, meeting)
    if code and code != meeting.code:
        found.wrong += 1
        return NotSigned(Refused.WRONG_CODE, meeting)
    if method is not Method.CODE and await branch.setting(uow, meeting.branch_id, "meeting_code") == "开":
        return NotSigned(Refused.NEEDS_CODE, meeting)
    found.signed_at, found.method, found.late = uow.now, method, uow.now > when.late_from
    found.excused_at, found.reason = None, ""
    return SignedIn(meeting, True, found.late)
