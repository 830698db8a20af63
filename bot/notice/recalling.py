"""Taking back on the platform what was withdrawn: at once, and again for what was on the wire meanwhile.

What was tried is noted message by message, so a process that dies half-way leaves the rest to the clock.
"""

from collections.abc import Collection
from typing import Protocol

from bot.core.db import Database
from bot.delivery.transport import Target
from bot.notice import ending


class Recaller(Protocol):
    """The platform's door: False where it doesn't allow that any more."""

    async def recall(self, target: Target, message_id: str) -> bool: ...


async def recall(
    database: Database, platform: Recaller, notice_id: int | None = None, accounts: Collection[str] | None = None
) -> int:
    """Recall what has arrived of this notice, or (None) of any that was withdrawn; how many messages stay. The editors
    are told of those, unless one of them is just being answered. With ``accounts`` what others have sent is left to the
    process that holds them, and to the time when they are back."""
    async with database.reading() as uow:
        if notice_id is None and not await ending.any_recall(uow):
            return 0
        places = await ending.recalls(uow, notice_id)
    ours = [place for place in places if accounts is None or place[1].account in accounts]
    tried = [(one, target, message, await platform.recall(target, message)) for one, target, message in ours]
    async with database.unit_of_work() as uow:
        await ending.recalled(uow, tried, tell=notice_id is None)
    return sum(not gone for *_, gone in tried)
