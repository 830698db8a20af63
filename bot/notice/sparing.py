"""Whoever is exempt on the day on which a notice comes out needn't confirm it; later exemptions don't change it."""

from collections.abc import Collection
from datetime import date, datetime, time

from bot.branch import counting
from bot.branch import service as branch
from bot.core.clock import CHINA, to_local
from bot.core.db import UnitOfWork
from bot.notice import repository, totals


async def on_publication(uow: UnitOfWork, notice_id: int) -> None:
    await repository.spare_exempt(uow, notice_id, branch.today(uow))


@counting.follow
async def of_members(uow: UnitOfWork, members: Collection[int], since: date) -> None:
    """An exemption of these members begins or ends, or was a slip: of what came out ``since``."""
    rows = await repository.expected_since(uow, members, datetime.combine(since, time(), CHINA))
    spans = await branch.leaves_between(uow, list(members), since, date.max) if rows else {}
    for one, published_at in rows:
        day = to_local(published_at).date()
        mine = spans.get(one.member_id, ())
        one.exempt = any(span.exempt and span.first_day <= day <= span.last_day for span in mine)
    await totals.of_members(uow, members)
