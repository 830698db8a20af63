"""What a meeting has come to once it is over, and again whenever its list is corrected afterwards."""

from bot.branch import counting
from bot.branch import service as branch
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.hours import booking
from bot.hours.booking import For
from bot.meeting import repository, rules
from bot.meeting.kinds import kind
from bot.meeting.models import Meeting, State
from bot.study import attending


def origin(meeting_id: int) -> str:
    """What the hours of a meeting are booked under."""
    return f"meeting:{meeting_id}"


async def lock(uow: UnitOfWork, meeting_id: int, *besides: int) -> Meeting:
    """A meeting whose list is to be corrected, ours alone until the end of the unit of work. Whoever is on its list, or
    ``besides``, stays where they are: people come before what is written of them."""
    meeting = await repository.lock(uow, meeting_id)
    listed = await repository.listed(uow, meeting_id)
    await counting.stay(uow, {*listed, *besides})
    return meeting


async def settle(uow: UnitOfWork, meeting: Meeting) -> None:
    """Whether it was held: somebody was there, as many as its kind wants. The ledger of hours follows, and what was
    studied there by attendance. Does nothing before its end."""
    if meeting.ends_at > uow.now or meeting.state == State.CANCELLED:
        return
    people = await repository.people(uow, meeting)
    enough = rules.was_held(people, kind(meeting.kind).quorum(meeting.agenda))
    meeting.state = State.HELD if enough else State.FAILED
    if (source := kind(meeting.kind).hours) is not None:
        per_hour = int(await branch.setting(uow, meeting.branch_id, "hours_minutes"))
        halves = {
            one.member_id: rules.halves_of(one, meeting.starts_at, meeting.ends_at, per_hour) if enough else 0
            for one in people
        }
        day = to_local(meeting.starts_at).date()
        note = f"{meeting.kind}(会议 {meeting.no})"
        await booking.settle(uow, For(meeting.branch_id, source, origin(meeting.id), day, note), halves)
    present = {one.member_id for one in people if one.signed_at is not None} if enough else set()
    await attending.settle(uow, meeting.branch_id, meeting.agenda, origin(meeting.id), present)
