"""A small bot that speaks to the simulator over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from bot.core.clock import ShiftableClock
from bot.simulator import Simulator
from tests.process import PATIENCE

TOKEN = "unit-test"


class Caller:
    """Calls actions and collects events. ``answers`` are matched by echo."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._count = 0
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for text in self.socket:
            frame = json.loads(text)
            if "post_type" in frame:
                self.events.append(frame)
            elif (waiting := self._answers.pop(str(frame.get("echo")), None)) is not None:
                waiting.set_result(frame)

    async def raw(self, action: str, params: Any = None, timeout: float = PATIENCE, **more: Any) -> dict[str, Any]:
        self._count += 1
        echo = f"call-{self._count}"
        waiting = asyncio.get_running_loop().create_future()
        self._answers[echo] = waiting
        await self.socket.send(json.dumps({"action": action, "params": params or more, "echo": echo}))
        return await asyncio.wait_for(waiting, timeout)

    async def __call__(self, action: str, **params: Any) -> Any:
        answer = await self.raw(action, params)
        assert answer["status"] == "ok", answer
        return answer["data"]

    async def refusal(self, action: str, **params: Any) -> int:
        answer = await self.raw(action, params)
        assert (answer["status"], answer["data"]) == ("failed", None), answer
        return int(answer["retcode"])

    async def event(self, **fields: Any) -> dict[str, Any]:
        """The first event with these fields, now or soon."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in self.events:
                    if all(event.get(key) == value for key, value in fields.items()):
                        return event
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self.socket.close()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def sim(clock: ShiftableClock) -> AsyncIterator[Simulator]:
    async with Simulator(listen=("127.0.0.1", 0), token=TOKEN, clock=clock, heartbeat=0) as simulator:
        yield simulator


@pytest.fixture
async def call(sim: Simulator) -> AsyncIterator[Caller]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    caller = Caller(await connect(f"ws://127.0.0.1:{sim.port}/", additional_headers=headers, proxy=None))
    await sim.ready()
    yield caller
    await caller.close()
