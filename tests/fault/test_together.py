"""Two whole processes on one PostgreSQL, each with accounts of its own: what one must know of the other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.clock import SystemClock
from bot.core.db import Database, ring
from bot.simulator import sample
from tests.nursery import Nursery
from tests.postgres import server

from . import house as houses
from .house import EVERYBODY, GROUP, House, acknowledged, answered, delivery

TEXT = "社区把网格建在楼栋里,党员在家门口亮身份、领任务,半年来解决停车、漏水、噪声等小事四百多件。"


@pytest.fixture
async def pair(nursery: Nursery, furnished: Path, tmp_path: Path) -> AsyncIterator[House]:
    """Two processes that would look into the outbox by themselves only once in ten minutes."""
    houses.copy(furnished, tmp_path)
    url = await server().fresh()
    await asyncio.to_thread(houses.furnish, tmp_path, url)
    patient = delivery(poll=600, lease=30, send_timeout=30)
    async with House(nursery, tmp_path, url, **patient) as made:
        made.another_bot(**patient)
        await asyncio.gather(*(bot.start() for bot in made.bots))
        yield made


async def test_what_one_process_writes_another_sends_at_once(pair: House) -> None:
    sim = await pair.account(pair.bots[1])
    await sim.ready()
    for _ in range(3):
        [reference] = await pair.put(GROUP)
        await pair.until(lambda states: set(states) == {"sent"})
        assert pair.arrived()[reference] == 1


async def test_after_the_database_restarts_they_hear_again(pair: House) -> None:
    sim = await pair.account(pair.bots[1])
    await sim.ready()
    await asyncio.to_thread(server().restart)
    for _ in range(2):
        [reference] = await pair.put(GROUP)
        await pair.until(lambda states: set(states) == {"sent"}, seconds=30)
        assert pair.arrived()[reference] == 1


async def test_what_one_process_asked_is_answered_to_another(pair: House) -> None:
    sim = await pair.account(pair.bots[0])
    await sim.ready()
    assert "确认" in await pair.asked(sim, sample.PROPAGANDIST, f"推送 网格在身边\n{TEXT}")
    await sim.disconnect()
    await sim.connect(pair.bots[1].url)
    await sim.ready()
    await pair.asked(sim, sample.PROPAGANDIST, "我的")
    await sim.whisper(sample.PROPAGANDIST, "确认")
    await answered(sim, lambda: [s.text for s in sim.sent if s.group_id == GROUP], "今日学习 2")
    message = await sim.say(GROUP, EVERYBODY[4], "已学 2")
    await acknowledged(sim, message)


async def test_a_job_is_done_by_one_process_at_a_time() -> None:
    url = await server().fresh()
    one, other = Database(url, SystemClock()), Database(url, SystemClock())
    async with one.alone("reports") as first, other.alone("reports") as second, other.alone("sunday") as third:
        assert (first, second, third) == (True, False, True)
    async with other.alone("reports") as again:
        assert again
    await one.close()
    await other.close()


async def test_the_bell_rings_once_it_is_on_disk() -> None:
    url = await server().fresh()
    one, other = Database(url, SystemClock()), Database(url, SystemClock())
    heard = asyncio.Queue[None]()
    listening = asyncio.create_task(other.hear("news", lambda: heard.put_nowait(None)))
    await heard.get()  # listening now
    with pytest.raises(RuntimeError):
        async with one.unit_of_work() as uow:
            await ring(uow, "news")
            raise RuntimeError
    async with one.unit_of_work() as uow:
        await ring(uow, "other news")
        await ring(uow, "news")
        assert heard.empty()
    await asyncio.wait_for(heard.get(), 10)
    assert heard.empty()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await one.close()
    await other.close()
