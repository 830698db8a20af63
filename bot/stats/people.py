"""One member's record, the same for the member and for the secretary; and who is below the hours of the year."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.branch.actor import COMMITTEE, Actor
from bot.branch.models import Branch, Member
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound
from bot.discussion import records as discussion
from bot.hours import repository as ledger
from bot.hours.repository import Entry
from bot.notice import figures as notice
from bot.stats import repository
from bot.stats.asking import Stretch, bounds, label, need_whole
from bot.stats.hours import Hours, hours, of_people
from bot.study import figures as study


@dataclass(frozen=True)
class Record:
    """``unread`` are all readings that are still open, of these days or not; ``voices`` is what was said in
    discussions."""

    stretch: Stretch
    hours: Hours
    wanted: int
    given: int
    voices: int
    unread: list[study.Unread]


def need_right(actor: Actor, member: Member) -> None:
    """Raises ``NotAllowed`` for the record of somebody else, but to the committee."""
    if member.id != actor.member_id and not actor.may(COMMITTEE):
        raise NotAllowed("别人的学习情况由支委来看。发「我的」看自己的。")


async def record(uow: UnitOfWork, member: Member, stretch: Stretch) -> Record:
    """Raises ``NotFound`` for days on which the member didn't belong to any branch, ``UserError`` as ``need_whole``."""
    await need_whole(uow, stretch)
    first, last = stretch.span.first, stretch.until
    start, end = bounds(first, last)
    (person,) = await repository.people(uow, [member.id])
    if person.joined_on > last or (person.left_on is not None and person.left_on <= first):
        raise NotFound(f"{label(stretch)}{member.name}不在名册上。")
    wanted, given = (await notice.by_member(uow, [member.id], start, end)).get(member.id, (0, 0))
    voices = (await discussion.by_member(uow, [member.id], start, end)).get(member.id, 0)
    (found,) = await of_people(uow, [person], first, last)
    return Record(stretch, found, wanted, given, voices, await study.unread(uow, member.id))


async def requirements(uow: UnitOfWork, branch: Branch, stretch: Stretch) -> list[Hours]:
    """Of those of whom hours are asked in these days, in the order of the roster."""
    await need_whole(uow, stretch)
    found = await hours(uow, branch.path, stretch.span.first, stretch.until)
    return [one for one in found if one.need > 0]


async def entries(uow: UnitOfWork, member: Member, stretch: Stretch) -> Sequence[Entry]:
    """What the ledger of hours says of these days, oldest first."""
    return await ledger.entries(uow, [member.id], stretch.span.first, stretch.until)
