"""What delivery couldn't settle is told to a person: the secretary of the branch, privately."""

from bot.branch import repository as branches
from bot.branch import service as branch
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.delivery.trouble import Trouble
from bot.rendering.content import Content


async def tell_leaders(uow: UnitOfWork, trouble: Trouble) -> None:
    """One private line to each leader who can be reached, once for each message in trouble."""
    if trouble.branch_id is None:
        return
    for leader in await branch.leaders(uow, trouble.branch_id):
        if leader.account is None:
            continue
        line = f"有一条消息没能确认送达({trouble.reference}):{trouble.reason}"
        await outbox.enqueue(
            uow,
            outbox.Outgoing(
                branch_id=trouble.branch_id,
                target=Target(leader.account.via or trouble.account, "private", leader.account.user_id),
                content=Content.of(line),
                origin="trouble",
                key=f"trouble:{trouble.key}:{trouble.kind.value}:{leader.member_id}",
            ),
        )


async def pause_group(uow: UnitOfWork, target: Target, reason: str) -> None:
    """Note at the group why nothing is sent there."""
    group = await branches.group_at(uow, target.platform, target.id)
    if group is not None:
        group.paused = reason[:200]
