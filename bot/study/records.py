"""What study keeps about a person beside the record itself: shown to them, and forgotten where they want to be."""

from datetime import datetime

from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs
from bot.study import retention_repository as retained


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """Lines about what is kept of this member; empty if nothing is."""
    visits = await proofs.visits_of(uow, member_id)
    written = await proofs.reflections_of(uow, member_id)
    months = await retained.months_of(uow, member_id)
    parts = [f"以前各月的学习合计:{months} 个月"] if months else []
    parts += [f"阅读页:{visits} 次看到末尾(不记看了多久)"] if visits else []
    return "\n".join([*parts, f"心得:{written} 篇"] if written else parts)


async def forget(uow: UnitOfWork, member_id: int, _: str) -> None:
    """Totals stay as they are."""
    await proofs.forget_visits(uow, member_id)
    await proofs.forget_reflections(uow, member_id)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """Of what was pushed before then only totals stay; a few rows at a time (0: nothing is left to do)."""
    return (
        await retained.sum_up(uow, before)
        or await retained.drop_visits(uow, before)
        or await retained.drop_reflections(uow, before)
    )
