"""公示: shown for a number of working days, ended by the calendar, closed with a report. One unit of work each."""

from datetime import date, timedelta

from bot.branch import audit, telling
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Role
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.notice import categories, drafting, periods, publicity_views, publishing, repository, rules
from bot.notice.models import Notice, Publicity, Scope, State
from bot.notice.periods import Wish
from bot.notice.receiving import ORIGIN, origin_of
from bot.notice.rules import Step, Wording
from bot.rendering.content import Content
from bot.scheduling.calendar import WorkdayCalendar

READERS = frozenset({Role.SECRETARY, Role.ORGANISER})
"""Who reads objections."""
UNOPPOSED = "公示期间没有收到异议。"


def measure(wish: Wish, today: date, calendar: WorkdayCalendar) -> tuple[int, date]:
    """(working days, last day) if it comes out today. Raises ``UserError`` for a period that the rule forbids."""
    workdays = wish.workdays
    if workdays is None:
        assert wish.until is not None
        days = (today + timedelta(days=n) for n in range(1, min((wish.until - today).days, 400) + 1))
        workdays = sum(calendar.is_workday(day) for day in days)
    periods.check(periods.rule_for(wish.text), workdays)
    return workdays, calendar.add_workdays(today, workdays)


def worded(text: str, pictures: tuple[str, ...]) -> Wording:
    """What is to be shown. Raises ``UserError`` for an empty or endless text."""
    admission = periods.rule_for(text).name == categories.ADMISSION_RULE
    category = categories.OF_ADMISSION if admission else categories.names()[-1]
    return Wording(rules.check_text(text), category, pictures)


async def draft(uow: UnitOfWork, actor: Actor, wording: Wording, workdays: int) -> Notice:
    """Store it; it is shown at once, or after the approval that the branch requires. Raises ``UserError``."""
    rule = periods.rule_for(wording.text)
    periods.check(rule, workdays)
    standing = Publicity(rule=rule.name, workdays=workdays)
    return await drafting.draft(uow, actor, wording, Scope.OWN, standing=standing)


async def any_running(uow: UnitOfWork) -> bool:
    return bool(await repository.publicities(uow))


async def run_due(uow: UnitOfWork, calendar: WorkdayCalendar) -> None:
    """Compute the last days again, since holidays may have been announced, and announce the ends that have come."""
    today = branch.today(uow)
    for standing, notice in await repository.publicities(uow):
        assert standing.starts_on is not None
        ends_on = calendar.add_workdays(standing.starts_on, standing.workdays)
        if ends_on != standing.ends_on:
            standing.ends_on = ends_on
            await _say(uow, notice, publicity_views.moved(notice, ends_on), f"moved:{ends_on:%Y%m%d}")
            await audit.record(
                uow,
                None,
                "notice.publicity_moved",
                f"公告 {notice.no}",
                f"公示期到 {ends_on:%-m月%-d日}",
                branch_id=notice.branch_id,
            )
        if ends_on < today:
            standing.told_at = uow.now
            count = await repository.objections(uow, notice.id)
            await _say(uow, notice, publicity_views.ended(notice, ends_on), "ended")
            await telling.tell_leaders(
                uow, notice.branch_id, publicity_views.ended_for_leaders(notice, count),
                f"notice-publicity:{notice.id}:ended", ORIGIN, via=notice.author_account,
            )  # fmt: skip


async def result(uow: UnitOfWork, actor: Actor, no: int, said: str) -> str:
    """公示结果 as it will be told. Raises ``NotFound``, ``UserError``, ``NotAllowed``.

    Without objections the result goes without saying; with some it must be written.
    """
    notice = await publishing.get(uow, actor.branch, no)
    standing = await uow.session.get(Publicity, notice.id)
    if standing is None:
        raise UserError(f"{no} 号是公告,不是公示。")
    await drafting.check(uow, actor, notice, Step.CLOSE)
    if standing.ends_on is None or branch.today(uow) <= standing.ends_on:
        raise UserError(f"公示 {no} 还没到期。{publicity_views.last_day(standing)}")
    count = await repository.objections(uow, notice.id)
    if count and not said:
        raise UserError(f"公示期间收到异议 {count} 件,请写明处理结果:公示结果 {no} 经核查……")
    return publicity_views.reported(notice, standing, said or UNOPPOSED)


async def report(uow: UnitOfWork, actor: Actor, no: int, said: str) -> Notice:
    """Close it with its result and tell the group. Raises as ``result``."""
    notice = await repository.lock(uow, (await publishing.get(uow, actor.branch, no)).id)
    text = await result(uow, actor, no, said)
    standing = await uow.session.get_one(Publicity, notice.id)
    notice.state, notice.ended_at = State.CLOSED, uow.now
    standing.result = said or UNOPPOSED
    await _say(uow, notice, text, "result")
    await audit.record(uow, actor, "notice.publicity_result", f"公告 {no}")
    return notice


async def _say(uow: UnitOfWork, notice: Notice, text: str, key: str) -> None:
    for group in await branch.groups_of(uow, notice.branch_id):
        await outbox.enqueue(
            uow,
            outbox.Outgoing(
                branch_id=notice.branch_id,
                target=publishing.target_of(group),
                content=Content.of(text),
                origin=origin_of(notice.id),
                key=f"notice-publicity:{notice.id}:{key}:{group.group_id}",
                prefix="告",
                not_before=(await telling.quiet_hours(uow, notice.branch_id)).shift(uow.now),
            ),
        )
