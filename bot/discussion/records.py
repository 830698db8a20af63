"""Use cases of what is kept: the list of discussions, one of them, a search."""

from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.discussion import opening, repository, views
from bot.discussion.models import Discussion

PAGE = 10


async def list_all(uow: UnitOfWork, branch_id: int) -> str:
    found = await repository.newest(uow, branch_id, PAGE)
    return views.listed(found, await repository.counts(uow, [one.id for one in found]))


async def search(uow: UnitOfWork, branch_id: int, text: str) -> str:
    """The discussions in which all these words occur. Raises ``UserError`` without any word."""
    words = text.split()
    if not words:
        raise UserError("请写要找的词,比如:讨论 搜索 养老")
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
