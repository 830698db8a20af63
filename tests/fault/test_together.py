"""Two whole processes on one PostgreSQL, each with accounts of its own: what one must know of the other."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.core.clock import SystemClock
from bot.core.db import Database, ring
from bot.core.errors import DatabaseBusy
from bot.simulator import sample
from bot.simulator.simulator import Simulator
from tests.nursery import Nursery
from tests.postgres import server
from tests.process import PATIENCE

from . import house as houses
from .house import EVERYBODY, GROUP, House, acknowledged, answered, delivery, reactions, sends

TEXT = "社区把网格建在楼栋里,党员在家门口亮身份、领任务,半年来解决停车、漏水、噪声等小事四百多件。"


@pytest.fixture
async def pair(nursery: Nursery, furnished: Path, furnished_postgres: str, tmp_path: Path) -> AsyncIterator[House]:
    """Two processes that would look into the outbox by themselves only once in ten minutes."""
    houses.copy(furnished, tmp_path)
    url = await server().fresh(like=furnished_postgres)
    patient = delivery(poll=600, lease=600, send_timeout=600)
    async with House(nursery, tmp_path, url, **patient) as made:
        made.another_bot(**patient)
        await asyncio.gather(*(bot.start() for bot in made.bots))
        yield made


async def wired(sim: Simulator, times: int) -> None:
    """Wait until the bot has called that often for a message to the group."""
    async with asyncio.timeout(PATIENCE):
        while sends(sim) < times:  # noqa: ASYNC110 - another process can't set an event
            await asyncio.sleep(0.01)


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
        await pair.until(lambda states: set(states) == {"sent"})
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
    await asyncio.wait_for(heard.get(), PATIENCE)
    assert heard.empty()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await one.close()
    await other.close()


# -- case 17


@pytest.mark.parametrize("first_is", ["alive", "dead"])
async def test_an_account_that_moves_is_taken_over_with_what_was_under_way(pair: House, first_is: str) -> None:
    """What the first process had on the wire is settled by the second, long before its lease runs out, and nothing more
    is claimed by the first."""
    sim = await pair.account(pair.bots[0])
    await sim.ready()
    [first] = await pair.put(GROUP)
    await pair.settled("sent")
    sim.behaviour.next("lost")
    [second] = await pair.put(GROUP)
    await pair.settled("sent", "sending")
    await wired(sim, 2)
    if first_is == "dead":
        pair.bots[0].kill()
    await sim.connect(pair.bots[1].url)
    [third] = await pair.put(GROUP)
    await pair.settled("sent", "sent", "sent", seconds=15)
    assert pair.arrived() == {first: 1, second: 1, third: 1}
    one, *others = [row.owner for row in await pair.rows()]
    assert one not in others and len(set(others)) == 1


async def test_a_process_that_stood_still_finds_its_work_done_by_another(pair: House) -> None:
    """It wakes long after its lease, while the other has the same message on the wire: its word counts no more."""
    for bot in pair.bots:
        bot.kill()
        bot.environment |= delivery(lease=2, send_timeout=2, absent_gap=0.5, poll=0.3)
        await bot.start()
    sim = await pair.account(pair.bots[0])
    await sim.ready()
    sim.behaviour.next("lost")
    [reference] = await pair.put(GROUP)
    await wired(sim, 1)
    os.kill(pair.bots[0].pid, signal.SIGSTOP)
    sim.behaviour.seconds = 1.9
    sim.behaviour.next("slow")
    await sim.connect(pair.bots[1].url)
    await wired(sim, 2)
    os.kill(pair.bots[0].pid, signal.SIGCONT)
    await pair.settled("sent")
    assert (pair.arrived(), sends(sim)) == ({reference: 1}, 2)


# -- case 18


async def test_the_database_restarts_while_messages_leave(pair: House) -> None:
    """Within half a minute everything goes on, and each message arrives once; what is typed meanwhile is answered."""
    sim = await pair.account(pair.bots[1])
    await sim.ready()
    sim.behaviour.delay = 0.15
    promised = await pair.put(*[GROUP] * 12)
    await wired(sim, 3)
    await asyncio.to_thread(server().restart)
    message = await sim.say(GROUP, EVERYBODY[4], "已学 1")
    await pair.until(lambda states: set(states) == {"sent"}, seconds=30)
    assert pair.arrived() == dict.fromkeys(promised, 1)
    async with asyncio.timeout(PATIENCE):
        while not reactions(sim, message) and not any("请过一会儿再发一次" in s.text for s in sim.sent):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert "defect" not in "".join(bot.written for bot in pair.bots)


async def test_what_is_the_databases_own_trouble_is_said_to_be_that() -> None:
    """It isn't there, it breaks a connection off, it ends two who wait for each other."""
    away = Database("postgresql+asyncpg://postgres@/x?host=/nowhere", SystemClock())
    with pytest.raises(DatabaseBusy):
        async with away.reading():
            raise AssertionError
    database = Database(await server().fresh(), SystemClock())
    with pytest.raises(DatabaseBusy):
        async with database.reading() as uow:
            await uow.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    both, told = asyncio.Barrier(2), []

    async def lock(*keys: int) -> None:
        try:
            async with database.unit_of_work() as uow:
                for key in keys:
                    await uow.session.execute(select(func.pg_advisory_xact_lock(key)))
                    if key == keys[0]:
                        await both.wait()
        except DatabaseBusy:
            told.append(keys)

    await asyncio.gather(lock(1, 2), lock(2, 1))
    assert len(told) == 1
    await away.close()
    await database.close()
