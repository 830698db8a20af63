"""What a notice that is out has come to at each branch: how many of its roster were to confirm it, and how many have.

It is counted anew wherever any of it may change, in the same unit of work, so the figures of many branches are sums of
what stands there. One that is withdrawn has come to nothing.
"""

from collections.abc import Collection

from bot.branch import counting
from bot.core.db import UnitOfWork
from bot.notice import totals_repository as repository


async def stay(uow: UnitOfWork, notice_id: int) -> None:
    """Nobody moves those who are to confirm it until the end of the unit of work."""
    await counting.stay(uow, repository.members_of(notice_id))


async def of_notice(uow: UnitOfWork, notice_id: int) -> None:
    """It came out, in whatever version, or was withdrawn; those who are to confirm it ``stay``."""
    await repository.count(uow, await repository.of_notice(uow, notice_id))


async def of_receipts(uow: UnitOfWork, receipts: Collection[tuple[int, int]]) -> None:
    """These (notice, member) came."""
    if receipts:
        await counting.stay(uow, {member for _, member in receipts})
        await repository.count(uow, await repository.of_receipts(uow, receipts))


async def of_members(uow: UnitOfWork, members: Collection[int]) -> None:
    """Whether these count may have changed."""
    await repository.count(uow, await repository.of_members(uow, members))


@counting.follow_moves
async def moved(uow: UnitOfWork, members: Collection[int], branches: Collection[int]) -> None:
    """What these members were to confirm goes with them."""
    own = await repository.of_members(uow, members)
    await repository.count(uow, {(one, at, notice) for _, at, notice in own for one in branches})
