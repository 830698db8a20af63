"""What 考核 keeps about a person: who marked by hand, and whom a reason names."""

from bot.assessment import repository
from bot.branch.names import ERASED
from bot.core.db import UnitOfWork


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """Nothing of its own: marks bear a name only."""
    return ""


async def forget(uow: UnitOfWork, member_id: int, name: str) -> None:
    """Points stay as they are."""
    await repository.forget_name(uow, name, ERASED)
