"""What study keeps about a person beside the record itself: shown to them, and forgotten where they want to be."""

from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """Lines about what is kept of this member; empty if nothing is."""
    visits = await proofs.visits_of(uow, member_id)
    written = await proofs.reflections_of(uow, member_id)
    parts = [f"阅读页:{visits} 次看到末尾(不记看了多久)"] if visits else []
    return "\n".join([*parts, f"心得:{written} 篇"] if written else parts)


async def forget(uow: UnitOfWork, member_id: int, _: str) -> None:
    """Totals stay as they are."""
    await proofs.forget_visits(uow, member_id)
    await proofs.forget_reflections(uow, member_id)
