"""The composition root: settings → database → parts → started, and stopped in the opposite order. Knows no NoneBot."""

import logging
import traceback

from bot import alerts
from bot.chat.conversation import Conversations
from bot.chat.desk import Desk, Platform
from bot.core.batch import Batch
from bot.core.clock import Clock
from bot.core.db import Database
from bot.core.migrate import upgrade
from bot.core.settings import Settings
from bot.delivery.transport import Transport
from bot.delivery.worker import Worker
from bot.discussion import lexicon, opening
from bot.discussion.listening import Listening
from bot.meeting import keeping_time, tasks, yearly
from bot.notice import publicity
from bot.notice import publishing as notices
from bot.notice.receiving import Confirmation, Receipt, confirm_all
from bot.rendering.media import Media
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.runner import Ticker
from bot.sources.fetcher import Fetcher
from bot.sources.model import Model
from bot.stats import monthly, sunday
from bot.study import publishing, running
from bot.study.checking_in import Claim, Outcome, check_in_all
from bot.subscription import refreshing
from bot.textmining import segmenter, titles

log = logging.getLogger("xueban.app")

ANNOUNCING = 30.0
"""Seconds between two looks for readings that everybody has completed."""


LISTENING = 15.0
"""Seconds after which a discussion that was opened elsewhere, or opened again, is heard of."""
PINNING = 5.0
"""Seconds between two looks for a notice that has arrived and should be kept in sight."""
ENDING = 30.0
"""Seconds between two looks for a 公示 whose last day has passed."""
WARNING = 3600.0
"""Seconds between two looks for meetings that a branch still lacks."""
REPORTING = 120.0
"""Seconds between two looks for reports, and for members to be reminded on Sunday."""
ASKING = 300.0
"""Seconds between two looks for sources that may be asked again (each at most hourly)."""


