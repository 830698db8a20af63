"""The delivering process is killed at every step of its work. Each message arrives exactly once all the same."""

import asyncio
import os
import random
import signal
import time
from collections import Counter

import pytest

from tests.process import PATIENCE

from .field import GROUPS, Field


@pytest.mark.parametrize("step", ["claimed", "send", "written", "answered"])
async def test_killed_at_a_step_of_the_work(field: Field, step: str) -> None:
    """Cases 1 and 3: after the claim, after the mark, after the write, after the answer and before its commit."""
    await field.account()
    [reference] = await field.put(GROUPS[0])
    field.bear(die_on=step)
    await field.died()
    assert await field.states() == ["sending"]
    field.bear()
    await field.settled("sent")
    assert field.arrived() == {reference: 1}


async def test_killed_when_the_platform_has_it_and_has_not_answered(field: Field) -> None:
    """Case 2."""
    sim = await field.account()
    [reference] = await field.put(GROUPS[0])

    def watch(stage: str, frame: dict[str, object]) -> None:
        if stage == "stored":
            os.kill(field.pid, signal.SIGKILL)

    sim.behaviour.watch = watch
    field.bear()
    await field.died()
    sim.behaviour.watch = None
    assert field.arrived() == {reference: 1}
    field.bear()
    await field.settled("sent")
    assert field.arrived() == {reference: 1}


async def _die_again_and_again(field: Field, times: int, dice: random.Random) -> Counter[str]:
    """Kill ``times`` processes at random steps or moments; every reference that was promised. How long a life takes on
    this machine is seen from a first one that is let be: killed too early, it would prove nothing, and with too
    short a lease nothing would ever leave."""
    await field.account()
    begun = time.monotonic()
    promised = Counter(await field.put(GROUPS[0]))
    field.bear(poll=0.1, lease=600)
    await field.settled("sent", seconds=2 * PATIENCE)
    pace = min(6.0, max(1.0, (time.monotonic() - begun) / 0.8))
    life = {"lease": 0.4 * pace, "send_timeout": pace, "absent_gap": 0.25 * pace, "poll": 0.1}
    field.kill()
    await field.died()
    for _ in range(times):
        promised.update(await field.put(*dice.choices(GROUPS, k=dice.randint(1, 4))))
        field.bear(die_at=dice.choice([0, dice.randint(1, 15)]), **life)
        try:
            await field.died(dice.uniform(0.5, 1.6) * pace)
        except TimeoutError:
            field.kill()
            await field.died()
    field.bear(**life)
    await field.until(lambda states: set(states) == {"sent"}, seconds=30 * pace)
    return promised


async def test_random_kill_points_lose_nothing_and_double_nothing(fields: list[Field]) -> None:
    """Case 4: 200 kills on either database. The seed is printed; XUEBAN_SEED repeats a run."""
    seed = int(os.environ.get("XUEBAN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")
    dice = [random.Random(seed + number) for number in range(len(fields))]
    lives = [_die_again_and_again(field, 25, die) for field, die in zip(fields, dice, strict=True)]
    interrupted = 0
    for field, promised in zip(fields, await asyncio.gather(*lives), strict=True):
        interrupted += sum(row.fence > 1 for row in await field.rows())
        assert set(promised.values()) == {1}
        assert field.arrived() == promised, f"seed {seed}"
    print(f"{interrupted} messages were interrupted on their way")
    assert interrupted >= 10
