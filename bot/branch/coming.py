"""Use cases of people who come into a group of the branch and who go. The roster itself is changed by people only."""

from bot.branch import cards, people, telling
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.core.db import UnitOfWork


async def came(uow: UnitOfWork, actor: Actor, card: str) -> Member | None:
    """Somebody came whose account belongs to nobody; the person that their card plainly names, bound now."""
    found = await cards.bind(uow, actor, [(actor.user_id, card)])
    return found.plain[0][1] if found.plain else None


async def to_greet(uow: UnitOfWork, actor: Actor) -> bool:
    """Whether to speak to somebody who came: not to those who are bound, and not at night."""
    if await repository.owners(uow, actor.platform, [actor.user_id]):
        return False
    return not (await telling.quiet_hours(uow, actor.branch)).covers(uow.now)


async def went(uow: UnitOfWork, actor: Actor, superusers: frozenset[str]) -> None:
    """Somebody left the group: if they are on the roster, the leaders are asked, once for each person and group."""
    path = (await branch.get(uow, actor.branch)).path
    member = await repository.member_of(uow, path, actor.platform, actor.user_id)
    if member is None:
        return
    word = await people.word_for(uow, actor, member)
    line = f"{member.name}退群了,要从名册移除吗?\n要移除请回复「移除 {word}」,不用就不必理会。"
    key = f"left:{actor.platform}:{actor.group_id}:{member.id}"
    await telling.tell_leaders(
        uow, actor.branch, line, key, "branch.left", via=actor.account, superusers=superusers, but=member.id
    )
