"""What each process says of itself by the clock, for ``xueban doctor``, and whom the others miss."""

import socket
from contextlib import suppress

from bot import alerts
from bot.app import App
from bot.chat.commands import CommandSet
from bot.core import space
from bot.core.errors import DatabaseBusy
from bot.delivery import processes

commands = CommandSet("delivery")


def _name(app: App) -> str:
    return f"{socket.gethostname()}:{app.settings.port}"


@commands.every(processes.BEAT, "beats", everywhere=True)
async def beat(app: App) -> None:
    """That it is there, with which accounts, and how well it is."""
    drift, connections = await app.database.drift(), app.database.in_use
    accounts = {account: there for account, (there, _) in app.worker.accounts().items()}
    async with app.database.unit_of_work() as uow:
        await processes.beat(uow, _name(app), accounts, app.ticker.lag(), drift, connections)


@commands.every(60.0, "missed processes")
async def miss(app: App) -> None:
    """Whom nobody has heard of since minutes is told to the operators."""
    webhook = bool(app.settings.xueban.alert_webhook)
    async with app.database.unit_of_work() as uow:
        await alerts.tell_of_missed(uow, _name(app), app.settings.superusers, webhook=webhook)


@commands.every(60.0, "disk", everywhere=True)
async def look_at_disk(app: App) -> None:
    """That a disk fills up is told to the operators while there is room to write it down."""
    free = space.free(app.settings.xueban.data_dir)
    if free < space.LEAST:
        webhook = bool(app.settings.xueban.alert_webhook)
        async with app.database.unit_of_work() as uow:
            await alerts.tell_of_disk(uow, _name(app), free, app.settings.superusers, webhook=webhook)


@commands.ending
async def leave(app: App) -> None:
    """That it isn't missed, where it was stopped and not killed."""
    with suppress(DatabaseBusy, OSError):
        async with app.database.unit_of_work() as uow:
            await processes.leave(uow, _name(app))
