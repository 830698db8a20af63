"""Forgetting a person in what was sent and what waits: the rows stay, their words about the person don't."""

from collections.abc import Collection

from sqlalchemy import String, and_, cast, literal, or_, select, update

from bot.core.db import UnitOfWork
from bot.delivery.models import OutboxRow, State
from bot.rendering.content import Content

GONE = Content.of("(已按本人要求删除)")


async def forget(uow: UnitOfWork, platform: str, user_ids: Collection[str], name: str, instead: str) -> None:
    """What was sent to these accounts loses its text and its address, what waits for them is withdrawn, and elsewhere
    ``name`` becomes ``instead``. A reading that is pushed isn't touched: it may name somebody of the same name."""
    session = uow.session
    theirs = (OutboxRow.platform == platform, OutboxRow.target_kind == "private", OutboxRow.target_id.in_(user_ids))
    named = OutboxRow.content.contains(name, autoescape=True)
    mentioned = or_(*(OutboxRow.content.contains(f'"{user_id}"', autoescape=True) for user_id in user_ids), named)
    elsewhere = and_(mentioned, ~OutboxRow.origin.startswith("study.assignment", autoescape=True))
    in_turn = select(OutboxRow.id).where(or_(and_(*theirs), elsewhere)).order_by(OutboxRow.id)
    await session.execute(in_turn.with_for_update())
    waiting = update(OutboxRow).where(*theirs, OutboxRow.state == State.PENDING.value)
    await session.execute(waiting.values(state=State.CANCELLED.value).execution_options(synchronize_session=False))
    emptied = update(OutboxRow).where(*theirs, OutboxRow.state != State.SENDING.value)
    await session.execute(
        emptied.values(
            content=GONE.model_dump_json(),
            target_id="0",
            lane="",
            key=literal("erased:") + cast(OutboxRow.id, String),
        ).execution_options(synchronize_session=False)
    )
    for row in await session.scalars(select(OutboxRow).where(elsewhere).execution_options(populate_existing=True)):
        for word, other in ((name, instead), *((f'"{user_id}"', '"0"') for user_id in user_ids)):
            row.content = row.content.replace(word, other)
