"""Every query about what is kept in full and what no longer is, of organisation and people."""

from datetime import date, datetime

from sqlalchemy import func, literal, select, update

from bot.branch.models import AuditEntry, Leave, Request, Retention, UndoStep
from bot.core.clock import CHINA
from bot.core.db import SOME, UnitOfWork, UtcDateTime, changed, delete_some

ALWAYS = datetime(1970, 1, 1, tzinfo=CHINA)
"""From when on everything is kept where nothing was ever summed up."""

KEPT_FROM = select(func.coalesce(func.max(Retention.kept_from), literal(ALWAYS, UtcDateTime()))).scalar_subquery()
"""The instant from which on everything is kept, within a query."""


async def mark(uow: UnitOfWork) -> Retention | None:
    return await uow.session.get(Retention, 1)


async def set_mark(uow: UnitOfWork, kept_from: datetime) -> None:
    await uow.session.merge(Retention(id=1, kept_from=kept_from, since=uow.now, finished_at=None, rows=0))


async def drop_acts(uow: UnitOfWork, before: datetime) -> int:
    old = (AuditEntry.at < before, ~AuditEntry.action.startswith("notice.", autoescape=True))
    return await delete_some(uow.session, AuditEntry, *old)


async def drop_undo_steps(uow: UnitOfWork, before: datetime) -> int:
    return await delete_some(uow.session, UndoStep, UndoStep.at < before)


async def drop_requests(uow: UnitOfWork, before: datetime) -> int:
    """Those that wait for a decision stay."""
    return await delete_some(uow.session, Request, Request.created_at < before, Request.state != "open")


async def drop_leave_reasons(uow: UnitOfWork, before: date) -> int:
    """Why people were on leave; the days stay, for the totals, and so does the ground of an exemption."""
    some = select(Leave.id).where(Leave.last_day < before, Leave.reason != "", ~Leave.exempt).limit(SOME)
    return await changed(uow.session, update(Leave).where(Leave.id.in_(some)).values(reason=""))
