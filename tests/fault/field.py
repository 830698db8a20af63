"""A field to try disasters on: a database, simulated accounts, and at most one delivering process at a time."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.delivery import outbox
from bot.delivery.models import OutboxRow
from bot.delivery.outbox import Outgoing
from bot.delivery.reference import marks_in
from bot.delivery.transport import Target
from bot.rendering.content import Content
from bot.simulator.simulator import Sent, Simulator
from bot.simulator.world import Member, Person, World
from tests.nursery import Nursery, alive
from tests.process import PATIENCE, TOKEN, free_port

from .harness import SECRETARY, Job

SETTINGS: dict[str, float] = {
    "lease": 1.0, "send_timeout": 1.0, "pace": 0, "jitter": 0, "poll": 0.2, "absent_gap": 0.6, "reconcile_for": 2.0,
    "circuit_for": 60,
}  # fmt: skip
GROUPS = (900001, 900002, 900003)
MEMBER = 30001


class Post:
    """What was put into a database's outbox by a test, and what of it stands in the simulated groups."""

    branch_id: int | None = None

    def __init__(self, url: str, secretary: int) -> None:
        self.url = url
        self.database = Database(url, SystemClock())
        self.sims: dict[int, Simulator] = {}
        self._secretary = secretary
        self._keys = 0

    async def put(self, *groups: int, account: int = 10001, text: str = "", **more: Any) -> list[str]:
        """Enqueue a message per group; the references."""
        outs = []
        for group in groups:
            self._keys += 1
            to = Target(str(account), "group", str(group))
            content = Content.of(text or f"第 {self._keys} 条")
            outs.append(Outgoing(self.branch_id, to, content, "test", f"k{self._keys}", **more))
        async with self.database.unit_of_work() as uow:
            return [reference or "" for reference in await outbox.enqueue_all(uow, outs)]

    async def rows(self) -> list[OutboxRow]:
        """The messages that the test put, in order."""
        async with self.database.reading() as uow:
            own = select(OutboxRow).where(OutboxRow.origin == "test").order_by(OutboxRow.id)
            rows = list(await uow.session.scalars(own))
            uow.session.expunge_all()
            return rows

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    async def settled(self, *states: str, seconds: float = PATIENCE) -> None:
        """Wait until the rows have exactly these states."""
        await self.until(lambda found: found == list(states), seconds)

    async def until(self, true: Callable[[list[str]], bool], seconds: float = PATIENCE) -> None:
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
        return [sent for sent in self.sims[account].sent if sent.user_id == self._secretary]


class Field(Post):
    """The delivering process is only the worker (``tests.fault.harness``)."""

    def __init__(self, nursery: Nursery, url: str) -> None:
        super().__init__(url, int(SECRETARY))
        self.port = free_port()
        self.pid = 0
        self._nursery = nursery
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Field":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self.kill()
        await self.database.close()

    async def account(self, self_id: int = 10001) -> Simulator:
        """Another account with three groups, in each of which somebody has said something before."""
        return await self.connect(_world(self_id))

    async def connect(self, world: World) -> Simulator:
        """The account of a world connects, whatever else it is connected to."""
        address = f"ws://127.0.0.1:{self.port}/onebot/v11/ws"
        sim = Simulator(address, token=TOKEN, world=world, heartbeat=0.5, reconnect=0.05)
        self.sims[world.self_id] = await self._stack.enter_async_context(sim)
        return sim

    def bear(self, *, die_at: int = 0, die_on: str = "", halt_on: str = "", **settings: float) -> int:
        """Begin a life of the delivering process."""
        job = Job(self.port, self.url, SETTINGS | settings, die_at, die_on, halt_on)
        self.pid = self._nursery.bear("tests.fault.harness:live", **asdict(job))
        return self.pid

    def kill(self) -> None:
        """SIGKILL, if it is still there."""
        if self.pid and alive(self.pid):
            os.kill(self.pid, signal.SIGKILL)

    async def died(self, seconds: float = PATIENCE) -> None:
        """Wait until the process is gone."""
        async with asyncio.timeout(seconds):
            while alive(self.pid):  # noqa: ASYNC110 - another process can't set an event
                await asyncio.sleep(0.005)

    async def halted(self, seconds: float = PATIENCE) -> None:
        """Wait until the process stands still."""
        async with asyncio.timeout(seconds):
            while "State:\tT" not in Path(f"/proc/{self.pid}/status").read_text():  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


def _world(self_id: int) -> World:
    world = World(self_id)
    for person in (self_id, MEMBER, int(SECRETARY)):
        world.add_person(Person(person, str(person)))
    for group in GROUPS:
        world.add_group(group, "群", [Member(self_id), Member(MEMBER), Member(int(SECRETARY), role="owner")])
        world.say(f"group:{group}", MEMBER, [{"type": "text", "data": {"text": "早上好"}}])
    return world
