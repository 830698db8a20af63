import asyncio

import pytest

from bot.core.batch import Batch
from bot.core.errors import DatabaseBusy


async def test_what_arrives_meanwhile_is_carried_out_together_and_each_gets_its_own() -> None:
    batches: list[list[int]] = []
    begun, all_there = asyncio.Event(), asyncio.Event()

    async def carry_out(items: list[int]) -> list[int | Exception]:
        batches.append(items)
        begun.set()
        await all_there.wait()
        return [item * 10 for item in items]

    batch = Batch(carry_out, most=3)
    first = asyncio.create_task(batch(0))
    await begun.wait()
    others = [asyncio.create_task(batch(i)) for i in range(1, 6)]
    await asyncio.sleep(0)  # each of them has begun
    all_there.set()
    assert await asyncio.gather(*others) == [10, 20, 30, 40, 50]
    assert await first == 0
    assert batches == [[0], [1, 2, 3], [4, 5]]


async def test_a_result_that_is_an_error_is_raised_to_its_caller_alone() -> None:
    async def carry_out(items: list[int]) -> list[int | Exception]:
        return [ValueError("no") if item == 2 else item for item in items]

    batch = Batch(carry_out)
    results = await asyncio.gather(*(batch(i) for i in (1, 2, 3)), return_exceptions=True)
    assert [str(result) for result in results] == ["1", "no", "3"]


async def test_one_that_breaks_the_whole_is_tried_alone() -> None:
    async def carry_out(items: list[int]) -> list[int | Exception]:
        if 2 in items:
            raise RuntimeError("broken")
        return list(items)

    batch = Batch(carry_out)
    results = await asyncio.gather(*(batch(i) for i in (1, 2, 3)), return_exceptions=True)
    assert [str(result) for result in results] == ["1", "broken", "3"]


async def test_a_busy_database_is_told_to_everybody_who_waits_after_one_try() -> None:
    tries: list[int] = []

    async def carry_out(items: list[int]) -> list[int | Exception]:
        tries.append(len(items))
        await asyncio.sleep(0.01)
        raise DatabaseBusy("locked")

    batch = Batch(carry_out, most=2)
    results = await asyncio.gather(*(batch(i) for i in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [DatabaseBusy] * 5
    assert tries == [2]


async def test_a_caller_that_goes_away_changes_nothing_for_the_others() -> None:
    release = asyncio.Event()

    async def carry_out(items: list[int]) -> list[int | Exception]:
        await release.wait()
        return list(items)

    batch = Batch(carry_out)
    gone, stays = asyncio.create_task(batch(1)), asyncio.create_task(batch(2))
    await asyncio.sleep(0)
    gone.cancel()
    release.set()
    assert await stays == 2
    with pytest.raises(asyncio.CancelledError):
        await gone
