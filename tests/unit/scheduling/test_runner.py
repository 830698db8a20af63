"""The ticker goes on through failing jobs, slow jobs and a clock that is set."""

import asyncio
import logging
import time
from datetime import timedelta

import pytest
import time_machine

from bot.core.clock import ShiftableClock
from bot.scheduling.runner import Ticker
from tests.process import PATIENCE


async def test_a_failing_job_is_logged_without_its_words_and_called_again(
    clock: ShiftableClock, caplog: pytest.LogCaptureFixture
) -> None:
    calls, text, thrice = 0, "张三的心得", asyncio.Event()

    async def fail() -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            thrice.set()
        raise RuntimeError(text)

    ticker = Ticker(clock)
    ticker.every(0.05, "fail", fail)
    ticker.start()
    await asyncio.wait_for(thrice.wait(), PATIENCE)
    await ticker.stop()
    assert "job fail failed: RuntimeError" in caplog.text
    assert text not in caplog.text


async def test_one_call_of_a_job_at_a_time(clock: ShiftableClock, caplog: pytest.LogCaptureFixture) -> None:
    running = most = calls = 0
    thrice = asyncio.Event()

    async def slow() -> None:
        nonlocal running, most, calls
        running, calls = running + 1, calls + 1
        most = max(most, running)
        if calls == 3:
            thrice.set()
        await asyncio.sleep(0.2)
        running -= 1

    ticker = Ticker(clock)
    ticker.every(0.02, "slow", slow)
    ticker.start()
    await asyncio.wait_for(thrice.wait(), PATIENCE)
    await ticker.stop()
    assert (most, running, calls) == (1, 0, 3)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_stop_lets_the_call_under_way_end(clock: ShiftableClock) -> None:
    begun, done = asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.2)
        done.append(1)

    ticker = Ticker(clock)
    ticker.every(60, "work", work)
    ticker.start()
    await asyncio.wait_for(begun.wait(), PATIENCE)
    assert done == []
    await ticker.stop()
    assert done == [1]
    await ticker.stop()


async def test_a_blocked_loop_costs_no_beat(clock: ShiftableClock) -> None:
    called = asyncio.Event()

    async def note() -> None:
        called.set()

    ticker = Ticker(clock)
    ticker.every(3600, "note", note)
    ticker.start()
    time.sleep(1.5)  # noqa: ASYNC251 somebody else's job, which blocks
    await asyncio.wait_for(called.wait(), PATIENCE)
    await ticker.stop()


@pytest.mark.parametrize("days", [-400, 400])
async def test_the_machine_s_clock_is_set(clock: ShiftableClock, days: int) -> None:
    called = asyncio.Event()

    async def note() -> None:
        called.set()

    ticker = Ticker(clock)
    ticker.every(0.2, "note", note)
    ticker.start()
    await asyncio.wait_for(called.wait(), PATIENCE)
    with time_machine.travel(clock.now() + timedelta(days=days), tick=True):
        for _ in range(3):
            called.clear()
            await asyncio.wait_for(called.wait(), PATIENCE)
    await ticker.stop()


async def test_a_jump_of_the_demo_s_clock_is_noticed_at_once(clock: ShiftableClock) -> None:
    called = asyncio.Event()

    async def note() -> None:
        called.set()

    ticker = Ticker(clock)
    ticker.every(3600, "note", note)
    ticker.start()
    await asyncio.wait_for(called.wait(), PATIENCE)
    called.clear()
    clock.set(clock.now() + timedelta(days=1))
    await asyncio.wait_for(called.wait(), PATIENCE)
    await ticker.stop()


async def test_while_it_is_held_only_beats_call_and_nobody_outside_is_asked(
    clock: ShiftableClock, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []
    all_called = asyncio.Event()

    async def inside() -> None:
        calls.append("inside")

    async def outside() -> None:
        calls.append("outside")
        all_called.set()

    ticker = Ticker(clock)
    ticker.every(0.1, "inside", inside)
    ticker.every(3600, "outside", outside, outside=True)
    ticker.start()
    await asyncio.wait_for(all_called.wait(), PATIENCE)
    all_called.clear()
    with ticker.held():
        calls.clear()
        for _ in range(3):
            clock.set(clock.now() + timedelta(days=1))
            await asyncio.sleep(0.6)
            await ticker.beat()
        assert calls == ["inside"] * 3
    await asyncio.wait_for(all_called.wait(), PATIENCE)
    await ticker.stop()
    assert "the clock was set" not in caplog.text


def test_names_and_beats_are_checked(clock: ShiftableClock) -> None:
    async def nothing() -> None: ...

    ticker = Ticker(clock)
    ticker.every(1, "a", nothing)
    with pytest.raises(ValueError, match="already"):
        ticker.every(1, "a", nothing)
    with pytest.raises(ValueError, match="takes some time"):
        ticker.every(0, "b", nothing)
