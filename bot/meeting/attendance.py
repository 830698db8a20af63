"""Use cases of being there: ask leave, be entered by hand, leave early; and the count of all that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.branch import audit, telling, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.branch.telling import tell
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.meeting import circle, closing, repository, rules, sayings
from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, MeetingPerson, Method, State
from bot.meeting.rules import Attendance, Person, Votes, Window

ORIGIN = "meeting.meeting"
REASON = 200


@dataclass(frozen=True)
class Count:
    """A meeting as it stands."""

    meeting: Meeting
    people: tuple[Person, ...]
    attendance: Attendance
    votes: Votes | None


async def count(uow: UnitOfWork, meeting: Meeting) -> Count:
    """Who is there, who isn't, and whether it may decide."""
    people = await repository.people(uow, meeting)
    quorum = kind(meeting.kind).quorum(meeting.agenda)
    return Count(meeting, tuple(people), rules.attendance(people), rules.votes(people, quorum))


async def window(uow: UnitOfWork, meeting: Meeting) -> Window:
    """When one may sign in, by the rules of the branch."""
    open_minutes = int(await branch.setting(uow, meeting.branch_id, "meeting_open"))
    late_minutes = int(await branch.setting(uow, meeting.branch_id, "meeting_late"))
    return rules.window(meeting.starts_at, meeting.ends_at, open_minutes, late_minutes)


async def excuse(uow: UnitOfWork, actor: Actor, no: int | None, reason: str) -> Meeting:
    """Ask leave from a meeting to come; the chair is told the reason privately. Raises ``UserError``."""
    if not reason.strip():
        raise UserError("请写上事由,比如:会议请假 5 出差在外")
    if len(reason) > REASON:
        raise UserError(f"事由请写在 {REASON} 字以内。")
    later = [
        one
        for one in await repository.of_member(uow, actor.member_id or 0, uow.now, uow.now + timedelta(days=366))
        if one.state == State.CALLED and (no is None or one.no == no)
    ]
    if not later:
        raise UserError("没有等您参加的会议。" if no is None else f"没有等您参加的会议 {no}。发「会议」看看有哪些。")
    if len(later) > 1:
        listed = "、".join(f"{one.no}({one.kind})" for one in later[:5])
        raise UserError(f"您有几个会要参加:{listed}。请写上编号,比如:会议请假 {later[0].no} {reason[:20]}")
    meeting = await repository.lock(uow, later[0].id)
    found = await repository.person(uow, meeting.id, actor.member_id or 0)
    assert found is not None
    if found.signed_at is not None:
        raise UserError(f"您已经签到了会议 {meeting.no}。要提前走,请跟主持人说一声。")
    found.excused_at, found.reason = uow.now, reason.strip()
    await audit.record(uow, actor, "meeting.excuse", f"会议 {meeting.no}", branch_id=meeting.branch_id)
    key = f"meeting-excuse:{meeting.id}:{actor.member_id}:{uow.now:%Y%m%d%H%M%S}"
    await tell_chair(uow, meeting, sayings.asks_leave(meeting, actor.name, reason.strip()), key)
    return meeting


async def tell_chair(uow: UnitOfWork, meeting: Meeting, text: str, key: str, *, now: bool = False) -> None:
    """Say something privately to whoever leads the meeting; without one that can be reached, to the leaders."""
    for one in await branch.people(uow, [meeting.chair_id] if meeting.chair_id is not None else []):
        if one.account is not None:
            target = telling.private(one.account, meeting.account)
            await tell(uow, meeting.branch_id, target, text, key, f"{ORIGIN}:{meeting.id}", now=now)
            return
    await telling.tell_leaders(
        uow, meeting.branch_id, text, key, f"{ORIGIN}:{meeting.id}", via=meeting.account, now=now
    )


async def enter(uow: UnitOfWork, actor: Actor, meeting: Meeting, member: Member, reason: str) -> MeetingPerson:
    """Enter by hand that somebody was there, with the reason, which begins with 迟到 where they were late. Raises
    ``UserError``."""
    await circle.need_chair(uow, actor, meeting)
    _check_reason(reason, "补签 5 张三 手机没电")
    if meeting.state == State.CANCELLED:
        raise UserError(f"会议 {meeting.no} 取消了,不能补签。")
    if uow.now < (await window(uow, meeting)).opens:
        raise UserError(f"会议 {meeting.no} 还没开始签到,不能补签。")
    await closing.lock(uow, meeting.id, member.id)
    found = await repository.person(uow, meeting.id, member.id)
    if found is None:
        found = MeetingPerson(meeting_id=meeting.id, member_id=member.id, expected=False, wrong=0)
        uow.session.add(found)
    elif found.signed_at is not None:
        raise UserError(f"{member.name}已经签到了,不用补。")
    payload = {"meeting": meeting.id, "member": member.id, "before": _excuse(found)}
    late = reason.startswith("迟到")
    signed = min(uow.now, meeting.starts_at)
    found.signed_at, found.method, found.late, found.left_at = signed, Method.MANUAL, late, None
    found.excused_at, found.reason = None, reason
    if late:
        found.signed_at = min(max(uow.now, meeting.starts_at), meeting.ends_at)
    await audit.record(uow, actor, "meeting.enter", f"会议 {meeting.no} member:{member.id}", reason)
    await undo.remember(uow, actor, "meeting.enter", payload, f"给{member.name}补签会议 {meeting.no}")
    await uow.session.flush()
    await closing.settle(uow, meeting)
    return found


