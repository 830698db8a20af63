"""A notice kept in sight: among the highlights of its groups or on their boards, once it has arrived there."""

from collections.abc import Collection
from datetime import timedelta

from bot.branch.telling import tell_editors
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.notice import publishing, repository, views
from bot.notice.models import Notice
from bot.notice.receiving import ORIGIN

PATIENCE = timedelta(minutes=10)
"""How long the groups that have it wait for those that don't have it yet."""


async def due(uow: UnitOfWork, accounts: Collection[str]) -> list[tuple[Notice, list[tuple[Target, str]]]]:
    """The notices that have arrived by one of these accounts and should be kept in sight, with where; each is handed
    out once."""
    found = []
    for notice in await repository.unpinned(uow):
        keys = [publishing.key(notice, target) for target in await publishing.groups_of(uow, notice)]
        places, others = await outbox.fates(uow, keys)
        late = notice.published_at is not None and notice.published_at + PATIENCE < uow.now
        if any(target.account in accounts for target, _ in places) and (late or not others):
            notice.pin_due = False
            found.append((notice, places))
    return found


async def refused(uow: UnitOfWork, notice: Notice) -> None:
    """Tell the editors that the platform wouldn't; the notice itself is there."""
    key = f"notice-unpinned:{notice.id}:{notice.version}"
    await tell_editors(uow, notice.branch_id, views.not_pinned(notice), key, ORIGIN)
