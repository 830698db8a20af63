"""A line in private to those who look after the study of a branch, outside the quiet hours."""

from bot.branch import service as branch
from bot.branch.actor import EDITORS
from bot.branch.models import Role
from bot.branch.telling import quiet_hours
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.rendering.content import Content


async def editors(uow: UnitOfWork, branch_id: int, text: str, key: str) -> int:
    """Tell the propagandist of the branch, or where there is none its leaders, once for each ``key``; how many are
    told."""
    told = [one for one in await branch.leaders(uow, branch_id, EDITORS) if one.account is not None]
    propagandists = {one.member_id for one in await branch.leaders(uow, branch_id, frozenset({Role.PROPAGANDIST}))}
    chosen = [one for one in told if one.member_id in propagandists] or told
    quiet = await quiet_hours(uow, branch_id)
    messages = [
        outbox.Outgoing(
            branch_id=branch_id,
            target=Target(one.account.via, "private", one.account.user_id, one.account.platform),
            content=Content.of(text),
            origin="study.plan",
            key=f"{key}:{one.member_id}",
            not_before=quiet.shift(uow.now),
        )
        for one in chosen
        if one.account is not None
    ]
    return sum(ref is not None for ref in await outbox.enqueue_all(uow, messages))
