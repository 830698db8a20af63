"""The totals that a reading bears: how many count, how many of these have completed it, how many after the deadline,
and how many completed it without counting. They are counted anew wherever any of it may change, in the same unit of
work, so the figures of many branches are sums of what stands there."""

from collections.abc import Collection
from datetime import date

from bot.branch import counting
from bot.branch import service as branch
from bot.core.db import UnitOfWork
from bot.study import tally_repository as repository


@counting.follow
async def of_members(uow: UnitOfWork, members: Collection[int], since: date) -> None:
    """Count anew what these members were to read and could read in time on ``since`` or later."""
    await repository.count(uow, await repository.hold(uow, await repository.readings_of(uow, members, since)))


async def past(uow: UnitOfWork, member_id: int, since: date) -> int:
    """How many readings of this member that were over by today reach into the days from ``since`` on."""
    return await repository.over(uow, member_id, since, branch.today(uow))


async def of_reading(uow: UnitOfWork, reading: int) -> None:
    """Count a new one."""
    await repository.count(uow, [reading])
