"""What discussions do by the clock, and when the bot starts."""

from bot.app import App
from bot.chat.commands import CommandSet
from bot.discussion import lexicon, opening
from bot.subscription import refreshing

commands = CommandSet("discussion")

LISTENING = 15.0
"""Seconds after which a discussion that was opened elsewhere, or opened again, is heard of."""
ASKING = 300.0
"""Seconds between two looks for sources that may be asked again (each at most hourly)."""


@commands.beginning
async def teach(app: App) -> None:
    """Have every branch's own words known."""
    async with app.database.reading() as uow:
        await lexicon.teach(uow)


@commands.beginning
@commands.every(LISTENING, "open discussions", everywhere=True)
async def listen(app: App) -> None:
    """Know which groups have a discussion open."""
    async with app.database.reading() as uow:
        await opening.listen(uow, app.listening)


@commands.every(None, "due discussions")
async def end_what_is_due(app: App) -> None:
    """Mention the discussions that end soon, and end those whose time has come."""
    async with app.database.reading() as uow:
        if not await opening.any_due(uow):
            return
    async with app.database.unit_of_work() as uow:
        ended = await opening.run_due(uow)
    if ended:
        await listen(app)


@commands.every(ASKING, "sources", outside=True)
async def read_sources(app: App) -> None:
    """Ask the sources of all branches that nobody has asked for an hour."""
    async with app.database.reading() as uow:
        due = await refreshing.due(uow)
    await refreshing.refresh(app.database, app.fetcher, app.settings.hot_dir, due)
