"""``xueban demo``: the real bot on a loopback port, and the simulated group beside it, in one process.

The bot is started exactly as by ``run``, with a clock that the page may set and a database of its own; the simulated
group connects to it by a real reverse WebSocket.
"""

import asyncio
import secrets
import shutil
import socket
import sys
from datetime import date, datetime, timedelta

from bot.app import App
from bot.branch import roster_repository, setting_up
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.branch.models import Role
from bot.core import log
from bot.core.clock import CHINA, ShiftableClock, SystemClock, to_local
from bot.core.db import Base, UnitOfWork
from bot.core.settings import SHIPPED, Settings
from bot.delivery import outbox
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import parse as parse_recurrence
from bot.simulator import sample, sample_discussion, sample_meeting, sample_notice, sample_quiz
from bot.simulator.clockwork import jumper
from bot.simulator.server import PageServer
from bot.simulator.simulator import Simulator
from bot.sources.article import Article
from bot.study import materials, plans, pushing

SAMPLES = SHIPPED / "samples"
FOLDER = "demo"
BRANCH = "红旗社区第一党支部"


def run(settings: Settings, page_port: int) -> int:
    """Run until stopped. What is in ``<data>/demo`` is thrown away at each start: it is only a demo."""
    folder = settings.xueban.data_dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    clock = ShiftableClock(morning(SystemClock().now(), WorkdayCalendar.load(settings.xueban.data_dir)))
    port = _free_port()
    own = settings.model_copy(
        update={
            "host": "127.0.0.1",
            "port": port,
            "superusers": frozenset({str(sample.SECRETARY)}),
            "onebot_access_token": secrets.token_hex(16),
            "onebot_secret": secrets.token_hex(16),
            "database_url": "",
            "xueban": settings.xueban.model_copy(
                update={
                    "data_dir": folder,
                    "public_url": f"http://127.0.0.1:{port}",
                    "log_level": "WARNING",
                    "delivery": settings.xueban.delivery.model_copy(update={"pace": 0.15, "jitter": 0.1}),
                }
            ),
        }
    )
    from bot.chat import runtime

    shown = _Shown(own, clock, page_port)
    if _taken(page_port):
        print(f"端口 {page_port} 被占用了,请用 xueban demo --page-port 8090 换一个。", file=sys.stderr)
        return 1
    runtime.build(own, clock, started=shown.start, stopping=shown.stop)
    log.set_up(own.xueban.log_level)
    runtime.serve(log_level="warning")
    return 0


class _Shown:
    """The simulated group and its page, started when the bot is ready."""

    def __init__(self, settings: Settings, clock: ShiftableClock, page_port: int) -> None:
        self._clock = clock
        self.sim = Simulator(
            f"ws://127.0.0.1:{settings.port}/onebot/v11/ws",
            token=settings.onebot_access_token,
            clock=clock,
            reconnect=0.3,
        )
        self.page = PageServer(self.sim, port=page_port, jump=self.jump, on_reset=self.reset)
        self._began = clock.now()
        self._app: App

    async def start(self, app: App) -> None:
        self._app = app
        async with app.database.unit_of_work() as uow:
            await load_sample(uow, app)
        await self.page.start()
        self._running = asyncio.create_task(self._connect())
        print(f"\n模拟群已就绪:请在浏览器打开 {self.page.url}   (Ctrl+C 结束)\n", flush=True)

    async def _connect(self) -> None:
        async with self.sim:
            await asyncio.Event().wait()

    async def jump(self, text: str) -> datetime:
        """Set the clock as ``clockwork.read`` understands it, and let everything in between happen."""
        with self._app.ticker.held():
            return await jumper(self._clock, self.pass_time)(text)

    async def pass_time(self) -> None:
        """Do what the clock says is due, and let it arrive before time goes on."""
        await self._app.ticker.beat()
        self._app.worker.wake()
        for _ in range(60):
            async with self._app.database.reading() as uow:
                if await outbox.waiting(uow) == 0:
                    break
            await asyncio.sleep(0.05)
        self.page.tell_clock(self._clock.now())

    async def reset(self) -> None:
        """Forget everything that was done in the demo and begin again."""
        with self._app.ticker.held():
            self._clock.set(self._began)
            async with self._app.database.unit_of_work() as uow:
                for table in reversed(Base.metadata.sorted_tables):
                    await uow.session.execute(table.delete())
                await load_sample(uow, self._app)
            await self._app.conversations.load()
        self.page.tell_clock(self._clock.now())

    async def stop(self, app: App) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.page.stop()


async def load_sample(uow: UnitOfWork, app: App) -> None:
    """The sample branch with something of every feature under way."""
    propagandist = await load_branch(uow, app)
    await sample_discussion.load(uow, app, propagandist)
    await sample_notice.load(uow, app, propagandist)
    await sample_meeting.load(uow, app, propagandist)
    await sample_quiz.load(uow, propagandist)


async def load_branch(uow: UnitOfWork, app: App) -> Actor:
    """People, roles, materials, a plan for every workday at 8:00, and one push already out; the propagandist."""
    boss = Actor(
        "onebot11", str(sample.SELF_ID), str(sample.SECRETARY), group_id=str(sample.GROUP_ID), is_superuser=True
    )
    made = await setting_up.found(uow, boss, BRANCH, sample.GROUP_NAME)
    cards = sample.world().groups[sample.GROUP_ID].members
    people = [(str(user), cards[user].card) for user in sample.MEMBERS]
    await setting_up.enrol(uow, boss, made.id, people)
    for user, role in (
        (sample.SECRETARY, Role.SECRETARY),
        (sample.PROPAGANDIST, Role.PROPAGANDIST),
        (sample.ORGANISER, Role.ORGANISER),
    ):
        owner = await roster_repository.owners(uow, boss.platform, [str(user)])
        await roster_repository.grant(uow, made.id, owner[str(user)], role)
    speaker = Speaker(boss.platform, boss.account, str(sample.PROPAGANDIST), boss.group_id)
    actor = await branch.resolve_actor(uow, speaker, frozenset())
    stored = [await materials.add(uow, actor, await materials.prepare(one)) for one in articles()]
    recurrence = parse_recurrence("每个工作日8:00", uow.now)
    await plans.series(uow, actor, "党章党规天天学", recurrence, [one.no for one in stored[1:]], app.calendar)
    await pushing.push(uow, made.id, stored[0], pages=app.pages)
    return actor


def articles() -> list[Article]:
    """The sample materials under ``data/samples``: a title, a source and a date, a blank line, the text."""
    found = []
    for path in sorted(SAMPLES.glob("*.md")):
        head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
        title, source, published = head.splitlines()
        found.append(Article(title.lstrip("# "), text.strip(), source, "", date.fromisoformat(published)))
    return found


def morning(now: datetime, calendar: WorkdayCalendar) -> datetime:
    """8:05 on the latest workday with another after it, whatever the time is really: the day's push has just come, and
    tomorrow's will."""
    day = to_local(now).date()
    while not (calendar.is_workday(day) and calendar.is_workday(day + timedelta(days=1))):
        day -= timedelta(days=1)
    return datetime.combine(day, datetime.min.time(), CHINA) + timedelta(hours=8, minutes=5)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
