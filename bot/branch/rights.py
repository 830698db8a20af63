"""Who may decide about which branch, wherever they happen to speak: a role reaches down from where it was given."""

from bot.branch import repository, rules
from bot.branch.actor import LEADERS, Actor
from bot.branch.models import Branch, Role
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed


async def roles_at(uow: UnitOfWork, actor: Actor, path: str) -> frozenset[Role]:
    """The roles that the person behind ``actor`` has in the branch at ``path``, be it theirs or not."""
    return rules.roles_in(await _grants(uow, actor), path)


async def led(uow: UnitOfWork, actor: Actor) -> list[str]:
    """The paths of the branches that the person leads; what is below them is theirs too. A superuser leads all."""
    if actor.is_superuser:
        return ["/"]
    return [grant.path for grant in await _grants(uow, actor) if grant.role in LEADERS]


async def need_leader(uow: UnitOfWork, actor: Actor, branch: Branch) -> None:
    """Raises ``NotAllowed`` unless the person leads ``branch`` or one above it."""
    if not any(branch.path.startswith(path) for path in await led(uow, actor)):
        raise NotAllowed(f"这要由「{branch.name}」或上级的书记来做。")


async def _grants(uow: UnitOfWork, actor: Actor) -> list[rules.Grant]:
    rows = await repository.people(uow, {actor.user_id})
    return [rules.Grant(Role(row[6]), str(row[7])) for row in rows if row[0] == actor.platform and row[6] is not None]
