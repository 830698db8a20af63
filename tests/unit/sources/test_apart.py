"""What runs apart can neither hang nor bring down the bot."""

import time

import pytest

from bot.core.errors import UserError
from bot.sources import apart


async def test_the_result_comes_back() -> None:
    assert await apart.run("math", "gcd", 12, 18) == 6


async def test_it_is_killed_when_its_time_is_up() -> None:
    started = time.monotonic()
    with pytest.raises(UserError, match="时间太长"):
        await apart.run("time", "sleep", 30, seconds=0.2)
    assert time.monotonic() - started < 10


async def test_whatever_breaks_in_it_is_one_clear_line() -> None:
    with pytest.raises(UserError, match="读不出来"):
        await apart.run("math", "sqrt", -1)


async def test_its_memory_is_limited() -> None:
    with pytest.raises(UserError, match="读不出来"):
        await apart.run("builtins", "bytes", apart.MEMORY)
