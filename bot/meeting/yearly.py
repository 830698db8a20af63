"""Use cases of 三会一课 over a year: what there is and what lacks, a line in time to the secretary, the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.branch import audit, telling
from bot.branch import service as branch
from bot.branch.actor import COMMITTEE, Actor
from bot.branch.models import Branch, MemberKind
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.meeting import circle, duties, repository, views_year
from bot.meeting.attendance import ORIGIN
from bot.meeting.duties import Duty, Facts, Held, Planned
from bot.meeting.kinds import committee_from
from bot.meeting.models import MeetingPlan, State
from bot.scheduling.calendar import WorkdayCalendar


@dataclass(frozen=True)
class Standing:
    """How a branch stands in a year."""

    branch: Branch
    year: int
    duties: tuple[Duty, ...]


async def facts(uow: UnitOfWork, branch_id: int) -> Facts:
    """What the duties of a branch depend on, as it is now."""
    readers = await branch.readers(uow, branch_id, branch.today(uow))
    full = sum(one.kind == MemberKind.FULL for one in readers)
    committee = await branch.officers(uow, branch_id, COMMITTEE)
    groups = frozenset(one.id for one in await circle.groups(uow, branch_id))
    lectures = int(await branch.setting(uow, branch_id, "meeting_lectures"))
    return Facts(full, len(committee) > 1, groups, lectures)


async def standing(uow: UnitOfWork, branch_id: int, year: int) -> Standing:
    """What the year has and lacks in one branch."""
    start, end = (datetime(each, 1, 1, tzinfo=CHINA) for each in (year, year + 1))
    held = [
        Held(one.kind, one.of_id, to_local(one.starts_at).date(), one.state == State.CALLED)
        for one in await repository.between(uow, branch_id, start, end, (State.HELD, State.CALLED))
    ]
    found = duties.of_year(year, await facts(uow, branch_id), held, committee_from())
    return Standing(await branch.get(uow, branch_id), year, tuple(found))


async def standings_below(uow: UnitOfWork, branch_id: int, year: int) -> list[Standing]:
    """The same of every 支部 from this branch down."""
    ids = await repository.branches_below(uow, (await branch.get(uow, branch_id)).path)
    return [await standing(uow, each, year) for each in ids]


async def warn(uow: UnitOfWork) -> None:
    """Tell the secretaries of branches that keep their meetings here what runs out, once for each last day."""
    today = branch.today(uow)
    since = datetime(today.year - 1, 1, 1, tzinfo=CHINA)
    for branch_id, account in await repository.keeping_meetings(uow, since):
        if await branch.setting(uow, branch_id, "meeting_warning") != "开":
            continue
        found = await standing(uow, branch_id, today.year)
        ends: dict[date, list[str]] = {}
        for duty in found.duties:
            for stretch in duty.running_out(today):
                ends.setdefault(stretch.last, []).append(views_year.named(duty, stretch))
        for last, names in ends.items():
            key = f"meeting-lack:{branch_id}:{last:%Y%m%d}"
            text = views_year.running_out(found.branch.name, last, names)
            await telling.tell_leaders(uow, branch_id, text, key, ORIGIN, via=account)


async def proposed(uow: UnitOfWork, branch_id: int, year: int, calendar: WorkdayCalendar) -> list[Planned]:
    """A plan for the year, or for what is left of this one; nothing is stored. Raises ``UserError``."""
    today = branch.today(uow)
    if not today.year <= year <= today.year + 1:
        raise UserError(f"只能排今年或明年的计划,比如:三会一课 计划 {today.year + 1}")
    theme_day = int(await branch.setting(uow, branch_id, "meeting_theme_day"))
    found = duties.propose(year, await facts(uow, branch_id), theme_day, calendar, committee_from())
    return [one for one in found if one.day >= today]


async def adopt(uow: UnitOfWork, actor: Actor, year: int, planned: Sequence[Planned]) -> int:
    """Make this the plan of the branch in place of what it had for that year; how many lines."""
    actor = await circle.convening(uow, actor)
    await repository.drop_plan(uow, actor.branch, year)
    uow.session.add_all(
        MeetingPlan(branch_id=actor.branch, year=year, no=no, kind=one.kind, day=one.day)
        for no, one in enumerate(planned, 1)
    )
    await audit.record(uow, actor, "meeting.plan", f"{year}年计划", detail={"lines": len(planned)})
    return len(planned)


async def plan(uow: UnitOfWork, branch_id: int, year: int) -> Sequence[MeetingPlan]:
    """The plan of a year by day; empty where there is none."""
    return await repository.plan(uow, branch_id, year)


async def planned_year(uow: UnitOfWork, branch_id: int) -> int:
    """The year whose plan is meant where none is said: this one, or the next if only that is planned."""
    this = branch.today(uow).year
    only_next = not await plan(uow, branch_id, this) and bool(await plan(uow, branch_id, this + 1))
    return this + only_next


async def replan(uow: UnitOfWork, actor: Actor, year: int, no: int, day: date | None) -> MeetingPlan:
    """Move a line of the plan to another day of its year, or (None) drop it. Raises ``NotFound``, ``UserError``."""
    actor = await circle.convening(uow, actor)
    line = await uow.session.get(MeetingPlan, (actor.branch, year, no))
    if line is None:
        raise NotFound(f"{year}年的计划里没有第 {no} 条。发「三会一课 计划」看看。")
    if day is None:
        await uow.session.delete(line)
    elif day.year != year:
        raise UserError(f"只能改到 {year} 年里的日子。")
    else:
        line.day = day
    await audit.record(uow, actor, "meeting.replan", f"{year}年计划 {no}")
    return line
