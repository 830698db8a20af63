"""What happens to meetings by the clock: reminders, a word to the chair as it begins, the end with its study hours."""

from datetime import datetime, time, timedelta

from bot.branch import service as branch
from bot.branch.models import MemberAccount
from bot.branch.telling import private, quiet_hours, tell
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.meeting import attendance, circle, closing, repository, rules, sayings, views
from bot.meeting.attendance import ORIGIN
from bot.meeting.models import Meeting, State
from bot.meeting.rules import Step
from bot.rendering.content import Content

WEEK_FROM, WEEK_UNTIL = time(7, 30), time(12, 0)
"""When on Monday people hear of the week."""


async def any_due(uow: UnitOfWork) -> bool:
    """Whether a meeting waits for the clock; asked every second, so it takes no lock."""
    return await repository.any_due(uow)


async def run_due(uow: UnitOfWork) -> bool:
    """Do what is due of one meeting, the last of what was slept through; False if none is. Each has a unit of work of
    its own: what one has locked at its end comes after the people of the next."""
    meeting = await repository.due(uow)
    if meeting is None:
        return False
    step = rules.due_step(meeting.starts_at, meeting.ends_at, uow.now)
    meeting.next_at = rules.next_step(meeting.starts_at, meeting.ends_at, uow.now)
    if step is Step.END:
        await _end(uow, meeting)
        return True
    await circle.refresh(uow, meeting)
    if step is Step.START:
        found = await attendance.count(uow, meeting)
        key = f"meeting-start:{meeting.id}:{meeting.revision}"
        await attendance.tell_chair(uow, meeting, views.beginning(found), key, now=True)
    elif step is not None:
        await _remind(uow, meeting, step)
    return True


async def tell_week(uow: UnitOfWork) -> None:
    """On Monday morning, one message to the groups of branches that want it: the meetings of this week for all."""
    now = to_local(uow.now)
    if now.weekday() != 0 or not WEEK_FROM <= now.time() < WEEK_UNTIL:
        return
    monday = datetime.combine(now.date(), time(), CHINA)
    for branch_id in await branch.having(uow, "meeting_week", "开"):
        found = await repository.between(uow, branch_id, uow.now, monday + timedelta(days=7), (State.CALLED,))
        shown = [(one, groups) for one in found if (groups := await circle.public(uow, one))]
        for group in shown[0][1] if shown else ():
            target = Target(group.account, "group", group.group_id, group.platform)
            text = sayings.week([one for one, _ in shown])
            key = f"meeting-week:{branch_id}:{now.date()}:{group.group_id}"
            await tell(uow, branch_id, target, text, key, f"{ORIGIN}:0")


async def _remind(uow: UnitOfWork, meeting: Meeting, step: Step) -> None:
    """One line to the group, or privately to each who is to come and hasn't asked leave."""
    opens = (await attendance.window(uow, meeting)).opens
    content = Content.of(sayings.reminder(meeting, opens, evening=step is Step.EVENING))
    quiet = await quiet_hours(uow, meeting.branch_id)
    outs = [
        Outgoing(
            branch_id=meeting.branch_id,
            target=target,
            content=content,
            origin=f"{ORIGIN}:{meeting.id}",
            key=f"meeting-{step}:{meeting.id}:{meeting.revision}:{target.id}",
            not_before=quiet.shift(uow.now),
            expires_at=meeting.starts_at,
        )
        for target in await _targets(uow, meeting)
    ]
    await outbox.enqueue_all(uow, outs)


async def _targets(uow: UnitOfWork, meeting: Meeting) -> list[Target]:
    if groups := await circle.public(uow, meeting):
        return [Target(group.account, "group", group.group_id, group.platform) for group in groups]
    wanted = [one.member_id for one in await repository.people(uow, meeting) if one.expected and not one.excused]
    accounts: list[MemberAccount] = [one.account for one in await branch.people(uow, wanted) if one.account is not None]
    return [private(account, meeting.account) for account in accounts]


async def _end(uow: UnitOfWork, meeting: Meeting) -> None:
    """It is over: what has become of it, the hours, and the count to the chair."""
    await closing.settle(uow, meeting)
    found = await attendance.count(uow, meeting)
    key = f"meeting-end:{meeting.id}:{meeting.revision}"
    await attendance.tell_chair(uow, meeting, views.ended(found), key)
