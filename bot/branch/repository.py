"""Every query about organisation and people."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, exists, func, or_, select

from bot.branch.models import (
    AuditEntry,
    Branch,
    BranchSetting,
    ChatGroup,
    Leave,
    Member,
    MemberAccount,
    Numbering,
    Role,
    RoleGrant,
)
from bot.core.db import SOME, UnitOfWork, upsert


def at_or_below(path: "str | BindParameter[str]") -> Select[int]:
    """The ids of the branch at ``path`` and of those below it, for the queries that count by branch. Figures begin with
    these: what they cost grows with the branch that is asked for."""
    return select(Branch.id).where(Branch.path.startswith(path))


async def get_branch(uow: UnitOfWork, branch_id: int) -> Branch | None:
    return await uow.session.get(Branch, branch_id)


async def next_number(uow: UnitOfWork, branch_id: int, kind: str) -> int:
    """One statement takes the number, so two processes never share one."""
    first = upsert(uow.session, Numbering).values(branch_id=branch_id, kind=kind, last=1)
    following = first.on_conflict_do_update(index_elements=["branch_id", "kind"], set_={"last": Numbering.last + 1})
    return int((await uow.session.execute(following.returning(Numbering.last))).scalar_one())


Members = Collection[int] | Select[int]
"""The ids of some, or what finds them."""


async def lock_members(uow: UnitOfWork, members: Members, *, shared: bool = False) -> None:
    """Lock these in the order of ids, whose keys stay free; ``shared``: they only mustn't change."""
    query = select(Member.id).order_by(Member.id).with_for_update(read=shared, key_share=not shared)
    if isinstance(members, Select):
        await uow.session.execute(query.where(Member.id.in_(members)))
        return
    ids = sorted(set(members))
    for start in range(0, len(ids), SOME):
        await uow.session.execute(query.where(Member.id.in_(ids[start : start + SOME])))


async def homes(uow: UnitOfWork, members: Collection[int]) -> Sequence[int]:
    """The branches to which these belong now."""
    query = select(Member).where(Member.id.in_(members)).execution_options(populate_existing=True)
    return [member.branch_id for member in await uow.session.scalars(query)]


async def settings_on_path(uow: UnitOfWork, branch_ids: Sequence[int], key: str) -> dict[int, str]:
    """The values that these branches have of their own for ``key``."""
    rows = await uow.session.execute(
        select(BranchSetting.branch_id, BranchSetting.value).where(
            BranchSetting.branch_id.in_(branch_ids), BranchSetting.key == key
        )
    )
    return {branch_id: value for branch_id, value in rows.all()}  # noqa: C416 dict(rows) would not type


async def having(uow: UnitOfWork, key: str) -> dict[str, str]:
    """Path of the branch → its own value for ``key``, of every branch that has one."""
    query = select(Branch.path, BranchSetting.value).join(Branch, Branch.id == BranchSetting.branch_id)
    return {path: value for path, value in await uow.session.execute(query.where(BranchSetting.key == key))}  # noqa: C416


async def put_setting(uow: UnitOfWork, branch_id: int, key: str, value: str) -> None:
    statement = upsert(uow.session, BranchSetting).values(branch_id=branch_id, key=key, value=value)
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=["branch_id", "key"], set_={"value": value})
    )


async def groups(uow: UnitOfWork, path: str, *, below: bool) -> Sequence[ChatGroup]:
    """The group chats of the branch at ``path``, and with ``below`` of those under it."""
    where = Branch.path.startswith(path, autoescape=True) if below else Branch.path == path
    query = select(ChatGroup).join(Branch, Branch.id == ChatGroup.branch_id).where(where).order_by(ChatGroup.id)
    return (await uow.session.scalars(query)).all()


async def having_group(uow: UnitOfWork, branch_ids: Collection[int]) -> set[int]:
    """Those of these branches that have a group chat."""
    query = select(ChatGroup.branch_id).where(ChatGroup.branch_id.in_(branch_ids))
    return set((await uow.session.scalars(query)).all())


async def groups_by(uow: UnitOfWork, platform: str, account: str) -> Sequence[ChatGroup]:
    """The groups of all branches in which this account of ours speaks."""
    query = select(ChatGroup).where(ChatGroup.platform == platform, ChatGroup.account == account)
    return (await uow.session.scalars(query.order_by(ChatGroup.id))).all()


async def group_at(uow: UnitOfWork, platform: str, group_id: str) -> ChatGroup | None:
    query = select(ChatGroup).where(ChatGroup.platform == platform, ChatGroup.group_id == group_id)
    return (await uow.session.scalars(query)).one_or_none()


