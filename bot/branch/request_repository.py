"""Every query about what waits for a leader's decision and about what may be undone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select

from bot.branch.models import Branch, Request, UndoStep
from bot.core.db import UnitOfWork


async def same_open(uow: UnitOfWork, kind: str, platform: str, user_id: str, payload: str) -> Request | None:
    """The open request of this account with this payload."""
    query = select(Request).where(
        Request.platform == platform,
        Request.user_id == user_id,
        Request.state == "open",
        Request.kind == kind,
        Request.payload == payload,
    )
    return (await uow.session.scalars(query.limit(1))).one_or_none()


async def open_with(uow: UnitOfWork, kinds: Collection[str], payload: str) -> Sequence[Request]:
    query = select(Request).where(Request.state == "open", Request.kind.in_(kinds), Request.payload == payload)
    return (await uow.session.scalars(query)).all()


async def hold(uow: UnitOfWork, kinds: Collection[str], start: str) -> None:
    """Have the open requests whose payload begins so ours alone until the end of the unit of work."""
    query = select(Request.id).where(Request.state == "open", Request.kind.in_(kinds))
    query = query.where(Request.payload.startswith(start, autoescape=True)).order_by(Request.id)
    await uow.session.execute(query.with_for_update(key_share=True))


async def lock(uow: UnitOfWork, request: Request) -> None:
    """Have the request as it is now, ours alone until the end of the unit of work."""
    await uow.session.refresh(request, with_for_update={"key_share": True})


async def open_below(uow: UnitOfWork, paths: Sequence[str], no: int | None) -> list[tuple[Request, str]]:
    """The open requests of the branches at or below one of ``paths``, each with its path, the oldest first."""
    below = or_(False, *(Branch.path.startswith(path, autoescape=True) for path in paths))
    query = select(Request, Branch.path).join(Branch, Branch.id == Request.branch_id)
    query = query.where(Request.state == "open", below)
    if no is not None:
        query = query.where(Request.no == no)
    return [(request, path) for request, path in await uow.session.execute(query.order_by(Request.id).limit(50))]


async def last_act(uow: UnitOfWork, platform: str, user_id: str, since: datetime) -> UndoStep | None:
    """The last act of this account that may be undone and isn't yet."""
    query = select(UndoStep).where(
        UndoStep.platform == platform,
        UndoStep.user_id == user_id,
        UndoStep.at >= since,
        UndoStep.undone_at.is_(None),
    )
    return (await uow.session.scalars(query.order_by(UndoStep.id.desc()).limit(1))).one_or_none()
