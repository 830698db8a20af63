"""What notices do by the clock."""

from bot.app import App
from bot.chat.commands import CommandSet
from bot.notice import ending, pinning, publicity, publishing, recalling

commands = CommandSet("notice")

PINNING = 5.0
"""Seconds between two looks for a notice that has arrived and should be kept in sight."""
ENDING = 30.0
"""Seconds between two looks for a 公示 whose last day has passed."""
FILING = 3600.0
"""Seconds between two looks for what has been out for long enough."""


@commands.every(None, "due notices")
async def publish_what_is_due(app: App) -> None:
    """Publish the notices that were approved for a time that has come."""
    async with app.database.reading() as uow:
        if not await publishing.any_due(uow):
            return
    async with app.database.unit_of_work() as uow:
        await publishing.run_due(uow, app.calendar)


@commands.every(None, "withdrawn notices", everywhere=True)
async def recall_withdrawn(app: App) -> None:
    """Take back what was on the wire when it was withdrawn, or what a process that died had left."""
    await recalling.recall(app.database, app.chat, accounts=app.worker.online)


@commands.every(PINNING, "pinned notices", everywhere=True)
async def pin_notices(app: App) -> None:
    """Keep in sight what has arrived by our accounts and should be: once each, after its mark is on disk."""
    accounts = app.worker.online
    async with app.database.reading() as uow:
        if not await pinning.due(uow, accounts):
            return
    async with app.database.unit_of_work() as uow:
        arrived = await pinning.due(uow, accounts)
    for notice, places in arrived:
        done = [await app.chat.pin(to, message, notice.pin, notice.text) for to, message in places]
        if not all(done):
            async with app.database.unit_of_work() as uow:
                await pinning.refused(uow, notice)


@commands.every(FILING, "old notices")
async def close_old(app: App) -> None:
    """File what has been out for as long as its branch wants."""
    async with app.database.unit_of_work() as uow:
        await ending.close_old(uow)


@commands.every(ENDING, "publicities")
async def end_publicities(app: App) -> None:
    """Announce the 公示 whose last day has passed, by the holidays as they are announced now."""
    await app.look_at_holidays()
    async with app.database.reading() as uow:
        if not await publicity.any_running(uow):
            return
    async with app.database.unit_of_work() as uow:
        await publicity.run_due(uow, app.calendar)
