"""Use cases of 别统计我: out of every discussion at once and backwards, and back in."""

from bot.branch import audit, counting
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.discussion import repository


async def leave(uow: UnitOfWork, actor: Actor) -> bool:
    """Forget everything this member ever said in a discussion, and count nothing from now on; False if it was so.
    Raises ``UserError`` for who is on no roster."""
    await counting.hold(uow, [actor.myself])
    await forget(uow, actor.myself)
    new = await repository.opt_out(uow, actor.myself)
    if new:
        await audit.record(uow, actor, "discussion.opt_out")
    return new


async def come_back(uow: UnitOfWork, actor: Actor) -> bool:
    """Count this member again from now on; False if they are counted. Raises ``UserError`` as ``leave``."""
    back = await repository.opt_in(uow, actor.myself)
    if back:
        await audit.record(uow, actor, "discussion.opt_in")
    return back


async def forget(uow: UnitOfWork, member_id: int) -> None:
    """The member's words go, also where they were quoted."""
    await repository.unquote(uow, await repository.voices_of(uow, member_id))
    await repository.drop_voices(uow, member_id)
