"""The rule of a branch about who writes, reviews and approves its notices, read from its settings."""

from bot.branch import rights
from bot.branch import service as branch
from bot.branch.actor import COMMITTEE, EDITORS, LEADERS, Actor
from bot.branch.models import Role
from bot.core.db import UnitOfWork
from bot.notice.rules import Policy

_ROLES = {"关": frozenset[Role](), "支委": COMMITTEE, "宣传委员": EDITORS, "开": LEADERS, "书记或副书记": LEADERS}


async def of(uow: UnitOfWork, branch_id: int) -> Policy:
    """The rule in force."""

    async def roles(key: str) -> frozenset[Role]:
        said = await branch.setting(uow, branch_id, key)
        return _ROLES[said] if said in _ROLES else frozenset({Role(said)})

    return Policy(
        await roles("notice_authors"),
        await roles("notice_review"),
        await roles("notice_approval"),
        four_eyes=await branch.setting(uow, branch_id, "notice_own") == "关",
    )


async def roles_in(uow: UnitOfWork, actor: Actor, branch_id: int) -> frozenset[Role]:
    """The roles of the actor in the branch whose notice it is, wherever they speak."""
    roles = await rights.roles_at(uow, actor, (await branch.get(uow, branch_id)).path)
    return roles | LEADERS if actor.is_superuser else roles
