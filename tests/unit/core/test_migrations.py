"""The migrations make what the models say, so a start never finds a table missing."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.db import Base
from bot.core.errors import UserError
from bot.core.migrate import Schema, load_models, schema, upgrade
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


async def test_a_new_database_is_for_the_eyes_of_its_owner_alone(tmp_path: Path) -> None:
    await upgrade(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    assert {oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()} == {"0o600"}


async def test_what_was_brought_up_to_date_is_known_to_be(tmp_path: Path) -> None:
    """The newest revision by the names of the files is alembic's own."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await schema(connection) is Schema.EMPTY
    await upgrade(url)
    async with engine.connect() as connection:
        assert await schema(connection) is Schema.CURRENT
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await connection.commit()
        assert await schema(connection) is Schema.NEWER
    with pytest.raises(UserError, match="更新的版本"):
        await upgrade(url)
    await engine.dispose()
