"""The clock of the process: calls jobs every few seconds. APScheduler stays in here.

It only proposes; what is due, and that it happens once, is decided by the database. So nothing is stored, a beat that
was late is made up for by the next one, and a job that fails is logged and called again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.core import measures
from bot.core.clock import Clock
from bot.core.errors import DatabaseBusy
from bot.core.log import failed

log = logging.getLogger("xueban.ticker")

Job = Callable[[], Awaitable[object]]

_LAG = measures.durations("event_loop_lag", "how late the event loop comes round")
_NAP = 0.5

JUMP = 2.0
"""Seconds by which the wall clock must stray from the steady one to count as set."""


class _Beat(BaseTrigger):  # type: ignore[misc]
    """Every ``interval`` from now on. Counting from now, a clock set a year forward gives one beat, not millions."""

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now if previous_fire_time is None else now + self.interval


class Ticker:
    """Calls each job every so many seconds, one call of a job at a time, until stopped. ``clock`` is watched for
    jumps: after one all jobs are called at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: list[tuple[str, float, Job]] = []
        self._outside: set[str] = set()
        self._held = False
        self._seen = (0.0, 0.0)
        self._worst = 0.0
        self._running: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone="UTC",
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a job longer than its beat is no warning here

    def every(self, seconds: float, name: str, job: Job, *, outside: bool = False) -> None:
        """Call ``job`` at the start and then every ``seconds``. ``name`` is unique and stands in the log. One that asks
        somebody ``outside`` is left alone by ``beat``."""
        if seconds <= 0:
            raise ValueError("a beat takes some time")
        if name in (known for known, _, _ in self._jobs):
            raise ValueError(f"there is a job {name} already")
        self._jobs.append((name, seconds, job))
        if outside:
            self._outside.add(name)
        if self._scheduler.running:
            self._add(name, seconds, job)

    def start(self) -> None:
        """Begin to tick; needs a running event loop."""
        for name, seconds, job in self._jobs:
            self._add(name, seconds, job)
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_for_jumps(), name="ticker-watch")

    async def stop(self, patience: float = 5.0) -> None:
        """Call nothing more, let the calls under way end (for ``patience`` seconds, then cancel them)."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        if self._running:
            await asyncio.wait(set(self._running), timeout=patience)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)

    def wake(self) -> None:
        """Call all jobs now, without waiting for their beat."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(self._scheduler.timezone))

    def lag(self) -> float:
        """How late the event loop came round at the worst since this was asked last (s)."""
        worst, self._worst = self._worst, 0.0
        return worst

    async def beat(self) -> None:
        """Call every job that stays in the house once, here and now, one after the other."""
        for name, _, job in self._jobs:
            if name not in self._outside:
                await self._guarded(name, job)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, the clock may be set: jobs are called by ``beat`` only. Afterwards all are called at once."""
        self._held = True
        self._scheduler.pause()
        try:
            yield
        finally:
            self._held, self._seen = False, self._strays()
            if self._scheduler.running:
                self._scheduler.resume()
                self.wake()

    def _add(self, name: str, seconds: float, job: Job) -> None:
        async def call() -> None:
            await self._guarded(name, job)

        self._scheduler.add_job(call, _Beat(timedelta(seconds=seconds)), id=name, name=name)

    async def _guarded(self, name: str, job: Job) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await job()
        except DatabaseBusy:
            log.warning("job %s: database busy, again with the next beat", name)
        except Exception as error:
            failed(log, f"job {name}", error)
        finally:
            self._running.discard(task)

    async def _watch_for_jumps(self) -> None:
        loop = asyncio.get_running_loop()
        self._seen = self._strays()
        while True:
            asleep_at = loop.time()
            await asyncio.sleep(_NAP)
            late = max(loop.time() - asleep_at - _NAP, 0.0)
            _LAG.observe(late)
            self._worst = max(self._worst, late)
            if self._held:
                continue
            seen = self._strays()
            jump = max((new - old for new, old in zip(seen, self._seen, strict=True)), key=abs)
            if abs(jump) > JUMP:
                log.warning("the clock was set by %+.0f s", jump)
                self.wake()
            self._seen = seen

    def _strays(self) -> tuple[float, float]:
        """How far our clock and the machine's are from the loop's steady one (s)."""
        steady = asyncio.get_running_loop().time()
        return self._clock.now().timestamp() - steady, datetime.now(self._scheduler.timezone).timestamp() - steady
