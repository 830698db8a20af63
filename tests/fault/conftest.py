"""A field to try disasters on: real processes that deliver, real databases, and the simulator as the platform."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.clock import SystemClock
from bot.core.db import Base, Database
from bot.delivery import outbox
from bot.delivery.models import OutboxRow
from bot.delivery.outbox import Outgoing
from bot.delivery.reference import marks_in
from bot.delivery.transport import Target
from bot.rendering.content import Content
from bot.simulator.simulator import Sent, Simulator
from bot.simulator.world import Member, Person, World
from tests.conftest import import_models
from tests.postgres import server
from tests.process import TOKEN, free_port

from .harness import SECRETARY, Job

SETTINGS: dict[str, float] = {
    "lease": 1.0, "send_timeout": 1.0, "pace": 0, "jitter": 0, "poll": 0.2, "absent_gap": 0.6, "reconcile_for": 2.0,
    "circuit_for": 60,
}  # fmt: skip
GROUPS = (900001, 900002, 900003)
MEMBER = 30001


class Nursery:
    """The process that gives birth to the delivering ones."""

    def __init__(self) -> None:
        root = Path(__file__).parents[2]
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.fault.harness"],
            cwd=root,
            env={k: v for k, v in os.environ.items() if not k.startswith(("XUEBAN", "ONEBOT"))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def bear(self, job: Job) -> int:
        """Begin a life; its process id."""
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(asdict(job)) + "\n")
        self._parent.stdin.flush()
        return int(json.loads(self._parent.stdout.readline())["pid"])

    def close(self) -> None:
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Field:
    """One database, one port, the simulated accounts, and at most one delivering process at a time."""

    def __init__(self, nursery: Nursery, url: str) -> None:
        self.port = free_port()
        self.url = url
        self.database = Database(url, SystemClock())
        self.pid = 0
        self.sims: dict[int, Simulator] = {}
        self._nursery = nursery
        self._stack = AsyncExitStack()
        self._keys = 0

    async def __aenter__(self) -> "Field":
        import_models()
        async with self.database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self.kill()
        await self.database.close()

    async def account(self, self_id: int = 10001) -> Simulator:
        """Another account with three groups, in each of which somebody has said something before."""
        world = World(self_id)
        for person in (self_id, MEMBER, int(SECRETARY)):
            world.add_person(Person(person, str(person)))
        for group in GROUPS:
            world.add_group(group, "群", [Member(self_id), Member(MEMBER), Member(int(SECRETARY), role="owner")])
            world.say(f"group:{group}", MEMBER, [{"type": "text", "data": {"text": "早上好"}}])
        address = f"ws://127.0.0.1:{self.port}/onebot/v11/ws"
        sim = Simulator(address, token=TOKEN, world=world, heartbeat=0.5, reconnect=0.05)
        self.sims[self_id] = await self._stack.enter_async_context(sim)
        return sim

    def bear(self, *, die_at: int = 0, die_on: str = "", **settings: float) -> int:
        """Begin a life of the delivering process."""
        self.pid = self._nursery.bear(Job(self.port, self.url, SETTINGS | settings, die_at, die_on))
        return self.pid

    def kill(self) -> None:
        """SIGKILL, if it is still there."""
        if self.pid and alive(self.pid):
            os.kill(self.pid, signal.SIGKILL)

    async def died(self, seconds: float = 10) -> None:
        """Wait until the process is gone."""
        async with asyncio.timeout(seconds):
            while alive(self.pid):  # noqa: ASYNC110 - another process can't set an event
                await asyncio.sleep(0.005)

    async def put(self, *groups: int, account: int = 10001, **more: Any) -> list[str]:
        """Enqueue a message per group; the references."""
        outs = []
        for group in groups:
            self._keys += 1
            to = Target(str(account), "group", str(group))
            outs.append(Outgoing(None, to, Content.of(f"第 {self._keys} 条"), "test", f"k{self._keys}", **more))
        async with self.database.unit_of_work() as uow:
            return [reference or "" for reference in await outbox.enqueue_all(uow, outs)]

    async def rows(self) -> list[OutboxRow]:
        """The messages to groups, in order; notices to the secretary are left out."""
        async with self.database.reading() as uow:
            pushes = select(OutboxRow).where(OutboxRow.target_kind == "group").order_by(OutboxRow.id)
            rows = list(await uow.session.scalars(pushes))
            uow.session.expunge_all()
            return rows

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    async def settled(self, *states: str, seconds: float = 15) -> None:
        """Wait until the rows have exactly these states."""
        await self.until(lambda found: found == list(states), seconds)

    async def until(self, true: Callable[[list[str]], bool], seconds: float = 15) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while not true(found := await self.states()):
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"never came true: {[(r.state, r.reason, r.attempts) for r in await self.rows()]}")
            await asyncio.sleep(0.03)
        assert true(found)

    def arrived(self, account: int = 10001) -> Counter[str]:
        """How often each reference stands in the groups of an account."""
        own = [sent for sent in self.sims[account].sent if sent.group_id is not None]
        return Counter(mark for sent in own for mark in marks_in(sent.text)[-1:])

    def told(self, account: int = 10001) -> list[Sent]:
        """What the secretary was told in private."""
        return [sent for sent in self.sims[account].sent if sent.user_id == int(SECRETARY)]


@pytest.fixture
async def field(nursery: Nursery, data_dir: Path) -> AsyncIterator[Field]:
    async with Field(nursery, f"sqlite+aiosqlite:///{data_dir / 'fault.db'}") as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def fields(request: pytest.FixtureRequest, nursery: Nursery, data_dir: Path) -> AsyncIterator[list[Field]]:
    """Four fields that are tried at the same time, on either database."""
    async with AsyncExitStack() as stack:
        made = []
        for number in range(4):
            file = data_dir / f"fault{number}.db"
            url = f"sqlite+aiosqlite:///{file}" if request.param == "sqlite" else await server().fresh()
            made.append(await stack.enter_async_context(Field(nursery, url)))
        yield made
