"""A line in private to those who look after the study of a branch, outside the quiet hours."""

from bot.branch import service as branch
from bot.branch.actor import EDITORS
from bot.branch.models import Role
from bot.branch.telling import private, tell
from bot.core.db import UnitOfWork


async def editors(uow: UnitOfWork, branch_id: int, text: str, key: str) -> None:
    """Tell the propagandist of the branch, or where there is none its leaders, once for each ``key``."""
    reachable = [one for one in await branch.leaders(uow, branch_id, EDITORS) if one.account is not None]
    propagandists = {one.member_id for one in await branch.leaders(uow, branch_id, frozenset({Role.PROPAGANDIST}))}
    for one in [each for each in reachable if each.member_id in propagandists] or reachable:
        assert one.account is not None
        await tell(uow, branch_id, private(one.account, ""), text, f"{key}:{one.member_id}", "study.plan")
