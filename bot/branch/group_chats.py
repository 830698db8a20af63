"""Use cases of group chats: which branch a group belongs to."""

from bot.branch import audit, repository, rights
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, ChatGroup
from bot.core.db import UnitOfWork
from bot.core.errors import UserError


async def here(uow: UnitOfWork, actor: Actor) -> ChatGroup | None:
    """The group in which ``actor`` speaks, if it belongs to a branch. Raises ``UserError`` in private."""
    if actor.group_id is None:
        raise UserError("请在要绑定的群里发这句话。")
    return await repository.group_at(uow, actor.platform, actor.group_id)


async def bind(uow: UnitOfWork, actor: Actor, node: Branch, name: str = "") -> None:
    """Have the group in which ``actor`` speaks belong to ``node``. Raises ``NotAllowed`` or ``UserError``."""
    group = await here(uow, actor)
    await rights.need_leader(uow, actor, node)
    before = group.branch_id if group is not None else None
    if group is None:
        group = ChatGroup(
            branch_id=node.id,
            platform=actor.platform,
            account=actor.account,
            group_id=str(actor.group_id),
            name=name[:80],
            created_at=uow.now,
        )
        uow.session.add(group)
    elif group.branch_id == node.id:
        raise UserError(f"这个群已经绑定「{node.name}」。")
    else:
        await rights.need_leader(uow, actor, await branch.get(uow, group.branch_id))
        group.branch_id, group.account = node.id, actor.account
    await uow.session.flush()
    await audit.record(uow, actor, "group.bind", f"group:{actor.group_id}", detail={"from": before}, branch_id=node.id)


async def unbind(uow: UnitOfWork, actor: Actor) -> Branch:
    """Have this group belong to nobody: nothing is sent there any more. Raises ``NotAllowed`` or ``UserError``."""
    group = await here(uow, actor)
    if group is None:
        raise UserError("这个群没有绑定支部。")
    node = await branch.get(uow, group.branch_id)
    await rights.need_leader(uow, actor, node)
    await uow.session.delete(group)
    await audit.record(uow, actor, "group.unbind", f"group:{actor.group_id}", branch_id=node.id)
    return node
