"""Every query about plans that a source feeds."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, select

from bot.core.db import UnitOfWork
from bot.study.models import Feed, FeedItem, Plan, PlanItem, PlanState
from bot.subscription.models import Source


async def hungry_plans(uow: UnitOfWork, before: datetime) -> Sequence[int]:
    """The ids of active plans fed by a source that have a slot before that and nothing to push in it yet."""
    left = exists().where(PlanItem.plan_id == Plan.id, PlanItem.assignment_id.is_(None))
    asked = and_(Feed.fed_for.is_not(None), Feed.fed_for == Plan.next_at)
    query = (
        select(Plan.id)
        .join(Feed, Feed.plan_id == Plan.id)
        .where(Plan.state == PlanState.ACTIVE, Plan.next_at <= before, ~left, ~asked)
    )
    return (await uow.session.scalars(query.order_by(Plan.next_at, Plan.id))).all()


async def fed_plan(uow: UnitOfWork, plan_id: int) -> tuple[Plan, Source]:
    """A plan and the source that feeds it."""
    query = (
        select(Plan, Source)
        .join(Feed, Feed.plan_id == Plan.id)
        .join(Source, Source.id == Feed.source_id)
        .where(Plan.id == plan_id)
    )
    plan, source = (await uow.session.execute(query)).one()
    return plan, source


async def sources_of(uow: UnitOfWork, plan_ids: Collection[int]) -> dict[int, str]:
    """The names of the sources that feed these plans."""
    query = select(Feed.plan_id, Source.name).join(Source, Source.id == Feed.source_id)
    rows = await uow.session.execute(query.where(Feed.plan_id.in_(plan_ids)))
    return {plan: name for plan, name in rows}  # noqa: C416 dict(rows) would not type


async def fed_keys(uow: UnitOfWork, plan_id: int) -> set[str]:
    """The lines of its source that a plan has taken."""
    return set((await uow.session.scalars(select(FeedItem.key).where(FeedItem.plan_id == plan_id))).all())
