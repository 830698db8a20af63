"""Use cases of a person's own data: what is kept about them, and its erasure with all totals left as they are."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date

from bot.branch import audit, counting, people
from bot.branch import organisation_repository as organisation
from bot.branch import privacy_repository as traces
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, Leave, Member, MemberAccount, Role, RoleGrant
from bot.branch.names import ERASED
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import redaction

Forget = Callable[[UnitOfWork, int, str], Awaitable[None]]
"""Forgets a member of this name."""


@dataclass(frozen=True)
class Kept:
    """All that the branch keeps about one person, but for what the features keep: the record of study."""

    member: Member
    branch: Branch
    accounts: tuple[MemberAccount, ...]
    offices: tuple[tuple[str, str], ...]  # (branch, office)
    leaves: tuple[Leave, ...]
    exemptions: tuple[Leave, ...]


async def kept(uow: UnitOfWork, actor: Actor) -> Kept:
    """What is kept about the speaker. Raises ``UserError``."""
    member = await people.myself(uow, actor)
    grants = await repository.offices(uow, member.id)
    names = {node.id: node.name for node in await organisation.branches(uow, [grant.branch_id for grant in grants])}
    return Kept(
        member,
        await branch.get(uow, member.branch_id),
        tuple(await repository.all_accounts(uow, member.id)),
        tuple((names[grant.branch_id], grant.role) for grant in grants),
        tuple(await repository.leaves_from(uow, member.id, date.min)),
        tuple(await repository.exemptions(uow, member.id)),
    )


async def check(uow: UnitOfWork, actor: Actor) -> Member:
    """Who wants to be erased. Raises ``UserError`` for the only secretary of a branch, with what to do."""
    member = await people.myself(uow, actor)
    for grant in await repository.offices(uow, member.id):
        if await _alone(uow, grant, member):
            at = (await branch.get(uow, grant.branch_id)).name
            raise UserError(f"您是「{at}」唯一的书记。请先发「任命 姓名 书记」交给别人,再发「删除我的信息」。")
    return member


async def _alone(uow: UnitOfWork, grant: RoleGrant, member: Member) -> bool:
    if grant.role != Role.SECRETARY:
        return False
    return [one.id for one in await organisation.holders(uow, grant.branch_id, Role.SECRETARY)] == [member.id]


async def erase(uow: UnitOfWork, actor: Actor, keepers: Iterable[Forget]) -> Member:
    """Erase the speaker's name and accounts everywhere, also in what ``keepers`` keep; every record and so every total
    stays. It can't be undone. Raises ``UserError``.
    """
    member = await check(uow, actor)
    name, accounts = member.name, list(await repository.all_accounts(uow, member.id))
    await traces.hold(uow, [(account.platform, account.user_id) for account in accounts], name, member.id)
    await counting.hold(uow, [member.id])
    for forget in keepers:
        await forget(uow, member.id, name)
    await repository.end_offices(uow, member.id)
    await repository.detach(uow, member.id)
    member.name, member.left_on = ERASED, branch.today(uow)
    await counting.changed(uow, [member.id], member.left_on)
    await traces.forget_leaves(uow, member.id)
    await traces.forget_name(uow, name, ERASED, member.id)
    for platform in {account.platform for account in accounts}:
        user_ids = [account.user_id for account in accounts if account.platform == platform]
        await traces.forget_accounts(uow, platform, user_ids, f"member:{member.id}")
        await redaction.forget(uow, platform, user_ids, name, ERASED)
    nobody = Actor(actor.platform, actor.account, "", branch_id=member.branch_id, member_id=member.id)
    await audit.record(uow, nobody, "member.erase", f"member:{member.id}")
    return member
