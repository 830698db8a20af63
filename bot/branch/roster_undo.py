"""Taking back what was done to the roster: how each kind of act is undone, as long as nothing has built upon it."""

from bot.branch import counting
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Leave, Member, Role
from bot.branch.roster import hold
from bot.branch.undo import Payload
from bot.core.db import UnitOfWork
from bot.core.errors import UserError


async def added(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    """They leave again: the row stays, for something may refer to it already."""
    member = await uow.session.get_one(Member, payload["member"])
    await hold(uow, member)
    await repository.end_offices(uow, member.id)
    await repository.detach(uow, member.id)
    member.left_on = member.left_on or branch.today(uow)
    await counting.changed(uow, [member.id], member.left_on)


async def removed(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    """They come back with their offices, and with their accounts where nobody else has them by now."""
    member = await uow.session.get_one(Member, payload["member"])
    await hold(uow, member)
    since = member.left_on
    if since is None:
        raise UserError(f"{member.name}已经回到名册上了。")
    member.left_on = None
    for branch_id, role in payload["offices"]:
        await repository.grant(uow, branch_id, member.id, Role(role))
    for platform, user_id, shown_as, via in payload["accounts"]:
        if not await repository.owners(uow, platform, [user_id]):
            await repository.attach(uow, member.id, platform, user_id, shown_as, via)
    await counting.changed(uow, [member.id], since)


async def changed(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    """Their kind is the former one."""
    member = await uow.session.get_one(Member, payload["member"])
    if member.kind != payload["new"]:
        raise UserError("后来又改过,撤销不了。")
    member.kind = payload["old"]


async def left(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    """A leave that was a slip is dropped."""
    leave = await uow.session.get(Leave, payload["leave"])
    if leave is not None:
        await counting.hold(uow, [leave.member_id])
        leave = await uow.session.get(Leave, payload["leave"], populate_existing=True)
    if leave is None:
        raise UserError("这次请假已经没有了。")
    await uow.session.delete(leave)
    await counting.changed(uow, [leave.member_id], leave.first_day)
