"""Databases with every table and nothing in them: copies, since to make the tables takes longer than most tests."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.db import Base
from bot.core.migrate import load_models
from tests.postgres import server

_made: dict[str, str] = {}


def on_sqlite(folder: Path, name: str = "test.db") -> str:
    """The URL of one in a file of ``folder``."""
    shutil.copyfile(_file(), folder / name)
    return f"sqlite+aiosqlite:///{folder / name}"


async def on_postgresql() -> str:
    """The URL of one on the server."""
    if "postgresql" not in _made:
        load_models()
        url = await server().fresh()
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await engine.dispose()
        _made["postgresql"] = url
    return await server().fresh(like=_made["postgresql"])


async def on(kind: str, folder: Path, name: str = "test.db") -> str:
    """The URL of one on ``sqlite`` (there in this file) or ``postgresql``."""
    return await on_postgresql() if kind == "postgresql" else on_sqlite(folder, name)


@cache
def _file() -> Path:
    load_models()
    folder = Path(tempfile.mkdtemp(prefix="xueban-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = create_engine(f"sqlite:///{folder / 'tables.db'}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))
        Base.metadata.create_all(connection)
        connection.commit()
    engine.dispose()
    return folder / "tables.db"
