"""Every query about indicators and marks, scoped to a branch."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select, update

from bot.assessment.models import Mark, OwnIndicator
from bot.core.db import UnitOfWork


async def indicators(uow: UnitOfWork, branches: Sequence[int]) -> dict[int, list[OwnIndicator]]:
    """Branch id → its own indicators in their order, of those that have any."""
    query = select(OwnIndicator).where(OwnIndicator.branch_id.in_(branches)).order_by(OwnIndicator.no)
    found: dict[int, list[OwnIndicator]] = {}
    for one in await uow.session.scalars(query):
        found.setdefault(one.branch_id, []).append(one)
    return found


async def drop_indicators(uow: UnitOfWork, branch_id: int) -> None:
    await uow.session.execute(delete(OwnIndicator).where(OwnIndicator.branch_id == branch_id))


async def marks(uow: UnitOfWork, branch_id: int, first: date, last: date) -> dict[str, Mark]:
    """Name of the indicator → what it was given for exactly these days."""
    query = select(Mark).where(Mark.branch_id == branch_id, Mark.first == first, Mark.last == last)
    return {one.name: one for one in await uow.session.scalars(query)}


async def forget_name(uow: UnitOfWork, name: str, instead: str) -> None:
    """``instead`` stands for ``name`` in who marked and why."""
    await uow.session.execute(update(Mark).where(Mark.by_name == name).values(by_name=instead))
    named = update(Mark).where(Mark.reason.contains(name, autoescape=True))
    await uow.session.execute(named.values(reason=func.substr(func.replace(Mark.reason, name, instead), 1, 200)))
