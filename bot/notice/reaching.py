"""Whom a notice can't reach: their branch has no group chat that gets it, and they have no account."""

from bot.core.db import UnitOfWork
from bot.notice import publishing
from bot.notice.models import Notice, State


async def unreached(uow: UnitOfWork, notice: Notice) -> int:
    """How many people that are, of a notice that is out."""
    if notice.state != State.PUBLISHED:
        return 0
    _, alone = await publishing.readers_of(uow, notice)
    return sum(reader.account is None for reader in alone)
