"""What meetings do by the clock."""

from bot.app import App
from bot.chat.commands import CommandSet
from bot.meeting import keeping_time, tasks, yearly

commands = CommandSet("meeting")

WARNING = 3600.0
"""Seconds between two looks for what is said only now and then."""


@commands.every(None, "due meetings")
async def do_meetings(app: App) -> None:
    """Remind of meetings, begin and end them."""
    async with app.database.reading() as uow:
        if not await keeping_time.any_due(uow):
            return
    more = True
    while more:
        async with app.database.unit_of_work() as uow:
            more = await keeping_time.run_due(uow)


@commands.every(WARNING, "meetings that lack")
async def warn_of_meetings(app: App) -> None:
    """Tell groups on Monday what the week has; secretaries what their branch should hold before a month, a quarter or
    the year ends; and everybody what they have taken on and is due."""
    async with app.database.unit_of_work() as uow:
        await keeping_time.tell_week(uow)
        await yearly.warn(uow)
        await tasks.remind(uow)
