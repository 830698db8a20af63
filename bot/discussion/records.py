"""Use cases of what is kept: the list of discussions, one of them, a search."""

from collections.abc import Collection
from datetime import datetime

from bot.branch.actor import Actor
from bot.branch.names import ERASED
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.core.limits import short_enough
from bot.discussion import counting, opening, repository, views
from bot.discussion.models import Discussion

PAGE = 10


async def list_all(uow: UnitOfWork, branch_id: int) -> str:
    found = await repository.newest(uow, branch_id, PAGE)
    return views.listed(found, await repository.counts(uow, [one.id for one in found]))


async def search(uow: UnitOfWork, branch_id: int, text: str) -> str:
    """The discussions in which all these words occur. Raises ``UserError`` without any word, and for a page of them."""
    words = text.split()
    if not words:
        raise UserError("请写要找的词,比如:讨论 搜索 养老")
    short_enough(text, "讨论 搜索 养老")
    found = await repository.search(uow, branch_id, words, PAGE)
    if not found:
        return f"没有找到提到「{' '.join(words)[:20]}」的讨论。发「讨论」看有哪些。"
    return views.listed(found, await repository.counts(uow, [one.id for one in found]))


async def show(uow: UnitOfWork, actor: Actor, no: int) -> str:
    """One discussion as it stands. Raises ``NotFound``."""
    discussion = await opening.get(uow, actor.branch, no)
    voices, people = await count(uow, discussion)
    return views.shown(discussion, voices, people, uow.now)


async def count(uow: UnitOfWork, discussion: Discussion) -> tuple[int, int]:
    """(voices, people) of what counts."""
    return (await repository.counts(uow, [discussion.id])).get(discussion.id, (0, 0))


async def spoken(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, tuple[int, int]]:
    """Member id → (discussions, voices that count) in what the branch at ``path`` and those below opened from ``first``
    on and before ``last``. Whoever doesn't want to be counted isn't in it."""
    return await repository.spoken(uow, path, first, last)


async def by_member(uow: UnitOfWork, members: Collection[int], first: datetime, last: datetime) -> dict[int, int]:
    """Member id → voices that count, of these members, wherever they spoke. Who hasn't isn't in it."""
    return await repository.voices_by_member(uow, members, first, last)


async def opened(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, int]:
    """Branch id → how many discussions it opened from ``first`` on and before ``last``, by the branch at ``path`` and
    those below."""
    return await repository.opened(uow, path, first, last)


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """What is kept of this member, in a line; empty for nothing."""
    voices, old = len(await repository.voices_of(uow, member_id)), await repository.parts_of(uow, member_id)
    said = [f"讨论发言:{voices} 条"] if voices else []
    said += [f"以前的讨论:在 {old} 个里发过言(只留条数)"] if old else []
    return f"{','.join(said)},不想保留可发「别统计我」" if said else ""


async def forget(uow: UnitOfWork, member_id: int, name: str) -> None:
    """The member's words go, and their name where they were quoted."""
    await counting.forget(uow, member_id)
    await repository.forget_name(uow, name, ERASED)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """Of discussions that were over before then it stays how often each member was heard, and the summary without
    quotations; of one discussion at a time (0: nothing is left to do)."""
    found = await repository.next_to_sum_up(uow, before)
    return await repository.sum_up(uow, found.id) if found is not None else await repository.drop_shown(uow, before)


async def held(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> list[tuple[int, str, datetime, int]]:
    """(number, title, when in China, people who spoke) of what ``opened`` counts, oldest first."""
    found = await repository.held(uow, path, first, last)
    counts = await repository.counts(uow, [one.id for one in found])
    return [(one.no, one.title, to_local(one.opened_at), counts.get(one.id, (0, 0))[1]) for one in found]
