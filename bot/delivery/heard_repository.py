"""Queries on how far an account has heard what was said."""

from datetime import datetime

from sqlalchemy import select

from bot.core.db import UnitOfWork, upsert
from bot.delivery.models import HeardRow


async def until(uow: UnitOfWork, platform: str, account: str) -> datetime | None:
    """Up to when it has heard everything; None for an account that was never here."""
    query = select(HeardRow.until).where(HeardRow.platform == platform, HeardRow.account == account)
    return (await uow.session.scalars(query)).one_or_none()


async def note(uow: UnitOfWork, platform: str, account: str) -> None:
    """It has heard everything up to now."""
    until = {"until": uow.now}
    row = upsert(uow.session, HeardRow).values(platform=platform, account=account, **until)
    await uow.session.execute(row.on_conflict_do_update(index_elements=["platform", "account"], set_=until))
