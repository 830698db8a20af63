"""Spaced help: one private line on Sunday to a member who has several readings open, and nothing else that week."""

from datetime import timedelta

from bot.branch import service as branch
from bot.branch.telling import private, tell
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.stats import repository
from bot.study import figures

SUNDAY = 6
OPEN = 3
"""Open readings from which on somebody is reminded."""
BACK = timedelta(days=90)
"""How far back readings are looked at: what is older, nobody is reminded of any more."""


async def due(uow: UnitOfWork) -> bool:
    """Whether it is Sunday between ten and eight, and nobody has been reminded yet."""
    now = to_local(uow.now)
    in_time = now.weekday() == SUNDAY and 10 <= now.hour < 20
    return in_time and not await repository.is_sent(uow, "周日提醒", 0, now.date())


async def behind(uow: UnitOfWork) -> list[tuple[int, int, int]]:
    """(member, branch, open readings) of those who would be reminded now."""
    return await figures.behind(uow, uow.now - BACK, OPEN, branch.today(uow))


async def remind(uow: UnitOfWork, behind: list[tuple[int, int, int]]) -> int:
    """One private line to each of these (member, branch, open readings) whose branch wants it; how many."""
    today = branch.today(uow)
    if not await repository.take(uow, "周日提醒", 0, today):
        return 0
    on = {one: await branch.setting(uow, one, "sunday_help") == "开" for one in {where for _, where, _ in behind}}
    wanted = {member: (where, count) for member, where, count in behind if on[where]}
    told = 0
    for start in range(0, len(wanted), 500):
        for account in await repository.accounts(uow, list(wanted)[start : start + 500]):
            where, count = wanted[account.member_id]
            text = f"您还有 {count} 篇没学,有空时发「补学」看看就好,一篇几分钟。"
            key = f"sunday:{today}:{account.member_id}"
            await tell(uow, where, private(account, ""), text, key, "stats.sunday:0")
            told += 1
    return told
