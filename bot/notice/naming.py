"""「在群里公布」: the names of those who haven't confirmed, said in the group because a leader asked for it."""

from datetime import datetime

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.telling import quiet_hours
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.outbox import Outgoing
from bot.notice import publishing, reminding, views
from bot.notice.receiving import origin_of
from bot.rendering.content import Content


async def name_open(uow: UnitOfWork, actor: Actor, no: int) -> datetime:
    """Say it in the groups of the actor's branch, outside the quiet hours; when. Raises as ``reminding.standing``."""
    one = await reminding.standing(uow, actor, no)
    leaves_at = (await quiet_hours(uow, actor.branch)).shift(uow.now)
    text = f"{views.counts(one.notice, one.found)}:\n{views.names(one.found.open)}\n看到请回「收到 {no}」。"
    for group in await branch.groups_of(uow, actor.branch):
        target = publishing.target_of(group)
        key = f"notice-names:{one.notice.id}:{target.id}:{uow.now:%Y%m%d%H%M%S%f}"
        await outbox.enqueue(
            uow,
            Outgoing(actor.branch, target, Content.of(text), origin_of(one.notice.id), key, "告", leaves_at),
        )
    await audit.record(uow, actor, "notice.name_open", f"公告 {no}", detail={"people": len(one.found.open)})
    return leaves_at
