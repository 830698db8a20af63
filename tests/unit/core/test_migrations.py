"""The migrations make what the models say, so a start never finds a table missing."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.db import Base
from bot.core.migrate import load_models, upgrade
from tests import postgres


async def test_the_newest_schema_is_that_of_the_models(tmp_path: Path) -> None:
    assert await differences(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}") == []


async def test_so_it_is_on_postgresql() -> None:
    assert await differences(await postgres.server().fresh()) == []


async def differences(url: str) -> list[object]:
    """What alembic would still change in a database that went through every migration."""
    load_models()
    await upgrade(url)
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(_compare)
    await engine.dispose()
    return found


def _compare(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
