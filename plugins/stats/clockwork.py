"""What statistics do by the clock."""

import logging

from bot.app import App
from bot.chat.commands import CommandSet
from bot.core.log import failed
from bot.stats import monthly, sunday

commands = CommandSet("stats")
log = logging.getLogger("xueban.stats")

REPORTING = 120.0
"""Seconds between two looks for reports, and for members to be reminded on Sunday."""


@commands.every(REPORTING, "reports")
async def send_reports(app: App) -> None:
    """Send the reports of the month to those who lead, each by itself."""
    async with app.database.reading() as uow:
        due = await monthly.due(uow, app.calendar)
    for what, span, branch_id in due:
        try:
            await monthly.send(app.database, app.media, what, span, branch_id)
        except Exception as error:  # the other branches must not suffer; this one is tried again
            failed(log, f"the report of branch {branch_id}", error)


@commands.every(REPORTING, "sunday")
async def remind_on_sunday(app: App) -> None:
    """One line to each who has several readings open."""
    async with app.database.reading() as uow:
        if not await sunday.due(uow):
            return
        behind = await sunday.behind(uow)
    async with app.database.unit_of_work() as uow:
        await sunday.remind(uow, behind)
