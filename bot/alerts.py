"""What delivery couldn't settle is told to a person: the secretary of the branch, privately."""

from bot.branch import repository as branches
from bot.branch import telling
from bot.core.db import UnitOfWork
from bot.delivery.transport import Target
from bot.delivery.trouble import Trouble, TroubleKind

_ASK = "。请到群里看一眼:已经有了,发「已送达 {0}」;没有,发「重发 {0}」。"


async def tell_leaders(uow: UnitOfWork, trouble: Trouble) -> None:
    """One private line to each leader who can be reached, once for each message in trouble."""
    if trouble.branch_id is None:
        return
    ask = _ASK.format(trouble.reference) if trouble.kind is TroubleKind.NEEDS_HUMAN else ""
    line = f"有一条消息没能确认送达({trouble.reference}):{trouble.reason}{ask}"
    key = f"trouble:{trouble.key}:{trouble.kind.value}"
    await telling.tell_leaders(uow, trouble.branch_id, line, key, "trouble", via=trouble.account, now=True)


async def pause_group(uow: UnitOfWork, target: Target, reason: str) -> None:
    """Note at the group why nothing is sent there."""
    group = await branches.group_at(uow, target.platform, target.id)
    if group is not None:
        group.paused = reason[:200]
