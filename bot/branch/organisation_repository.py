"""Every query about the tree of branches, their settings, groups and offices."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from bot.branch import repository
from bot.branch.models import Branch, BranchKind, BranchSetting, ChatGroup, Member, Role, RoleGrant
from bot.core.db import UnitOfWork


async def branches(uow: UnitOfWork, branch_ids: Sequence[int]) -> Sequence[Branch]:
    return (await uow.session.scalars(select(Branch).where(Branch.id.in_(branch_ids)).order_by(Branch.path))).all()


async def hold_tree(uow: UnitOfWork) -> None:
    """Nobody else changes the tree or puts somebody on a roster until the end of the unit of work: its first branch
    stands for all. Those that were read before are read anew."""
    first = select(Branch.id).order_by(Branch.id).limit(1)
    await uow.session.execute(first.with_for_update(key_share=True))
    known = select(Branch).where(Branch.id.in_([one.id for one in uow.session if isinstance(one, Branch)]))
    await uow.session.execute(known.execution_options(populate_existing=True))


async def settings_of(uow: UnitOfWork, branch_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """(branch id, key) → value of all that these branches have set themselves."""
    rows = await uow.session.scalars(
        select(BranchSetting).where(BranchSetting.branch_id.in_(branch_ids)).execution_options(populate_existing=True)
    )
    return {(row.branch_id, row.key): row.value for row in rows}


async def set_setting(uow: UnitOfWork, branch_id: int, key: str, value: str | None) -> None:
    """None: the branch has no value of its own any more."""
    if value is not None:
        await repository.put_setting(uow, branch_id, key, value)
    else:
        where = (BranchSetting.branch_id == branch_id, BranchSetting.key == key)
        await uow.session.execute(delete(BranchSetting).where(*where))


async def named(uow: UnitOfWork, name: str) -> Sequence[Branch]:
    """The branches of exactly this name."""
    return (await uow.session.scalars(select(Branch).where(Branch.name == name).order_by(Branch.path))).all()


async def without_group(uow: UnitOfWork, limit: int) -> Sequence[Branch]:
    """Branches to which no group belongs yet, the newest first; a 党小组 needs none."""
    query = select(Branch).outerjoin(ChatGroup, ChatGroup.branch_id == Branch.id)
    query = query.where(ChatGroup.id.is_(None), Branch.kind != BranchKind.GROUP.value)
    return (await uow.session.scalars(query.order_by(Branch.id.desc()).limit(limit))).all()


async def containing(uow: UnitOfWork, part: str) -> Sequence[Branch]:
    """A few branches in whose name this occurs."""
    query = select(Branch).where(Branch.name.contains(part, autoescape=True)).order_by(Branch.path).limit(10)
    return (await uow.session.scalars(query)).all()


async def subtree(uow: UnitOfWork, path: str) -> Sequence[Branch]:
    """The branch at ``path`` and all below it; a parent comes before its children."""
    query = select(Branch).where(Branch.path.startswith(path, autoescape=True))
    return (await uow.session.scalars(query.order_by(func.length(Branch.path), Branch.id))).all()


async def sibling(uow: UnitOfWork, parent_id: int | None, name: str) -> Branch | None:
    """The branch of that name directly below ``parent_id``, or (None) among the roots."""
    at = Branch.parent_id.is_(None) if parent_id is None else Branch.parent_id == parent_id
    return (await uow.session.scalars(select(Branch).where(at, Branch.name == name).limit(1))).one_or_none()


async def head_counts(uow: UnitOfWork, path: str) -> dict[int, int]:
    """How many are on the roster of each branch at ``path`` or below, itself only."""
    query = select(Member.branch_id, func.count()).join(Branch, Branch.id == Member.branch_id)
    query = query.where(Branch.path.startswith(path, autoescape=True), Member.left_on.is_(None))
    rows = await uow.session.execute(query.group_by(Member.branch_id))
    return {branch_id: count for branch_id, count in rows}  # noqa: C416


async def group_counts(uow: UnitOfWork, path: str) -> dict[int, int]:
    query = select(ChatGroup.branch_id, func.count()).join(Branch, Branch.id == ChatGroup.branch_id)
    query = query.where(Branch.path.startswith(path, autoescape=True))
    rows = await uow.session.execute(query.group_by(ChatGroup.branch_id))
    return {branch_id: count for branch_id, count in rows}  # noqa: C416


async def holders(uow: UnitOfWork, branch_id: int, role: Role) -> Sequence[Member]:
    """Who holds this office in this branch itself."""
    query = select(Member).join(RoleGrant, RoleGrant.member_id == Member.id)
    query = query.where(RoleGrant.branch_id == branch_id, RoleGrant.role == role.value)
    return (await uow.session.scalars(query.order_by(Member.id))).all()


async def revoke(uow: UnitOfWork, branch_id: int, member_id: int, role: Role) -> bool:
    """False if they hadn't that office."""
    grant = await uow.session.get(RoleGrant, (branch_id, member_id, role.value))
    if grant is None:
        return False
    await uow.session.delete(grant)
    await uow.session.flush()
    return True
