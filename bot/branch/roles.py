"""Use cases of office: who is 书记, 宣传委员 … of which branch. Given and taken, undoable, audited, told to them."""

from dataclasses import dataclass

from bot.branch import audit, rights, rules, telling, undo
from bot.branch import organisation_repository as organisation
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, BranchKind, Member, Role
from bot.branch.roster import hold, subject
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, UserError

OFFICES = "、".join(role.value for role in Role if role is not Role.MEMBER)


@dataclass(frozen=True)
class Office:
    """An office of a person. ``others`` are who holds it there besides; ``bound``: whether they have an account."""

    member: Member
    branch: Branch
    role: Role
    others: tuple[str, ...] = ()
    bound: bool = True


async def _need_right(uow: UnitOfWork, actor: Actor, place: Branch, role: Role) -> None:
    if actor.is_superuser:
        return
    if not rules.may_appoint(await rights.roles_at(uow, actor, place.path), role):
        raise NotAllowed(f"「{place.name}」的{role.value}由书记或上级任免。")


async def planned(uow: UnitOfWork, actor: Actor, member: Member, role: Role, at: Branch | None = None) -> Office:
    """What appointing would do, with all its checks. Raises ``NotAllowed`` or ``UserError``.

    A 党小组长 leads their own 党小组; any other office is held in ``at``, or (None) where the actor speaks.
    """
    if role is Role.MEMBER:
        raise UserError(f"没看懂职务。可以写:{OFFICES}。")
    place = at or await branch.get(uow, actor.branch)
    if role is Role.GROUP_LEADER and place.kind != BranchKind.GROUP:
        place = await branch.get(uow, member.branch_id)
        if place.kind != BranchKind.GROUP:
            raise UserError(f"{member.name}还不在党小组里。请先发「支部 分组 {member.name} 第一党小组」。")
    await _need_right(uow, actor, place, role)
    holders = await organisation.holders(uow, place.id, role)
    if member.id in [holder.id for holder in holders]:
        raise UserError(f"{member.name}已经是「{place.name}」的{role.value}了。")
    bound = bool(await repository.accounts_of(uow, [member.id], actor.platform))
    return Office(member, place, role, tuple(holder.name for holder in holders), bound)


async def appoint(uow: UnitOfWork, actor: Actor, office: Office) -> None:
    """Give the planned office. Raises what ``planned`` raises."""
    member, place, role = office.member, office.branch, office.role
    await _need_right(uow, actor, place, role)
    await hold(uow, member)
    if member.left_on is not None:
        raise UserError(f"{member.name}已经不在名册上了。")
    if not await repository.grant(uow, place.id, member.id, role):
        raise UserError(f"{member.name}已经是「{place.name}」的{role.value}了。")
    await _note(uow, actor, office, given=True)
    await _tell(uow, actor, office, f"您现在是「{place.name}」的{role.value}。发「帮助」看能做什么。")


async def held(uow: UnitOfWork, actor: Actor, member: Member, role: Role | None) -> list[Office]:
    """The offices of a member, or the one named, at or below where the actor speaks, which the actor may take.

    ``others`` are who would be left. Raises ``NotAllowed`` or ``UserError``.
    """
    path = (await branch.get(uow, actor.branch)).path
    found = []
    for grant in await repository.offices(uow, member.id):
        place = await branch.get(uow, grant.branch_id)
        if not place.path.startswith(path) or (role is not None and grant.role != role):
            continue
        await _need_right(uow, actor, place, Role(grant.role))
        rest = [one.name for one in await organisation.holders(uow, place.id, Role(grant.role)) if one.id != member.id]
        found.append(Office(member, place, Role(grant.role), tuple(rest)))
    if not found:
        raise UserError(f"{member.name}在这里没有担任{role.value if role else '职务'}。")
    return found


async def dismiss(uow: UnitOfWork, actor: Actor, office: Office) -> None:
    """Take an office. Raises ``NotAllowed`` or ``UserError``."""
    await _need_right(uow, actor, office.branch, office.role)
    if not await organisation.revoke(uow, office.branch.id, office.member.id, office.role):
        raise UserError(f"{office.member.name}已经不是{office.role.value}了。")
    await _note(uow, actor, office, given=False)
    await _tell(uow, actor, office, f"您不再担任「{office.branch.name}」的{office.role.value}。有疑问请联系书记。")


async def _note(uow: UnitOfWork, actor: Actor, office: Office, *, given: bool) -> None:
    member, place, role = office.member, office.branch, office.role
    action = "role.grant" if given else "role.revoke"
    await audit.record(uow, actor, action, subject(member), detail={"role": role.value}, branch_id=place.id)
    payload = {"branch": place.id, "member": member.id, "role": role.value, "given": given}
    said = f"任命{member.name}为{role.value}" if given else f"免去{member.name}的{role.value}"
    await undo.remember(uow, actor, "role", payload, said)


async def _tell(uow: UnitOfWork, actor: Actor, office: Office, line: str) -> None:
    key = f"role:{office.branch.id}:{office.member.id}:{office.role.name}:{uow.now:%Y%m%d%H%M%S}"
    for account in await repository.accounts_of(uow, [office.member.id], actor.platform):
        if account.user_id == actor.user_id:
            continue
        target = telling.private(account, actor.account)
        await telling.tell(uow, office.branch.id, target, line, f"{key}:{account.id}", "branch.role")


async def put_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo an appointment or a dismissal. Raises ``NotAllowed`` or ``UserError``."""
    place, member = await branch.get(uow, payload["branch"]), await uow.session.get_one(Member, payload["member"])
    office = Office(member, place, Role(payload["role"]))
    await _need_right(uow, actor, place, office.role)
    await hold(uow, member)
    if payload["given"]:
        done = await organisation.revoke(uow, place.id, member.id, office.role)
    else:
        done = member.left_on is None and await repository.grant(uow, place.id, member.id, office.role)
    if not done:
        raise UserError("职务后来又变动过,撤销不了。")
    await _tell(uow, actor, office, f"刚才关于「{place.name}」{office.role.value}的任免已撤销。")
