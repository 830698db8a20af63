"""Use cases of binding an account to a person on the roster. What isn't plain is decided by a leader.

A name alone proves little: whoever types it first would get what that person may do. So a claim to somebody who has an
account already, shares the name, or holds an office is put to the leaders, or to the superusers if there are no others.
"""

from collections.abc import Sequence

from bot.branch import audit, requests
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member, Request
from bot.branch.names import clean_name
from bot.branch.requests import Asked, Outcome
from bot.branch.roster import hold, subject
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError

GROUPS_LOOKED_INTO = 5


async def bind_self(uow: UnitOfWork, actor: Actor, text: str, superusers: frozenset[str]) -> Member | Asked:
    """Bind the speaker's account to the person they say they are, or ask. Raises ``NotFound`` or ``UserError``."""
    name = clean_name(text)
    named = await repository.named(uow, (await branch.get(uow, actor.branch)).path, name)
    own = (await repository.owners(uow, actor.platform, [actor.user_id])).get(actor.user_id)
    if own is not None and own in [member.id for member in named]:
        raise UserError(f"您已经绑定为{name},不用再绑。")
    if own is not None:
        raise UserError("您的账号已经绑定过了。要改请联系书记。")
    if not named:
        raise NotFound(f"名册里没有「{name[:20]}」。请检查姓名,或请书记先把您加入名册。")
    taken = {account.member_id for account in await repository.accounts_of(uow, [m.id for m in named], actor.platform)}
    member = next((member for member in named if member.id not in taken), named[0])
    doubt = await _doubt(uow, named, member, taken)
    if doubt and not (actor.is_superuser and member.id not in taken and len(named) == 1):
        said = f"{_shown(actor)}想绑定「{member.name}」,而{doubt}"
        payload = {"member": member.id}
        return await requests.ask(
            uow, actor, member.branch_id, "bind", payload, said, superusers=superusers, but=member.id
        )
    await hold(uow, member)
    if member.left_on is not None or await repository.accounts_of(uow, [member.id], actor.platform):
        return await bind_self(uow, actor, text, superusers)  # somebody was faster
    repository.add_account(uow, member.id, actor.platform, actor.user_id, actor.display_name, actor.account)
    await audit.record(uow, actor, "roster.bind", subject(member))
    return member


async def groups_with(uow: UnitOfWork, actor: Actor, text: str) -> dict[str, int]:
    """Where somebody who speaks in private may be known: the branch by group, for groups whose roster has that name.

    Empty where there are none or too many to look into. Nobody is told what is in it: what counts is whether the
    speaker is in one of the groups.
    """
    found = await repository.groups_with(uow, actor.platform, actor.account, clean_name(text), GROUPS_LOOKED_INTO + 1)
    return {group_id: branch_id for group_id, branch_id in found} if len(found) <= GROUPS_LOOKED_INTO else {}  # noqa: C416


async def _doubt(uow: UnitOfWork, named: Sequence[Member], member: Member, taken: set[int]) -> str:
    """Why a leader has to look at this claim; empty where it is plain."""
    if len(named) > 1:
        return f"名册上有 {len(named)} 位{member.name}"
    if member.id in taken:
        return f"{member.name}已绑定别的账号"
    offices = [grant.role for grant in await repository.offices(uow, member.id)]
    return f"{member.name}担任{'、'.join(offices)}" if offices else ""


def _shown(actor: Actor) -> str:
    tail = f"QQ 尾号 {actor.user_id[-4:]}"
    return f"{actor.display_name[:20]}({tail})" if actor.display_name else f"一位群友({tail})"


async def decided(uow: UnitOfWork, actor: Actor, request: Request, agree: bool) -> Outcome:
    """A leader's word on such a claim: the person's former account on that platform is let go. Raises ``UserError``."""
    member = await uow.session.get_one(Member, requests.payload_of(request)["member"])
    if not agree:
        return Outcome(f"好的,没有绑定「{member.name}」。", "绑定没有通过,请和书记联系。")
    await hold(uow, member)
    if member.left_on is not None:
        raise UserError(f"{member.name}已经不在名册上了。不绑定请回复「不同意 {request.no}」。")
    if await repository.owners(uow, request.platform, [request.user_id]):
        raise UserError(f"这个账号后来绑定了别人。不改请回复「不同意 {request.no}」。")
    await repository.detach(uow, member.id, request.platform)
    repository.add_account(uow, member.id, request.platform, request.user_id, request.display_name, request.account)
    await audit.record(uow, actor, "roster.bind", subject(member), branch_id=request.branch_id)
    who = request.display_name or f"QQ 尾号 {request.user_id[-4:]}"
    return Outcome(f"已把{who}绑定为{member.name}。", f"绑定好了,{member.name}。看完材料回复「已学」就行。")
