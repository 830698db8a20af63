"""Every query about sources and what they list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from bot.core.db import UnitOfWork, upsert
from bot.subscription.models import Source, SourceItem


async def of_branches(uow: UnitOfWork, branch_ids: Collection[int]) -> Sequence[Source]:
    """The sources in use of these branches, oldest first."""
    query = select(Source).where(Source.branch_id.in_(branch_ids), Source.removed_at.is_(None)).order_by(Source.id)
    return (await uow.session.scalars(query)).all()


async def by_no(uow: UnitOfWork, branch_id: int, no: int) -> Source | None:
    query = select(Source).where(Source.branch_id == branch_id, Source.no == no, Source.removed_at.is_(None))
    return (await uow.session.scalars(query)).first()


async def get(uow: UnitOfWork, source_id: int) -> Source | None:
    return await uow.session.get(Source, source_id)


async def to_ask(uow: UnitOfWork, before: datetime) -> Sequence[Source]:
    """The sources that nobody has asked since ``before``."""
    late = or_(Source.asked_at.is_(None), Source.asked_at <= before)
    return (await uow.session.scalars(select(Source).where(Source.removed_at.is_(None), late))).all()


async def claim(uow: UnitOfWork, source_id: int, before: datetime) -> bool:
    """Note that a source is asked now; False if it was asked after ``before``."""
    late = or_(Source.asked_at.is_(None), Source.asked_at <= before)
    its = update(Source).where(Source.id == source_id, late).values(asked_at=uow.now).returning(Source.id)
    return (await uow.session.scalar(its)) is not None


async def known_keys(uow: UnitOfWork, source_id: int, keys: Collection[str]) -> set[str]:
    query = select(SourceItem.key).where(SourceItem.source_id == source_id, SourceItem.key.in_(keys))
    return set((await uow.session.scalars(query)).all())


async def put_items(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Insert lines, or note that known ones are listed again."""
    statement = upsert(uow.session, SourceItem).values(rows)
    again = {name: statement.excluded[name] for name in ("url", "summary", "pinned", "rank", "listed_at")}
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["source_id", "key"], set_=again))


async def items_of(uow: UnitOfWork, sources: Collection[Source]) -> Sequence[SourceItem]:
    """What the newest answers of these sources list, in their order."""
    current = or_(*((SourceItem.source_id == s.id) & (SourceItem.listed_at == s.answered_at) for s in sources))
    query = select(SourceItem).where(current).order_by(SourceItem.source_id, SourceItem.rank)
    return (await uow.session.scalars(query)).all()


async def forget(uow: UnitOfWork, source_id: int, before: datetime) -> None:
    """Drop the lines of a source that were listed last before that."""
    old = delete(SourceItem).where(SourceItem.source_id == source_id, SourceItem.listed_at < before)
    await uow.session.execute(old)
