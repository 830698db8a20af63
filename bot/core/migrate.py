"""Bringing a database to the newest schema, at every start and by ``xueban migrate``."""

import asyncio
from contextlib import suppress
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, make_url, pool, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.core.errors import UserError
from bot.core.settings import PACKAGE

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = PACKAGE / "migrations" / "versions"
"""Revisions are numbered, and their files named by them: ``0001_initial.py``."""


class Schema(Enum):
    """How the schema of a database compares with that of this program."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    EMPTY = "empty"


def load_models() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    for models in sorted(PACKAGE.glob("*/models.py")):
        import_module(f"bot.{models.parent.name}.models")


def alembic_config(url: str) -> "Config":
    """Alembic's settings for this database; found from the package, not from the working directory."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


async def upgrade(url: str) -> None:
    """Apply what is missing. Safe when several processes start at once: the later ones wait. Raises ``UserError`` where
    a newer program has been at it, or where the folder of the file isn't there."""
    try:
        address = make_url(url)
    except ValueError as error:  # a port that is no number
        raise ArgumentError("port") from error
    if address.get_backend_name() == "sqlite" and address.database:
        _make_private(Path(address.database))
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            found = await schema(connection)
    finally:
        await engine.dispose()
    if found is Schema.NEWER:
        raise UserError("数据来自更新的版本,没有动。请把程序升级到那个版本,或放回升级前的备份。")
    if found is not Schema.CURRENT:
        from alembic import command  # 11 MiB that a process with nothing to do is spared

        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")


def _make_private(file: Path) -> None:
    """Let nobody but who runs us read a new database, nor what SQLite puts beside it. Raises ``UserError``."""
    if not file.parent.is_dir():
        raise UserError(f"没有「{file.parent}」这个目录,放不下数据库。请建好它,或改 DATABASE_URL。")
    with suppress(OSError):  # SQLite says what is the matter
        file.touch(mode=0o600)


async def schema(connection: AsyncConnection) -> Schema:
    """What ``upgrade`` would find."""
    known = sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py"))
    revision = await connection.run_sync(_revision)
    if revision is None:
        return Schema.EMPTY
    if revision not in known:
        return Schema.NEWER
    return Schema.CURRENT if revision == known[-1] else Schema.OLDER


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
