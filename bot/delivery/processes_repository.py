"""What each process that shares the database said of itself last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.core.db import UnitOfWork, upsert
from bot.delivery.models import ProcessRow


async def put(uow: UnitOfWork, row: dict[str, Any], before: datetime) -> None:
    """Write down what a process says of itself; those that have been silent since ``before`` are forgotten."""
    statement = upsert(uow.session, ProcessRow).values(started_at=uow.now, **row)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
    await uow.session.execute(delete(ProcessRow).where(ProcessRow.beat_at < before))


async def drop(uow: UnitOfWork, name: str) -> None:
    await uow.session.execute(delete(ProcessRow).where(ProcessRow.name == name))


async def every(uow: UnitOfWork) -> Sequence[ProcessRow]:
    return (await uow.session.scalars(select(ProcessRow).order_by(ProcessRow.name))).all()
