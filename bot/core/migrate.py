"""Bringing a database to the newest schema, at every start and by ``xueban migrate``."""

import asyncio
from enum import Enum
from importlib import import_module

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import UserError
from bot.core.settings import PACKAGE


class Schema(Enum):
    """How the schema of a database compares with that of this program."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def load_models() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    for models in sorted(PACKAGE.glob("*/models.py")):
        import_module(f"bot.{models.parent.name}.models")


def alembic_config(url: str) -> Config:
    """Alembic's settings for this database; found from the package, not from the working directory."""
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


async def upgrade(url: str) -> None:
    """Apply what is missing. Safe when several processes start at once: the later ones wait. Raises ``UserError`` where
    a newer program has been at it."""
    try:
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise UserError("数据来自更新的版本,没有动。请把程序升级到那个版本,或放回升级前的备份。") from error


async def schema(connection: AsyncConnection) -> Schema:
    """What ``upgrade`` would find; an empty database is older."""
    scripts = ScriptDirectory.from_config(alembic_config(""))
    revision = await connection.run_sync(_revision)
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        return Schema.NEWER
    return Schema.CURRENT if revision == scripts.get_current_head() else Schema.OLDER


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
