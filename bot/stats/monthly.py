"""月报 and 季报 by themselves: on the first working day of a month, in the daytime, privately to whoever leads."""

from datetime import date

from bot.branch import service as branch
from bot.branch.telling import private, tell
from bot.core.clock import to_local
from bot.core.db import Database, UnitOfWork
from bot.rendering.media import Media
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.reporting import Span, read_span
from bot.stats import exporting, report, repository
from bot.stats.asking import stretch

FROM, UNTIL = 9, 18
"""Hours of the day between which it is sent."""
LATEST = 10
"""The day of the month after which a report that couldn't be sent isn't any more."""


def wanted(today: date, hour: int, calendar: WorkdayCalendar) -> list[tuple[str, Span]]:
    """What is due at this hour: 月报, and at the beginning of a quarter 季报 too."""
    if not (FROM <= hour < UNTIL and today.day <= LATEST and calendar.is_workday(today)):
        return []
    due = [("月报", read_span("上月", today))]
    return [*due, ("季报", read_span("上季度", today))] if today.month in (1, 4, 7, 10) else due


async def due(uow: UnitOfWork, calendar: WorkdayCalendar) -> list[tuple[str, Span, int]]:
    """What is due, of which stretch, and for which branch."""
    now = to_local(uow.now)
    return [
        (what, span, branch_id)
        for what, span in wanted(now.date(), now.hour, calendar)
        for branch_id in await repository.led_branches(uow, what, span.last)
    ]


async def send(database: Database, media: Media, what: str, span: Span, branch_id: int) -> None:
    """Make the report and hand it to the outbox, once; none where nothing happened or the branch wants none."""
    async with database.reading() as uow:
        whose = await branch.get(uow, branch_id)
        on = await branch.setting(uow, branch_id, "monthly_report") == "开"
        found = await report.gather(uow, whose, stretch(span, branch.today(uow)))
        worth = on and report.is_something(found)
        table = await exporting.of_branch(uow, found.found) if worth else b""
    content = None
    if worth:
        files = [(await media.put(data), kind) for data, kind in ((await report.paper(found), "docx"), (table, "xlsx"))]
        content = report.content(found, files)
    async with database.unit_of_work() as uow:
        if not await repository.take(uow, what, branch_id, span.last) or content is None:
            return
        for leader in await branch.leaders(uow, branch_id):
            if leader.account is not None:
                key = f"report:{what}:{branch_id}:{span.last}:{leader.member_id}"
                await tell(uow, branch_id, private(leader.account, ""), content, key, "stats.report:0")
