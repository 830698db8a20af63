"""Every night: what is older than the months that are kept in full becomes totals, a few rows at a time. By day too:
files that nothing needs any more go."""

import asyncio
from itertools import cycle

from bot.app import App
from bot.branch import retention
from bot.chat import conversation
from bot.chat.commands import CommandSet
from bot.chat.table import TABLE
from bot.rendering.media import names_in

commands = CommandSet("branch")
commands.lets_go(retention.let_go)
commands.lets_go(conversation.let_go)
commands.needs(conversation.files)

EVERY = 60.0
"""Seconds between two looks."""
STEPS = 1000
"""Transactions of one look at most."""
SWEEPING = 3600.0
"""Seconds between two looks for files that nothing needs."""
BREATH = 0.02
"""Seconds between two of them, in which others write."""


@commands.every(EVERY, "retention")
async def sum_up(app: App) -> None:
    """The day from which on everything is kept moves first; what lies before it is summed up from the next look on."""
    months = app.settings.xueban.keep_months
    async with app.database.reading() as uow:
        before = await retention.due(uow, months)
    if before is None:
        return
    async with app.database.unit_of_work() as uow:
        if await retention.move_on(uow, months):
            return
    idle, features = 0, cycle(TABLE.letting_go.values())
    let_go = next(features)
    for _ in range(STEPS):
        async with app.database.unit_of_work() as uow:
            rows = await let_go(uow, before)
            idle = 0 if rows else idle + 1
            if idle == len(TABLE.letting_go) or rows:
                await retention.count(uow, rows)
        if idle == len(TABLE.letting_go):
            return
        if not rows:
            let_go = next(features)
        await asyncio.sleep(BREATH)


@commands.every(SWEEPING, "kept files", everywhere=True)
async def drop_files(app: App) -> None:
    """Delete what was sent days ago: exports are full of names, and nobody could ask for them to be erased."""
    old = await asyncio.to_thread(app.media.old)
    if not old:
        return
    async with app.database.reading() as uow:
        needed = [names_in(await files(uow)) for files in TABLE.needed.values()]
    await asyncio.to_thread(app.media.drop, old.difference(*needed))
