"""One notice as its authors see it: its words, where it stands, who did which step when, and why."""

from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.notice import drafting, publishing, repository, views


async def told(uow: UnitOfWork, actor: Actor, no: int) -> str:
    """Raises ``NotFound``, ``NotAllowed``."""
    await drafting.need_author(uow, actor)
    notice = await publishing.get(uow, actor.branch, no)
    steps = await repository.steps(uow, notice.branch_id, f"公告 {no}")
    members = [int(actor.removeprefix("member:")) for _, actor, _, _ in steps if actor.startswith("member:")]
    return views.history(notice, steps, await repository.names_of(uow, members))
