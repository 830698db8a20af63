"""Use cases of the first morning: a branch with its group, its people from the group's cards, its secretary."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.branch import audit, group_chats, organisation, people, roster, rules
from bot.branch import organisation_repository as nodes
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.cards import Card
from bot.branch.models import Branch, BranchKind, Member
from bot.branch.names import clean_name, is_name, name_in_card
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound, UserError


@dataclass(frozen=True)
class Founded:
    """``known``: the branch was there already, only the group is new."""

    branch: Branch
    known: bool


async def found(uow: UnitOfWork, actor: Actor, name: str, group_name: str = "") -> Branch:
    """See ``found_or_bind``."""
    return (await found_or_bind(uow, actor, name, group_name)).branch


async def found_or_bind(uow: UnitOfWork, actor: Actor, name: str, group_name: str = "") -> Founded:
    """The branch of that name, founded if there is none, with the group in which ``actor`` speaks bound to it.

    Its level is read from the name; a name that says nothing is taken for a 支部. Raises ``UserError``.
    """
    if await group_chats.here(uow, actor) is not None:
        raise UserError("这个群已经绑定了支部。")
    name = organisation.clean(name)
    await nodes.hold_tree(uow)
    named = await nodes.named(uow, name)
    if len(named) > 1:
        raise UserError(f"有 {len(named)} 个「{name}」。请发「/支部 绑定 {name}」再选。")
    kind = rules.kind_in_name(name) or BranchKind.BRANCH
    if not named and kind is BranchKind.GROUP:
        raise UserError(f"党小组建在支部下面:请在支部的群里发「/支部 新建 {name}」。这里请写支部的名称。")
    made = named[0] if named else await organisation.create(uow, actor, name, kind, None)
    await group_chats.bind(uow, actor, made, group_name)
    return Founded(made, bool(named))


@dataclass(frozen=True)
class Enrolled:
    """The names that are new, and how many were left out because they are on a roster already."""

    added: tuple[str, ...]
    known: int


async def enrol(uow: UnitOfWork, actor: Actor, branch_id: int, cards: Sequence[Card]) -> Enrolled:
    """Put the people whose cards tell their name on the roster, with their accounts."""
    await nodes.hold_tree(uow)
    known = await repository.owners(uow, actor.platform, [user_id for user_id, _ in cards])
    added = []
    for user_id, card in cards:
        name = name_in_card(card)
        if not name or user_id in known:
            continue
        member = Member(branch_id=branch_id, name=name, joined_on=branch.today(uow), created_at=uow.now)
        uow.session.add(member)
        await uow.session.flush()
        repository.add_account(uow, member.id, actor.platform, user_id, card, actor.account)
        added.append(name)
    await uow.session.flush()
    await audit.record(uow, actor, "roster.enrol", detail={"people": len(added)}, branch_id=branch_id)
    return Enrolled(tuple(added), len(known))


async def secretary(uow: UnitOfWork, actor: Actor, text: str, mentions: Sequence[str], cards: Sequence[Card]) -> Member:
    """Who is to be secretary: on the roster, else in the group by their card, else (an empty roster) just a name.

    Whoever isn't on the roster yet is put there. Raises ``UserError``.
    """
    try:
        return await people.find(uow, actor, text, mentions)
    except NotAllowed:
        raise
    except UserError as error:
        name = clean_name(text)
        seen = [(user, card) for user, card in cards if user in mentions or (name and name_in_card(card) == name)]
        if len(seen) == 1 and (name_in_card(seen[0][1]) or is_name(name)):
            return await roster.add(uow, actor, name_in_card(seen[0][1]) or name, user_id=seen[0][0])
        if isinstance(error, NotFound) and is_name(name) and not await roster.listed(uow, actor.branch):
            return await roster.add(uow, actor, name)
        raise
