"""Who may decide about which branch, wherever they happen to speak: a role reaches down from where it was given."""

from dataclasses import replace

from bot.branch import repository, rules
from bot.branch import service as branch
from bot.branch.actor import LEADERS, Actor
from bot.branch.models import Branch, BranchKind, Role
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed


async def here(uow: UnitOfWork, actor: Actor) -> Actor:
    """``actor`` as they speak for the 支部: what is said from a 党小组 is said in the branch that it belongs to."""
    home = await branch.get(uow, actor.branch)
    if home.kind != BranchKind.GROUP or home.parent_id is None:
        return actor
    return await _speaking_for(uow, actor, await branch.get(uow, home.parent_id))


async def acting(uow: UnitOfWork, actor: Actor, branch_id: int, roles: frozenset[Role]) -> Actor:
    """``actor`` as they speak for that branch. What was asked in its group may be answered in private, and after an
    office has ended. Raises ``NotAllowed`` for somebody who has none of ``roles`` there."""
    asked = await branch.get(uow, branch_id)
    speaking = await _speaking_for(uow, actor, asked)
    if not speaking.may(roles):
        raise NotAllowed(f"做这件事要有「{asked.name}」的职务,您现在没有,请找书记。")
    return speaking


async def roles_at(uow: UnitOfWork, actor: Actor, path: str) -> frozenset[Role]:
    """The roles that the person behind ``actor`` has in the branch at ``path``, be it theirs or not."""
    return rules.roles_in(await _grants(uow, actor), path)


async def led(uow: UnitOfWork, actor: Actor) -> list[str]:
    """The paths of the branches that the person leads; what is below them is theirs too. A superuser leads all."""
    return [grant.path for grant in await held(uow, actor) if grant.role in LEADERS]


async def held(uow: UnitOfWork, actor: Actor) -> list[rules.Grant]:
    """The offices of the person. A superuser leads all."""
    if actor.is_superuser:
        return [rules.Grant(Role.SECRETARY, "/")]
    return await _grants(uow, actor)


async def need_leader(uow: UnitOfWork, actor: Actor, branch: Branch) -> None:
    """Raises ``NotAllowed`` unless the person leads ``branch`` or one above it."""
    if not any(branch.path.startswith(path) for path in await led(uow, actor)):
        raise NotAllowed(f"这要由「{branch.name}」或上级的书记来做。")


async def _speaking_for(uow: UnitOfWork, actor: Actor, there: Branch) -> Actor:
    return replace(actor, branch_id=there.id, roles=await roles_at(uow, actor, there.path))


async def _grants(uow: UnitOfWork, actor: Actor) -> list[rules.Grant]:
    rows = await repository.people(uow, {actor.user_id})
    return [rules.Grant(Role(row[6]), str(row[7])) for row in rows if row[0] == actor.platform and row[6] is not None]