# Asked with nearly every message, so put together once: that takes longer than asking.
_GROUP_BRANCHES = (
    select(ChatGroup.platform, ChatGroup.group_id, Branch.id, Branch.path)
    .join(Branch, Branch.id == ChatGroup.branch_id)
    .where(ChatGroup.group_id.in_(bindparam("group_ids", expanding=True)))
)
_HOME = Branch.__table__.alias("home")
_GRANTED = Branch.__table__.alias("granted")
_PEOPLE = (
    select(
        MemberAccount.platform,
        MemberAccount.user_id,
        Member.id,
        Member.name,
        Member.branch_id,
        _HOME.c.path,
        RoleGrant.role,
        _GRANTED.c.path,
        _HOME.c.kind,
    )
    .join(Member, Member.id == MemberAccount.member_id)
    .join(_HOME, _HOME.c.id == Member.branch_id)
    .outerjoin(RoleGrant, RoleGrant.member_id == Member.id)
    .outerjoin(_GRANTED, _GRANTED.c.id == RoleGrant.branch_id)
    .where(MemberAccount.user_id.in_(bindparam("user_ids", expanding=True)), Member.left_on.is_(None))
)


async def group_branches(uow: UnitOfWork, group_ids: Collection[str]) -> dict[tuple[str, str], tuple[int, str]]:
    """(platform, group id) → (branch id, its path) of these groups, on whatever platform."""
    rows = await uow.session.execute(_GROUP_BRANCHES, {"group_ids": list(group_ids)})
    return {(platform, group): (i, path) for platform, group, i, path in rows}


PersonRow = Row[str, str, int, str, int, str, str | None, str | None, str]


async def people(uow: UnitOfWork, user_ids: Collection[str]) -> Sequence[PersonRow]:
    """(platform, user id, member id, name, own branch id, own path, role or None, path of the grant or None, kind of
    the own branch): a row for each role of each person who has one of these accounts, on whatever platform."""
    return (await uow.session.execute(_PEOPLE, {"user_ids": list(user_ids)})).all()


async def below(uow: UnitOfWork, path: str) -> Sequence[Row[int, str, str, bool]]:
    """(id, path, kind, has a group chat of its own) of the branch at ``path`` and of everything below it."""
    group = exists().where(ChatGroup.branch_id == Branch.id)
    query = select(Branch.id, Branch.path, Branch.kind, group).where(Branch.path.startswith(path, autoescape=True))
    return (await uow.session.execute(query.order_by(Branch.id))).all()


async def roster(uow: UnitOfWork, branch_ids: Collection[int], on: date) -> Sequence[Row[Member, MemberAccount, bool]]:
    """(member, account or None, exempt or on leave or None) of everybody on the roster of these branches."""
    away = and_(Leave.member_id == Member.id, Leave.first_day <= on, Leave.last_day >= on)
    query = (
        select(Member, MemberAccount, Leave.exempt)
        .outerjoin(MemberAccount, MemberAccount.member_id == Member.id)
        .outerjoin(Leave, away)
        .where(Member.branch_id.in_(branch_ids), or_(Member.left_on.is_(None), Member.left_on > on))
        .order_by(Member.id, MemberAccount.id)
    )
    return (await uow.session.execute(query)).all()


async def holders(uow: UnitOfWork, branch_ids: Sequence[int], roles: frozenset[Role]) -> Sequence[int]:
    """The members who hold one of ``roles`` in one of these branches."""
    query = select(RoleGrant.member_id).where(
        RoleGrant.branch_id.in_(branch_ids), RoleGrant.role.in_([role.value for role in roles])
    )
    return list(dict.fromkeys((await uow.session.scalars(query)).all()))


async def members(uow: UnitOfWork, ids: Sequence[int]) -> Sequence[Row[Member, MemberAccount]]:
    query = (
        select(Member, MemberAccount)
        .outerjoin(MemberAccount, MemberAccount.member_id == Member.id)
        .where(Member.id.in_(ids))
        .order_by(Member.id, MemberAccount.id)
    )
    return (await uow.session.execute(query)).all()


async def leaves(uow: UnitOfWork, member_ids: Sequence[int], first: date, last: date) -> Sequence[Leave]:
    query = select(Leave).where(Leave.member_id.in_(member_ids), Leave.first_day <= last, Leave.last_day >= first)
    return (await uow.session.scalars(query)).all()


async def acts(uow: UnitOfWork, actor: str, action: str, since: datetime) -> int:
    """How often the audit log has this act of this actor since then."""
    query = select(func.count()).where(AuditEntry.at >= since, AuditEntry.actor == actor, AuditEntry.action == action)
    return int((await uow.session.scalars(query)).one())