class App:
    """Everything that lives as long as the process. ``chat`` is the desk; handlers reach all of it by ``call.app``."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.database = Database(settings.database, clock)
        self.media = Media(settings.media_dir)
        self.fetcher = Fetcher(allow_private=settings.xueban.fetch_private_addresses)
        self.model = Model(settings.xueban.model)
        self.calendar = WorkdayCalendar.load(settings.xueban.data_dir)
        self.conversations = Conversations(self.database)
        self.listening = Listening()
        self.ticker = Ticker(clock)
        self.check_ins: Batch[Claim, Outcome] = Batch(self._check_in)
        self.confirmations: Batch[Confirmation, Receipt] = Batch(self._confirm)
        self.chat: Desk
        self.worker: Worker

    def connect(self, transport: Transport, platform: Platform) -> None:
        """Give it the platform. Must be called once, before ``start``."""
        self.chat = Desk(self, self.conversations, transport, platform)
        self.worker = Worker(
            self.database,
            transport,
            self.clock,
            self.settings.xueban.delivery,
            on_trouble=alerts.tell_leaders,
            on_removed=alerts.pause_group,
        )

    async def start(self) -> None:
        """Bring the database up to date, then start the worker and the clock. Raises if the database can't be used."""
        self.settings.xueban.data_dir.mkdir(parents=True, exist_ok=True)
        await upgrade(self.settings.database)
        await self.conversations.load()
        await self.listen()
        segmenter.warm()
        titles.warm()
        async with self.database.reading() as uow:
            await lexicon.teach(uow)
        await self.worker.start()
        self.ticker.every(self.settings.xueban.tick, "due plans", self.push_what_is_due)
        self.ticker.every(ANNOUNCING, "completed readings", self._announce)
        self.ticker.every(self.settings.xueban.tick, "due notices", self.publish_what_is_due)
        self.ticker.every(self.settings.xueban.tick, "crossed notices", self.recall_crossed)
        self.ticker.every(PINNING, "pinned notices", self.pin_notices)
        self.ticker.every(ENDING, "publicities", self.end_publicities)
        self.ticker.every(self.settings.xueban.tick, "due discussions", self.end_what_is_due)
        self.ticker.every(self.settings.xueban.tick, "due meetings", self.do_meetings)
        self.ticker.every(WARNING, "meetings that lack", self.warn_of_meetings)
        self.ticker.every(REPORTING, "reports", self.send_reports)
        self.ticker.every(REPORTING, "sunday", self.remind_on_sunday)
        self.ticker.every(LISTENING, "open discussions", self.listen)
        self.ticker.every(ASKING, "sources", self.read_sources)
        self.ticker.start()
        log.info("ready")

    async def push_what_is_due(self) -> None:
        """One beat of the clock: carry out the plans that are due, each by itself."""
        async with self.database.reading() as uow:
            due = await running.due(uow)
        for plan_id in due:
            try:
                async with self.database.unit_of_work() as uow:
                    await running.run(uow, plan_id, self.calendar)
            except Exception as error:  # the other plans must not suffer; this one is tried again at the next beat
                frames = "".join(traceback.format_tb(error.__traceback__))
                log.error("plan %s failed: %s\n%s", plan_id, type(error).__name__, frames)

    async def _announce(self) -> None:
        async with self.database.unit_of_work() as uow:
            await publishing.announce_completed(uow)

    async def publish_what_is_due(self) -> None:
        """Publish the notices that were approved for a time that has come."""
        async with self.database.reading() as uow:
            if not await notices.any_due(uow):
                return
        async with self.database.unit_of_work() as uow:
            await notices.run_due(uow, self.calendar)

    async def recall_crossed(self) -> None:
        """Take back what was on the wire when it was withdrawn."""
        async with self.database.reading() as uow:
            if not await notices.crossed(uow):
                return
        async with self.database.unit_of_work() as uow:
            late = await notices.crossed(uow)
        for target, message_id in late:
            if not await self.chat.recall(target, message_id):
                log.warning("a withdrawn notice stays in %s %s", target.kind, target.id)

    async def pin_notices(self) -> None:
        """Keep in sight what has arrived and should be: once each, after its mark is on disk."""
        async with self.database.reading() as uow:
            if not await notices.to_pin(uow):
                return
        async with self.database.unit_of_work() as uow:
            arrived = await notices.to_pin(uow)
        for notice, places in arrived:
            done = [await self.chat.pin(to, message, notice.pin, notice.text) for to, message in places]
            if not all(done):
                async with self.database.unit_of_work() as uow:
                    await notices.not_pinned(uow, notice)

    async def end_publicities(self) -> None:
        """Announce the 公示 whose last day has passed."""
        async with self.database.reading() as uow:
            if not await publicity.any_running(uow):
                return
        async with self.database.unit_of_work() as uow:
            await publicity.run_due(uow, self.calendar)

    async def listen(self) -> None:
        """Know which groups have a discussion open."""
        async with self.database.reading() as uow:
            await opening.listen(uow, self.listening)

    async def end_what_is_due(self) -> None:
        """Mention the discussions that end soon, and end those whose time has come."""
        async with self.database.reading() as uow:
            if not await opening.any_due(uow):
                return
        async with self.database.unit_of_work() as uow:
            ended = await opening.run_due(uow)
        if ended:
            await self.listen()

    async def do_meetings(self) -> None:
        """Remind of meetings, begin and end them."""
        async with self.database.reading() as uow:
            if not await keeping_time.any_due(uow):
                return
        async with self.database.unit_of_work() as uow:
            await keeping_time.run_due(uow)

    async def warn_of_meetings(self) -> None:
        """Tell secretaries what their branch should hold before a month, a quarter or the year ends, and everybody what
        they have taken on and is due."""
        async with self.database.unit_of_work() as uow:
            await yearly.warn(uow)
            await tasks.remind(uow)

    async def send_reports(self) -> None:
        """Send the reports of the month to those who lead, each by itself."""
        async with self.database.reading() as uow:
            due = await monthly.due(uow, self.calendar)
        for what, span, branch_id in due:
            try:
                await monthly.send(self.database, self.media, what, span, branch_id)
            except Exception as error:  # the other branches must not suffer; this one is tried again
                frames = "".join(traceback.format_tb(error.__traceback__))
                log.error("the report of branch %s failed: %s\n%s", branch_id, type(error).__name__, frames)

    async def remind_on_sunday(self) -> None:
        """One line to each who has several readings open."""
        async with self.database.reading() as uow:
            if not await sunday.due(uow):
                return
            behind = await sunday.behind(uow)
        async with self.database.unit_of_work() as uow:
            await sunday.remind(uow, behind)

    async def read_sources(self) -> None:
        """Ask the sources of all branches that nobody has asked for an hour."""
        async with self.database.reading() as uow:
            due = await refreshing.due(uow)
        await refreshing.refresh(self.database, self.fetcher, self.settings.hot_dir, due)

    async def _confirm(self, said: list[Confirmation]) -> list[Receipt | Exception]:
        async with self.database.unit_of_work() as uow:
            return await confirm_all(uow, said)

    async def _check_in(self, claims: list[Claim]) -> list[Outcome | Exception]:
        async with self.database.unit_of_work() as uow:
            return await check_in_all(uow, claims)

    async def stop(self) -> None:
        """Stop taking work, finish what is under way, close the database."""
        await self.ticker.stop()
        await self.worker.stop()
        await self.fetcher.close()
        await self.model.close()
        await self.database.close()
