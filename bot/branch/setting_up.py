"""Use cases of setting up: a branch with its group, its people from the group's cards, their accounts and roles."""

from collections.abc import Sequence

from bot.branch import audit, repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, BranchKind, ChatGroup, Member, MemberAccount, Role, RoleGrant
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError

NAME_LENGTH = 40


async def found(uow: UnitOfWork, actor: Actor, name: str, group_name: str = "") -> Branch:
    """A new branch, bound to the group in which it is founded. Raises ``UserError``."""
    name = name.strip()
    if not 2 <= len(name) <= 80:
        raise UserError("支部名称请写 2 到 80 个字,比如「红旗社区第一党支部」。")
    if actor.group_id is None:
        raise UserError("请在支部的群里发「/开始」。")
    if await repository.group_at(uow, actor.platform, actor.group_id) is not None:
        raise UserError("这个群已经绑定了支部。")
    made = Branch(parent_id=None, kind=BranchKind.BRANCH, name=name, path="/", created_at=uow.now)
    uow.session.add(made)
    await uow.session.flush()
    made.path = f"/{made.id}/"
    uow.session.add(
        ChatGroup(
            branch_id=made.id,
            platform=actor.platform,
            account=actor.account,
            group_id=actor.group_id,
            name=group_name,
            created_at=uow.now,
        )
    )
    await audit.record(uow, actor, "branch.found", subject=f"支部 {made.id}", branch_id=made.id)
    return made


async def enrol(
    uow: UnitOfWork, actor: Actor, branch_id: int, people: Sequence[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Put (user id, name) pairs on the roster; (names enrolled, names left out as bound already)."""
    added, skipped = [], []
    for user_id, name in people:
        if await repository.account(uow, actor.platform, user_id) is not None:
            skipped.append(name)
            continue
        member = Member(branch_id=branch_id, name=name[:NAME_LENGTH], joined_on=branch.today(uow), created_at=uow.now)
        uow.session.add(member)
        await uow.session.flush()
        await bind(uow, actor, member, user_id, name)
        added.append(name)
    await audit.record(uow, actor, "roster.enrol", detail={"people": len(added)}, branch_id=branch_id)
    return added, skipped


async def bind(uow: UnitOfWork, actor: Actor, member: Member, user_id: str, display_name: str) -> None:
    uow.session.add(
        MemberAccount(
            member_id=member.id,
            platform=actor.platform,
            user_id=user_id,
            display_name=display_name[:80],
            via=actor.account,
            bound_at=uow.now,
        )
    )


async def grant(uow: UnitOfWork, actor: Actor, branch_id: int, who: str, role: Role) -> Member:
    """Give a member of the branch a role. ``who`` is a name or a user id. Raises ``NotFound``, ``UserError``."""
    named = await repository.members_named(uow, branch_id, who)
    if not named:
        account = await repository.account(uow, actor.platform, who)
        member = await uow.session.get_one(Member, account.member_id) if account is not None else None
        named = [member] if member is not None and member.branch_id == branch_id else []
    if not named:
        raise NotFound(f"名册里没有「{who[:20]}」。")
    if len(named) > 1:
        raise UserError(f"有 {len(named)} 位「{who[:20]}」,请用 @ 指明是谁。")
    if await uow.session.get(RoleGrant, (branch_id, named[0].id, role.value)) is None:
        uow.session.add(RoleGrant(branch_id=branch_id, member_id=named[0].id, role=role.value, granted_at=uow.now))
    await audit.record(
        uow, actor, "role.grant", subject=f"member:{named[0].id}", detail={"role": role.value}, branch_id=branch_id
    )
    return named[0]
