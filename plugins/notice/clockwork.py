"""What notices do by the clock."""

import logging

from bot.app import App
from bot.chat.commands import CommandSet
from bot.notice import publicity, publishing

commands = CommandSet("notice")
log = logging.getLogger("xueban.notice")

PINNING = 5.0
"""Seconds between two looks for a notice that has arrived and should be kept in sight."""
ENDING = 30.0
"""Seconds between two looks for a 公示 whose last day has passed."""


@commands.every(None, "due notices")
async def publish_what_is_due(app: App) -> None:
    """Publish the notices that were approved for a time that has come."""
    async with app.database.reading() as uow:
        if not await publishing.any_due(uow):
            return
    async with app.database.unit_of_work() as uow:
        await publishing.run_due(uow, app.calendar)


@commands.every(None, "crossed notices")
async def recall_crossed(app: App) -> None:
    """Take back what was on the wire when it was withdrawn."""
    async with app.database.reading() as uow:
        if not await publishing.crossed(uow):
            return
    async with app.database.unit_of_work() as uow:
        late = await publishing.crossed(uow)
    for target, message_id in late:
        if not await app.chat.recall(target, message_id):
            log.warning("a withdrawn notice stays in %s %s", target.kind, target.id)


@commands.every(PINNING, "pinned notices")
async def pin_notices(app: App) -> None:
    """Keep in sight what has arrived and should be: once each, after its mark is on disk."""
    async with app.database.reading() as uow:
        if not await publishing.to_pin(uow):
            return
    async with app.database.unit_of_work() as uow:
        arrived = await publishing.to_pin(uow)
    for notice, places in arrived:
        done = [await app.chat.pin(to, message, notice.pin, notice.text) for to, message in places]
        if not all(done):
            async with app.database.unit_of_work() as uow:
                await publishing.not_pinned(uow, notice)


@commands.every(ENDING, "publicities")
async def end_publicities(app: App) -> None:
    """Announce the 公示 whose last day has passed."""
    async with app.database.reading() as uow:
        if not await publicity.any_running(uow):
            return
    async with app.database.unit_of_work() as uow:
        await publicity.run_due(uow, app.calendar)
