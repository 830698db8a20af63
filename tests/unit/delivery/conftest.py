"""An outbox on SQLite and on PostgreSQL, a worker over a platform in memory, and what it complained about."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.clock import ShiftableClock
from bot.core.db import Database, UnitOfWork
from bot.core.settings import DeliverySettings
from bot.delivery import outbox
from bot.delivery.models import OutboxRow
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.delivery.trouble import Trouble
from bot.delivery.worker import Worker
from bot.rendering.content import Content
from tests import databases
from tests.process import PATIENCE

from .platform import FakePlatform


def fast(**changes: float) -> DeliverySettings:
    """Delivery settings in tenths of seconds."""
    values: dict[str, float] = {
        "lease": 0.4, "send_timeout": 0.3, "pace": 0, "jitter": 0, "poll": 0.1, "absent_gap": 0.2,
        "reconcile_for": 0.6, "circuit_for": 30, "reopen": 0.1,
    }  # fmt: skip
    return DeliverySettings.model_validate(values | changes)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, clock: ShiftableClock, data_dir: Path) -> AsyncIterator[Database]:
    db = Database(await databases.on(request.param, data_dir), clock)
    yield db
    await db.close()


class Bench:
    """An outbox with its worker and the platform. ``put`` enqueues; ``settled`` waits for states."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.platform = FakePlatform("1")
        self.troubles: list[Trouble] = []
        self.removed: list[Target] = []
        self._keys = 0

    def worker(self, **settings: float) -> Worker:
        return Worker(
            self.database, self.platform, self.database.clock, fast(**settings), self._troubled, self._left
        )  # fmt: skip

    @asynccontextmanager
    async def running(self, **settings: float) -> AsyncIterator[Worker]:
        worker = self.worker(**settings)
        await worker.start()
        try:
            yield worker
        finally:
            await worker.stop()

    async def _troubled(self, uow: UnitOfWork, trouble: Trouble) -> None:
        self.troubles.append(trouble)

    async def _left(self, uow: UnitOfWork, target: Target, reason: str) -> None:
        self.removed = [one for one in self.removed if one != target] + ([target] if reason else [])

    async def put(self, *targets: str, account: str = "1", text: str = "你好", **more: Any) -> list[str]:
        """Enqueue one message per target; their references."""
        outs = []
        for target in targets:
            self._keys += 1
            to = Target(account, "group", target)
            outs.append(Outgoing(None, to, Content.of(text), "test", f"key:{self._keys}", **more))
        async with self.database.unit_of_work() as uow:
            references = await outbox.enqueue_all(uow, outs)
        return [reference for reference in references if reference is not None]

    async def rows(self) -> list[OutboxRow]:
        async with self.database.reading() as uow:
            rows = list(await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
            uow.session.expunge_all()
            return rows

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    async def until(self, true: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            result = true()
            if result if isinstance(result, bool) else await result:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"never came true; the rows are {await self.states()}")
            await asyncio.sleep(0.02)

    async def settled(self, *states: str, seconds: float = PATIENCE) -> None:
        """Wait until the rows have exactly these states, in the order of enqueueing."""

        async def reached() -> bool:
            return await self.states() == list(states)

        await self.until(reached, seconds)

    @property
    def now(self) -> datetime:
        return self.database.clock.now()


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)