async def enter_all(uow: UnitOfWork, actor: Actor, meeting: Meeting, reason: str) -> int:
    """Enter by hand everybody who was to come and has neither signed in nor asked leave; how many. Raises
    ``UserError``."""
    await circle.need_chair(uow, actor, meeting)
    _check_reason(reason, "补签 5 全体 纸质签到")
    if meeting.state == State.CANCELLED or meeting.ends_at > uow.now:
        raise UserError(f"会议 {meeting.no} 还没开完,不能全体补签。")
    await closing.lock(uow, meeting.id)
    absent = rules.attendance(await repository.people(uow, meeting)).absent
    if not absent:
        raise UserError(f"会议 {meeting.no} 没有要补签的人:应到的都签到或请假了。")
    for one in absent:
        found = await repository.person(uow, meeting.id, one.member_id)
        assert found is not None
        found.signed_at, found.method, found.reason = meeting.starts_at, Method.MANUAL, reason
    await audit.record(uow, actor, "meeting.enter_all", f"会议 {meeting.no}", reason, detail={"people": len(absent)})
    payload = {"meeting": meeting.id, "members": [one.member_id for one in absent]}
    await undo.remember(uow, actor, "meeting.enter_all", payload, f"全体补签会议 {meeting.no}")
    await uow.session.flush()
    await closing.settle(uow, meeting)
    return len(absent)


async def take_out(uow: UnitOfWork, _actor: Actor, payload: undo.Payload) -> None:
    """Undo ``enter`` or ``enter_all``: who had asked leave has asked leave again. Raises ``UserError``."""
    meeting = await closing.lock(uow, int(payload["meeting"]))
    excused, reason = payload.get("before", (None, ""))
    for member_id in payload["members"] if "members" in payload else [payload["member"]]:
        found = await repository.person(uow, meeting.id, int(member_id))
        if found is None or found.method != Method.MANUAL:
            raise UserError("这次补签后来又改过,撤销不了。")
        found.signed_at, found.method, found.late, found.left_at = None, "", False, None
        found.excused_at, found.reason = excused and datetime.fromisoformat(excused), reason
    await uow.session.flush()
    await closing.settle(uow, meeting)


async def leave_early(
    uow: UnitOfWork, actor: Actor, meeting: Meeting, member: Member, at: datetime | None, reason: str
) -> datetime:
    """Note that somebody who is there leaves before the end; when that was. Raises ``UserError``."""
    await circle.need_chair(uow, actor, meeting)
    _check_reason(reason, "早退 5 张三 家里有急事")
    await closing.lock(uow, meeting.id)
    found = await repository.person(uow, meeting.id, member.id)
    if found is None or found.signed_at is None:
        raise UserError(f"{member.name}没有签到会议 {meeting.no},不用记早退。")
    left = at or uow.now
    if not meeting.starts_at <= left < meeting.ends_at or left > uow.now:
        raise UserError("早退的时间要在会议开始之后、结束之前,比如:早退 5 张三 15:40 家里有急事")
    payload = {"meeting": meeting.id, "member": member.id, "before": found.reason, "left": left.isoformat()}
    found.left_at, found.reason = left, reason
    await audit.record(uow, actor, "meeting.left", f"会议 {meeting.no} member:{member.id}", reason)
    await undo.remember(uow, actor, "meeting.left", payload, f"记{member.name}早退会议 {meeting.no}")
    await uow.session.flush()
    await closing.settle(uow, meeting)
    return left


async def stay_after_all(uow: UnitOfWork, _actor: Actor, payload: undo.Payload) -> None:
    """Undo ``leave_early``. Raises ``UserError``."""
    meeting = await closing.lock(uow, int(payload["meeting"]))
    found = await repository.person(uow, meeting.id, int(payload["member"]))
    if found is None or found.left_at != datetime.fromisoformat(payload["left"]):
        raise UserError("这次早退后来又改过,撤销不了。")
    found.left_at, found.reason = None, payload["before"]
    await uow.session.flush()
    await closing.settle(uow, meeting)


def _excuse(found: MeetingPerson) -> tuple[str | None, str]:
    """When somebody asked leave, and why, as JSON can keep it."""
    return found.excused_at.isoformat() if found.excused_at is not None else None, found.reason or ""


def _check_reason(reason: str, example: str) -> None:
    if not reason.strip():
        raise UserError(f"请写上原因,比如:{example}")
    if len(reason) > REASON:
        raise UserError(f"原因请写在 {REASON} 字以内。")
