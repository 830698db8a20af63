"""The migrations make what the models say, so a start never finds a table missing."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from bot.core.db import Base
from bot.core.migrate import load_models, upgrade


async def test_the_newest_schema_is_that_of_the_models(tmp_path: Path) -> None:
    load_models()
    await upgrade(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()
