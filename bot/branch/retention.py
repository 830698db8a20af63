"""Twelve months of records in full, then totals: from which day on there is everything, and how that day moves on.

Each feature sums up what is its own (``commands.lets_go``); no figure changes by it. See
``docs/adr/0016-twelve-months-then-totals.md``.
"""

from datetime import date, datetime

from bot.branch import audit
from bot.branch import retention_repository as repository
from bot.branch import service as branch
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError

NIGHT = range(1, 6)
"""The hours of the Chinese day in which it is done: nobody is told anything then, and hardly anybody checks in."""


async def kept_from(uow: UnitOfWork) -> datetime:
    """From this instant on everything is there: the beginning of a month in China."""
    mark = await repository.mark(uow)
    return repository.ALWAYS if mark is None else to_local(mark.kept_from)


async def need_kept(uow: UnitOfWork, day: date) -> None:
    """Raises ``UserError`` if records of this day can't be changed any more."""
    first = await kept_from(uow)
    if day < first.date():
        raise UserError(f"{first.year}年{first.month}月以前的记录只留了合计,不能再登记或更正。")


async def due(uow: UnitOfWork, months: int) -> datetime | None:
    """The instant before which things are to be summed up now; None by day, or if nothing is left to do."""
    if to_local(uow.now).hour not in NIGHT:
        return None
    mark = await repository.mark(uow)
    if mark is not None and mark.finished_at is not None and mark.kept_from >= _first_kept(uow, months):
        return None
    return await kept_from(uow)


async def move_on(uow: UnitOfWork, months: int) -> bool:
    """Have the day be ``months`` whole months ago, if it isn't; whether it moved. What was begun when it had not is
    over before the next beat of the clock: only then is anything summed up."""
    first = _first_kept(uow, months)
    if first <= await kept_from(uow):
        return False
    await repository.set_mark(uow, first)
    await audit.record(uow, None, "retention.move", detail={"kept_from": first.date().isoformat()})
    return True


async def count(uow: UnitOfWork, rows: int) -> None:
    """So many rows went; none: all is done, on record."""
    mark = await repository.mark(uow)
    assert mark is not None
    mark.rows += rows
    if not rows:
        mark.finished_at = uow.now
        detail = {"kept_from": to_local(mark.kept_from).date().isoformat(), "rows": mark.rows}
        await audit.record(uow, None, "retention.done", detail=detail)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """What nobody needs any more: old acts on record (but those of notices, which belong to the file of 党务公开), what
    could be undone, what was decided, why somebody was away."""
    return (
        await repository.drop_acts(uow, before)
        or await repository.drop_undo_steps(uow, before)
        or await repository.drop_requests(uow, before)
        or await repository.drop_leave_reasons(uow, to_local(before).date())
    )


async def standing(uow: UnitOfWork) -> tuple[date, bool] | None:
    """From which day on everything is kept, and whether all before it is summed up; None if nothing ever was."""
    mark = await repository.mark(uow)
    return None if mark is None else (to_local(mark.kept_from).date(), mark.finished_at is not None)


def _first_kept(uow: UnitOfWork, months: int) -> datetime:
    today = branch.today(uow)
    count = today.year * 12 + today.month - 1 - months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=CHINA)
