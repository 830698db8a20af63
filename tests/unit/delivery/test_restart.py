"""The database goes away in the middle of a push and comes back."""

import asyncio
from collections import Counter

import pytest

from tests.postgres import server

from .conftest import Bench


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_postgresql_restarts_in_the_middle_of_a_push(bench: Bench) -> None:
    bench.platform.latency = 0.02
    async with bench.running(lease=2, send_timeout=2):
        await bench.put(*[f"g{number}" for number in range(300)])
        await bench.until(lambda: len(bench.platform.messages) > 60)
        bench.platform.latency = 0.2  # so that a server that is slow to end still ends in the middle
        await asyncio.to_thread(server().restart)
        assert len(bench.platform.messages) < 300
        bench.platform.latency = 0.02
        await bench.until(lambda: len(bench.platform.messages) >= 300)
        await bench.until(lambda: _all_sent(bench))
    assert set(Counter(message.target.id for message in bench.platform.messages).values()) == {1}


async def _all_sent(bench: Bench) -> bool:
    return set(await bench.states()) == {"sent"}
