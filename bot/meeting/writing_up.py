"""Use cases of minutes: hand them in, look at them, have the chair confirm them. Resolutions become tasks then."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, UserError
from bot.meeting import calling, circle, repository, resolutions, rules
from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, Minutes, State, Task, TaskKind
from bot.meeting.resolutions import Resolution

LONGEST = 50_000


@dataclass(frozen=True)
class Written:
    """Minutes as they stand, with the resolutions that are found in them; ``held``: as many signed in as must be there
    to decide."""

    meeting: Meeting
    minutes: Minutes
    resolutions: tuple[Resolution, ...]
    held: bool

    @property
    def unassigned(self) -> list[Resolution]:
        return [one for one in self.resolutions if not one.person]


async def hand_in(uow: UnitOfWork, actor: Actor, no: int, text: str, files: Sequence[tuple[str, str]] = ()) -> Written:
    """Store the minutes of a meeting that has begun, or what else belongs to it, in place of what was there. An empty
    ``text`` keeps the words and adds ``files`` (SHA-256, name). Raises ``UserError``, ``NotFound``, ``NotAllowed``."""
    meeting = await calling.get(uow, actor, no)
    await circle.need_chair(uow, actor, meeting)
    if meeting.state == State.CANCELLED:
        raise UserError(f"会议 {no} 取消了,没有记录。")
    if meeting.starts_at > uow.now:
        raise UserError(f"会议 {no} 还没开,开了再交记录。")
    if len(text) > LONGEST:
        raise UserError(f"会议记录请写在 {LONGEST // 10000} 万字以内。")
    minutes = await uow.session.get(Minutes, meeting.id)
    if minutes is not None and minutes.confirmed_at is not None:
        raise UserError(f"会议 {no} 的记录已经由主持人确认,不能再改。")
    if minutes is None:
        minutes = Minutes(meeting_id=meeting.id, text="", files="[]", written_at=uow.now)
        uow.session.add(minutes)
    minutes.text, minutes.author_id, minutes.written_at = text.strip() or minutes.text, actor.member_id, uow.now
    kept = [*json.loads(minutes.files), *([sha256, name] for sha256, name in files)]
    minutes.files = json.dumps(kept, ensure_ascii=False)
    await audit.record(uow, actor, "meeting.minutes", f"会议 {no}")
    await uow.session.flush()
    return await _written(uow, meeting, minutes)


async def get(uow: UnitOfWork, actor: Actor, no: int) -> Written | None:
    """The minutes of a meeting, for those who were to come to it and for the committee; None without any."""
    meeting = await calling.get(uow, actor, no)
    listed = actor.member_id is not None and await repository.person(uow, meeting.id, actor.member_id) is not None
    if not listed and not await circle.leads(uow, actor, meeting):
        raise NotAllowed(f"会议 {no} 的记录给到会的人和支委看。")
    minutes = await uow.session.get(Minutes, meeting.id)
    return await _written(uow, meeting, minutes) if minutes is not None else None


async def _written(uow: UnitOfWork, meeting: Meeting, minutes: Minutes) -> Written:
    names = list(await _roster(uow, meeting))
    day: date = to_local(meeting.starts_at).date()
    held = rules.was_held(await repository.people(uow, meeting), kind(meeting.kind).quorum(meeting.agenda))
    return Written(meeting, minutes, tuple(resolutions.read(minutes.text, names, day)), held)


async def _roster(uow: UnitOfWork, meeting: Meeting) -> dict[str, int]:
    """Name → member id of those whose name is theirs alone."""
    known = await repository.names_of(uow, (await branch.get(uow, meeting.branch_id)).path)
    counts = Counter(name for _, name in known)
    return {name: member_id for member_id, name in known if counts[name] == 1}


async def confirm(uow: UnitOfWork, actor: Actor, no: int) -> tuple[Written, list[Task]]:
    """The chair takes the minutes as they are; (them, the tasks that come of it). Raises ``UserError``, ``NotFound``,
    ``NotAllowed``."""
    meeting = await repository.lock(uow, (await calling.get(uow, actor, no)).id)
    if not await circle.chairs(uow, actor, meeting):
        raise NotAllowed(f"会议 {no} 的记录由主持人确认。")
    minutes = await uow.session.get(Minutes, meeting.id)
    if minutes is None or not minutes.text:
        raise UserError(f"会议 {no} 还没有记录。请发「会议记录 {no} 正文」,或把 Word 文件和「会议记录 {no}」一起发。")
    if minutes.confirmed_at is not None:
        raise UserError(f"会议 {no} 的记录已经确认过了。")
    found = await _written(uow, meeting, minutes)
    if found.unassigned:
        which = "、".join(str(one.no) for one in found.unassigned)
        raise UserError(f"决议 {which} 没写谁负责。请在记录里写上姓名,改好重发「会议记录 {no} 正文」再确认。")
    minutes.confirmed_at = uow.now
    people = await _roster(uow, meeting)
    made = []
    for one in found.resolutions:
        task = Task(
            branch_id=meeting.branch_id,
            kind=TaskKind.TASK,
            no=await branch.next_number(uow, meeting.branch_id, "task"),
            meeting_id=meeting.id,
            item=one.no,
            text=one.text,
            member_id=people[one.person],
            due=one.due,
            created_at=uow.now,
        )
        uow.session.add(task)
        made.append(task)
    await audit.record(uow, actor, "meeting.confirm", f"会议 {no}", detail={"tasks": len(made)})
    await uow.session.flush()
    return found, made
