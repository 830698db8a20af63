"""Bringing a database to the newest schema, at every start and by ``xueban migrate``."""

import asyncio

from alembic import command
from alembic.config import Config

from bot.core.settings import PACKAGE


def alembic_config(url: str) -> Config:
    """Alembic's settings for this database; found from the package, not from the working directory."""
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


async def upgrade(url: str) -> None:
    """Apply what is missing. Safe when several processes start at once: the later ones wait."""
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
