"""Use cases of group cards: who in a group can be told by their card, and is bound to the roster by it.

Anybody may write any name on their card, so a card never binds to somebody who holds an office, unless a superuser says
so, nor where two cards or two people bear the name.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.branch import audit
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.branch.names import name_in_card
from bot.branch.roster import subject
from bot.core.db import UnitOfWork

Card = tuple[str, str]
"""User id and group card of somebody in the group; robots are left out by the caller."""


@dataclass
class Matched:
    """``plain`` are accounts and the one unbound person that their card names; ``rest`` the cards of the others who
    aren't bound yet. ``on_roster`` is how many people the roster has."""

    on_roster: int
    plain: list[tuple[Card, Member]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


async def match(uow: UnitOfWork, actor: Actor, cards: Sequence[Card]) -> Matched:
    """Hold the cards of a group against the roster of the actor's branch."""
    path = (await branch.get(uow, actor.branch)).path
    entries = await repository.entries(uow, path, branch.today(uow))
    bound = await repository.owners(uow, actor.platform, [user_id for user_id, _ in cards])
    people = Counter(entry.member.name for entry in entries)
    free = {
        entry.member.name: entry.member
        for entry in entries
        if people[entry.member.name] == 1
        and not any(account.platform == actor.platform for account in entry.accounts)
        and (actor.is_superuser or not entry.roles)
    }
    written = Counter(name_in_card(card) for _, card in cards)
    found = Matched(len(entries))
    for user_id, card in cards:
        if user_id in bound:
            continue
        name = name_in_card(card)
        member = free.get(name)
        if member is not None and written[name] == 1:
            found.plain.append(((user_id, card), member))
        elif card.strip():
            found.rest.append(card.strip())
    return found


async def bind(uow: UnitOfWork, actor: Actor, cards: Sequence[Card]) -> Matched:
    """Bind those of whom the card tells plainly who they are."""
    found = await match(uow, actor, cards)
    for (user_id, card), member in found.plain:
        await repository.attach(uow, member.id, actor.platform, user_id, card, actor.account)
        await audit.record(uow, actor, "roster.bind", subject(member), detail={"by": "card"})
    return found
