"""A line in private to those who look after the study of a branch, outside the quiet hours."""

from bot.branch.telling import tell_editors
from bot.core.db import UnitOfWork


async def editors(uow: UnitOfWork, branch_id: int, text: str, key: str) -> None:
    """Tell the propagandist of the branch, or where there is none its leaders, once for each ``key``."""
    await tell_editors(uow, branch_id, text, key, "study.plan")
