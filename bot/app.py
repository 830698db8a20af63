"""The composition root: settings → database → parts → started, and stopped in the opposite order. Knows no NoneBot."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from bot import alerts
from bot.chat.commands import Job, Timed
from bot.chat.conversation import Conversations
from bot.chat.desk import Desk, Platform
from bot.chat.table import CommandTable
from bot.core.batch import Batch
from bot.core.clock import Clock
from bot.core.db import Database, UnitOfWork
from bot.core.migrate import upgrade
from bot.core.settings import Settings
from bot.core.signing import key_in
from bot.delivery.transport import Transport
from bot.delivery.webhook import WithWebhook
from bot.delivery.worker import Worker
from bot.discussion.listening import Listening
from bot.rendering.media import Media
from bot.scheduling.calendar import WorkdayCalendar, files_of
from bot.scheduling.runner import Ticker
from bot.sources.fetcher import Fetcher
from bot.sources.model import Model
from bot.study.pages import NO_PAGES, Pages
from bot.textmining import segmenter, titles

log = logging.getLogger("xueban.app")

Item = TypeVar("Item")
Result = TypeVar("Result")
CarryOut = Callable[[UnitOfWork, list[Item]], Awaitable[Sequence[Result | Exception]]]


class App:
    """Everything that lives as long as the process. ``chat`` is the desk; handlers reach all of it by ``call.app``."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database, clock)
        self.media = Media(settings.media_dir)
        self.fetcher = Fetcher(allow_private=settings.xueban.fetch_private_addresses)
        self.model = Model(settings.xueban.model)
        own = settings.xueban
        self.pages = Pages(own.public_url, key_in(own.data_dir)) if own.public_url else NO_PAGES
        self.calendar = WorkdayCalendar.load(settings.xueban.data_dir)
        self._holidays = files_of(settings.xueban.data_dir)
        self.conversations = Conversations(self.database)
        self.listening = Listening()
        self.ticker = Ticker(clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings: list[Job] = []
        self._batches: dict[Any, Batch[Any, Any]] = {}
        self.chat: Desk
        self.worker: Worker

    def connect(self, transport: Transport, platform: Platform) -> None:
        """Give it the platform. Must be called once, before ``start``."""
        self.chat = Desk(self, self.conversations, transport, platform)
        webhook = self.settings.xueban.alert_webhook
        self.worker = Worker(
            self.database,
            WithWebhook(transport, webhook) if webhook else transport,
            self.clock,
            self.settings.xueban.delivery,
            on_trouble=alerts.teller(self.settings.superusers, webhook=bool(webhook)),
            on_removed=alerts.pause_group,
        )

    async def start(self, table: CommandTable) -> None:
        """Bring the database up to date, then start the worker and the clock with what the plugins do by it. Raises if
        the database can't be used."""
        self.settings.xueban.data_dir.mkdir(parents=True, exist_ok=True)
        await upgrade(self.settings.database)
        await self.conversations.load()
        segmenter.warm(self.settings.xueban.data_dir)
        titles.warm()
        self._endings = list(table.endings.values())
        for begin in table.beginnings.values():
            await begin(self)
        await self.worker.start()
        for timed in table.timed.values():
            seconds = timed.seconds or self.settings.xueban.tick
            self.ticker.every(seconds, timed.name, partial(self._by_the_clock, timed), outside=timed.outside)
        self.ticker.start()
        log.info("ready")

    async def look_at_holidays(self) -> None:
        """Take over what has been announced since: files that were added to the data folder, or changed there."""
        stamp = await asyncio.to_thread(files_of, self.settings.xueban.data_dir)
        if stamp != self._holidays:
            self.calendar = await asyncio.to_thread(WorkdayCalendar.load, self.settings.xueban.data_dir)
            self._holidays = stamp

    def hear_from(self, account: str) -> None:
        """An account's connection is held here now: another process may have asked somebody something by it."""
        task = asyncio.get_running_loop().create_task(self.conversations.load(account))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _by_the_clock(self, timed: Timed) -> None:
        if timed.everywhere:
            await timed.job(self)
            return
        async with self.database.alone(timed.name) as mine:
            if mine:  # else another process is doing it just now
                await timed.job(self)

    async def together(self, carry_out: CarryOut[Item, Result], item: Item) -> Result:
        """Have ``item`` carried out in one unit of work with those that arrive meanwhile (``bot.core.batch``)."""
        if carry_out not in self._batches:

            async def commit(items: list[Item]) -> Sequence[Result | Exception]:
                async with self.database.unit_of_work() as uow:
                    return await carry_out(uow, items)

            self._batches[carry_out] = Batch(commit)
        result: Result = await self._batches[carry_out](item)
        return result

    async def stop(self) -> None:
        """Stop taking work, finish what is under way, close the database."""
        await self.ticker.stop()
        await self.worker.stop()
        for end in self._endings:
            await end(self)
        await self.fetcher.close()
        await self.model.close()
        await self.database.close()
