"""Health is said from the database's answer."""

from bot.chat import health
from bot.core.clock import SystemClock
from bot.core.db import Database


async def test_a_database_that_answers_is_reachable(database: Database) -> None:
    assert await health.reachable(database)


async def test_a_database_that_is_not_there_is_not() -> None:
    gone = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", SystemClock())
    assert not await health.reachable(gone)
    await gone.close()
