"""What study does by the clock."""

import logging

from bot.app import App
from bot.chat.commands import CommandSet
from bot.core.log import failed
from bot.study import doubts, feeds, publishing, running

commands = CommandSet("study")
log = logging.getLogger("xueban.study")

FEEDING = 5.0
"""Seconds between two looks for plans that need an article of their source."""
ANNOUNCING = 30.0
"""Seconds between two looks for readings that everybody has completed."""
DOUBTING = 120.0
"""Seconds between two looks for claims that came in a burst."""


@commands.every(None, "due plans")
async def push_what_is_due(app: App) -> None:
    """Carry out the plans that are due, each by itself."""
    async with app.database.reading() as uow:
        due = await running.due(uow)
    for plan_id in due:
        try:
            async with app.database.unit_of_work() as uow:
                await running.run(uow, plan_id, app.calendar, app.pages)
        except Exception as error:  # the other plans must not suffer; this one is tried again at the next beat
            failed(log, f"plan {plan_id}", error)


@commands.every(FEEDING, "fed plans")
async def feed_plans(app: App) -> None:
    """Fetch what plans push next from the sources that feed them, each by itself."""
    async with app.database.reading() as uow:
        due = await feeds.due(uow)
    for plan_id in due:
        try:
            await feeds.feed(app.database, app.fetcher, app.settings.hot_dir, plan_id)
        except Exception as error:  # the other plans must not suffer; this one is tried again at the next beat
            failed(log, f"feed of plan {plan_id}", error)


@commands.every(ANNOUNCING, "completed readings")
async def announce_completed(app: App) -> None:
    async with app.database.unit_of_work() as uow:
        await publishing.announce_completed(uow)


@commands.every(DOUBTING, "bursts of claims")
async def flag_bursts(app: App) -> None:
    """Each member's by itself: many may catch up at once, and nobody's check-in waits for all of that."""
    async with app.database.reading() as uow:
        hasty = await doubts.hasty(uow)
    for member_id in hasty:
        async with app.database.unit_of_work() as uow:
            await doubts.flag_burst(uow, member_id)
