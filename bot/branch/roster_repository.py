"""Every query that searches or changes the roster: people, their accounts, offices and leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, delete, select
from sqlalchemy.orm import aliased

from bot.branch.models import Branch, BranchKind, ChatGroup, Leave, Member, MemberAccount, Role, RoleGrant
from bot.core.db import UnitOfWork, insert_ignore


@dataclass(frozen=True)
class Entry:
    """A line of the roster with what belongs to it. ``accounts`` are those of every platform."""

    member: Member
    branch_name: str
    accounts: tuple[MemberAccount, ...]
    roles: tuple[Role, ...]
    on_leave: bool
    exempt_reason: str


async def entries(uow: UnitOfWork, path: str, on: date) -> list[Entry]:
    """Everybody on the roster at ``path`` or below, in the order of the branches, then as entered."""
    here = (Branch.path.startswith(path, autoescape=True), Member.left_on.is_(None))
    members = await uow.session.execute(
        select(Member, Branch.name)
        .join(Branch, Branch.id == Member.branch_id)
        .where(*here)
        .order_by(Branch.path, Member.id)
    )
    accounts: dict[int, list[MemberAccount]] = {}
    bound = select(MemberAccount).join(Member, Member.id == MemberAccount.member_id)
    bound = bound.join(Branch, Branch.id == Member.branch_id).where(*here).order_by(MemberAccount.id)
    for account in await uow.session.scalars(bound):
        accounts.setdefault(account.member_id, []).append(account)
    roles: dict[int, set[Role]] = {}
    held = select(RoleGrant.member_id, RoleGrant.role).join(Member, Member.id == RoleGrant.member_id)
    for member_id, role in await uow.session.execute(held.join(Branch, Branch.id == Member.branch_id).where(*here)):
        roles.setdefault(member_id, set()).add(Role(role))
    away = select(Leave).join(Member, Member.id == Leave.member_id).join(Branch, Branch.id == Member.branch_id)
    leaves = (await uow.session.scalars(away.where(*here, Leave.first_day <= on, Leave.last_day >= on))).all()
    absent = {leave.member_id for leave in leaves if not leave.exempt}
    exempt = {leave.member_id: leave.reason for leave in leaves if leave.exempt}
    order = list(Role)
    return [
        Entry(
            member,
            branch_name,
            tuple(accounts.get(member.id, ())),
            tuple(sorted(roles.get(member.id, ()), key=order.index)),
            member.id in absent,
            exempt.get(member.id, ""),
        )
        for member, branch_name in members
    ]


def on_roster(path: str) -> Select[int]:
    """The ids of everybody on the roster at ``path`` or below."""
    query = select(Member.id).join(Branch, Branch.id == Member.branch_id)
    return query.where(Branch.path.startswith(path, autoescape=True), Member.left_on.is_(None))


async def named(uow: UnitOfWork, path: str, name: str) -> Sequence[Member]:
    """The people of that name at ``path`` or below."""
    query = select(Member).join(Branch, Branch.id == Member.branch_id)
    query = query.where(Branch.path.startswith(path, autoescape=True), Member.name == name, Member.left_on.is_(None))
    return (await uow.session.scalars(query.order_by(Member.id))).all()


async def left_named(uow: UnitOfWork, path: str, name: str) -> Sequence[Member]:
    """Those of that name who left, the last to leave first."""
    query = select(Member).join(Branch, Branch.id == Member.branch_id)
    query = query.where(Branch.path.startswith(path, autoescape=True), Member.name == name, Member.left_on.is_not(None))
    return (await uow.session.scalars(query.order_by(Member.left_on.desc(), Member.id.desc()))).all()


async def near_names(uow: UnitOfWork, path: str, surname: str) -> Sequence[str]:
    """A few names that begin alike."""
    query = select(Member.name).join(Branch, Branch.id == Member.branch_id)
    query = query.where(
        Branch.path.startswith(path, autoescape=True),
        Member.name.startswith(surname, autoescape=True),
        Member.left_on.is_(None),
    )
    return (await uow.session.scalars(query.order_by(Member.id).limit(4))).all()


async def member_of(uow: UnitOfWork, path: str, platform: str, user_id: str) -> Member | None:
    """The person at ``path`` or below whose account this is; those who left are nobody."""
    query = (
        select(Member)
        .join(MemberAccount, MemberAccount.member_id == Member.id)
        .join(Branch, Branch.id == Member.branch_id)
        .where(
            MemberAccount.platform == platform,
            MemberAccount.user_id == user_id,
            Branch.path.startswith(path, autoescape=True),
            Member.left_on.is_(None),
        )
    )
    return (await uow.session.scalars(query)).one_or_none()


async def accounts_of(uow: UnitOfWork, member_ids: Collection[int], platform: str) -> Sequence[MemberAccount]:
    query = select(MemberAccount).where(MemberAccount.member_id.in_(member_ids), MemberAccount.platform == platform)
    return (await uow.session.scalars(query.order_by(MemberAccount.id))).all()


async def all_accounts(uow: UnitOfWork, member_id: int) -> Sequence[MemberAccount]:
    return (await uow.session.scalars(select(MemberAccount).where(MemberAccount.member_id == member_id))).all()


async def owners(uow: UnitOfWork, platform: str, user_ids: Collection[str]) -> dict[str, int]:
    """To whom these accounts belong, by user id."""
    query = select(MemberAccount.user_id, MemberAccount.member_id)
    query = query.where(MemberAccount.platform == platform, MemberAccount.user_id.in_(user_ids))
    return {user_id: member_id for user_id, member_id in await uow.session.execute(query)}  # noqa: C416


def add_account(uow: UnitOfWork, member_id: int, platform: str, user_id: str, shown_as: str, via: str) -> None:
    """Have an account belong to a person. The database refuses an account that belongs to somebody already."""
    uow.session.add(
        MemberAccount(
            member_id=member_id,
            platform=platform,
            user_id=user_id,
            display_name=shown_as[:80],
            via=via,
            bound_at=uow.now,
        )
    )


async def attach(uow: UnitOfWork, member_id: int, platform: str, user_id: str, shown_as: str, via: str) -> None:
    """``add_account``, at once."""
    add_account(uow, member_id, platform, user_id, shown_as, via)
    await uow.session.flush()


async def detach(uow: UnitOfWork, member_id: int, platform: str | None = None) -> None:
    """Let go of a person's accounts, on one platform or on all."""
    where = MemberAccount.member_id == member_id
    if platform is not None:
        where &= MemberAccount.platform == platform
    await uow.session.execute(delete(MemberAccount).where(where))


