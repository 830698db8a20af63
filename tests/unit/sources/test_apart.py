"""What runs apart can neither hang nor bring down the bot."""

import asyncio

import pytest

from bot.core.errors import UserError
from bot.sources import apart
from tests.process import PATIENCE


async def test_the_result_comes_back() -> None:
    assert await apart.run("math", "gcd", 12, 18) == 6


async def test_it_is_killed_when_its_time_is_up() -> None:
    with pytest.raises(UserError, match="时间太长"):
        async with asyncio.timeout(PATIENCE):
            await apart.run("time", "sleep", 10 * PATIENCE, seconds=0.2)


async def test_whatever_breaks_in_it_is_one_clear_line() -> None:
    with pytest.raises(UserError, match="读不出来"):
        await apart.run("math", "sqrt", -1)


async def test_its_memory_is_limited() -> None:
    with pytest.raises(UserError, match="读不出来"):
        await apart.run("builtins", "bytes", apart.MEMORY)
