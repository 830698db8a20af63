"""The calendar of somebody's meetings and of what they have to see to, for their phone: by a signed link, which is good
until they ask for another or leave the roster."""

import asyncio
import struct
from dataclasses import dataclass
from datetime import timedelta

from bot.branch import people
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.core.db import UnitOfWork
from bot.core.signing import Links
from bot.meeting import repository, tasks
from bot.meeting.models import Feed, Meeting, State, Task
from bot.rendering.calendars import Entry, calendar

ENDING = ".ics"
BACK = timedelta(days=60)
"""How long a meeting that is over stays."""
_KIND = b"C"
_FORM = struct.Struct(">cII")


@dataclass(frozen=True)
class Subscription:
    """What a link says: whose calendar, and the how many-th link it is."""

    member_id: int
    serial: int


async def link(uow: UnitOfWork, actor: Actor, links: Links, *, new: bool = False) -> str:
    """The speaker's link; with ``new`` the ones before are no good any more. Empty where there are no pages. Raises
    ``UserError``."""
    member = await people.myself(uow, actor)
    found = await uow.session.get(Feed, member.id)
    if new and found is None:
        found = Feed(member_id=member.id, serial=0)
        uow.session.add(found)
    if new and found is not None:
        found.serial += 1
    return links.to(_FORM.pack(_KIND, member.id, found.serial if found is not None else 0), ENDING)


def read(links: Links, token: str) -> Subscription | None:
    """What the last part of a link says, without its ending; None if it isn't one of ours."""
    value = links.read(token)
    if value is None or len(value) != _FORM.size or not value.startswith(_KIND):
        return None
    return Subscription(*_FORM.unpack(value)[1:])


async def feed(uow: UnitOfWork, wanted: Subscription) -> bytes | None:
    """The .ics; None for a link that is no good any more."""
    member = await uow.session.get(Member, wanted.member_id)
    found = await uow.session.get(Feed, wanted.member_id)
    if member is None or member.left_on is not None or wanted.serial != (found.serial if found is not None else 0):
        return None
    return await of_member(uow, member)


async def of_member(uow: UnitOfWork, member: Member) -> bytes:
    """The .ics of a member."""
    meetings = await repository.expecting(uow, member.id, uow.now - BACK)
    entries = [_meeting(one) for one in meetings]
    entries += [_task(one) for one in await repository.tasks_of(uow, member.id) if one.due is not None]
    name = (await branch.get(uow, member.branch_id)).name
    return await asyncio.to_thread(calendar, name, entries, uow.now)


def _meeting(one: Meeting) -> Entry:
    said = [f"议题:{one.agenda}"] if one.agenda else []
    if one.state == State.CALLED:
        said.append(f"会议 {one.no}。不能来请私聊机器人「会议请假 {one.no} 事由」。")
    off = one.state == State.CANCELLED
    uid, revision = f"meeting-{one.id}@xueban", one.revision - 1 + off
    title = one.kind if one.course_id is None else f"{one.kind}:{one.agenda[:40]}"
    return Entry(uid, one.starts_at, one.ends_at, title, one.place, "\n".join(said), revision, off)


def _task(one: Task) -> Entry:
    assert one.due is not None
    title = f"{tasks.name(one)} 到期:{one.text[:40]}"
    return Entry(f"task-{one.id}@xueban", one.due, one.due, title, "", one.text)