async def offices(uow: UnitOfWork, member_id: int) -> Sequence[RoleGrant]:
    query = select(RoleGrant).where(RoleGrant.member_id == member_id).order_by(RoleGrant.granted_at, RoleGrant.role)
    return (await uow.session.scalars(query)).all()


async def end_offices(uow: UnitOfWork, member_id: int) -> None:
    await uow.session.execute(delete(RoleGrant).where(RoleGrant.member_id == member_id))


async def grant(uow: UnitOfWork, branch_id: int, member_id: int, role: Role) -> bool:
    """False if they have it already."""
    row = {"branch_id": branch_id, "member_id": member_id, "role": role.value, "granted_at": uow.now}
    return await insert_ignore(uow.session, RoleGrant, [row], ["branch_id", "member_id", "role"]) > 0


async def leaves_from(uow: UnitOfWork, member_id: int, day: date) -> Sequence[Leave]:
    """Leaves that are not over by ``day``, the earliest first."""
    query = select(Leave).where(Leave.member_id == member_id, Leave.last_day >= day, Leave.exempt.is_(False))
    return (await uow.session.scalars(query.order_by(Leave.first_day, Leave.id))).all()


async def exemptions(uow: UnitOfWork, member_id: int) -> Sequence[Leave]:
    """All exemptions of a member, the earliest first; no two share a day."""
    query = select(Leave).where(Leave.member_id == member_id, Leave.exempt)
    return (await uow.session.scalars(query.order_by(Leave.first_day))).all()


async def subtree(uow: UnitOfWork, path: str) -> Sequence[Branch]:
    """The branch at ``path`` and all below it, from the top down."""
    query = select(Branch).where(Branch.path.startswith(path, autoescape=True)).order_by(Branch.path)
    return (await uow.session.scalars(query)).all()


async def add_branch(uow: UnitOfWork, parent: Branch, kind: BranchKind, name: str) -> Branch:
    made = Branch(parent_id=parent.id, kind=kind.value, name=name, path=parent.path, created_at=uow.now)
    uow.session.add(made)
    await uow.session.flush()
    made.path = f"{parent.path}{made.id}/"
    return made


async def groups_with(uow: UnitOfWork, platform: str, account: str, name: str, limit: int) -> Sequence[Row[str, int]]:
    """(group id, branch id) of the groups served by this account whose branch has somebody of that name."""
    here, below = aliased(Branch), aliased(Branch)
    query = (
        select(ChatGroup.group_id, ChatGroup.branch_id)
        .join(here, here.id == ChatGroup.branch_id)
        .join(below, below.path.startswith(here.path))
        .join(Member, Member.branch_id == below.id)
        .where(ChatGroup.platform == platform, ChatGroup.account == account)
        .where(Member.name == name, Member.left_on.is_(None))
        .distinct()
        .limit(limit)
    )
    return (await uow.session.execute(query)).all()
