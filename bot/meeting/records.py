"""What meetings keep about a person: shown to them, and forgotten where they want to be."""

from bot.branch.names import ERASED
from bot.core.db import UnitOfWork
from bot.meeting import repository


async def kept_of(uow: UnitOfWork, member_id: int) -> int:
    """On how many meetings' lists this member is."""
    return await repository.listed_on(uow, member_id)


async def forget(uow: UnitOfWork, member_id: int, name: str) -> None:
    """Who came is counted as before; why somebody didn't goes, and so does the name in minutes and resolutions."""
    await repository.forget_reasons(uow, member_id)
    await repository.forget_name(uow, name, ERASED)
