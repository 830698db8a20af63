"""Who belongs to a branch and those below it: what figures are divided by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, exists, func, or_, select

from bot.branch.actor import COMMITTEE, LEADERS
from bot.branch.models import Branch, BranchKind, BranchSetting, Member, MemberAccount, RoleGrant
from bot.branch.repository import at_or_below
from bot.core.db import UnitOfWork, upsert
from bot.stats.models import Sent


@dataclass(frozen=True)
class Person:
    """Somebody on a roster. ``committee``: an office that asks for more hours."""

    id: int
    name: str
    kind: str
    joined_on: date
    left_on: date | None
    branch_id: int
    branch: str
    path: str
    committee: bool


_PATH = bindparam("path", type_=String)


def _here() -> tuple[ColumnElement[bool], ...]:
    """On the roster of the branch at ``path`` or below on any of the days from ``first`` to ``last``."""
    return (
        Member.branch_id.in_(at_or_below(_PATH)),
        Member.joined_on <= bindparam("last"),
        or_(Member.left_on.is_(None), Member.left_on > bindparam("first")),
    )


async def ids(uow: UnitOfWork, path: str, first: date, last: date) -> Sequence[int]:
    """Whoever belonged to it on any of these days, in the order of branches."""
    query = select(Member.id).join(Branch, Branch.id == Member.branch_id).where(*_here())
    given = {"path": path, "first": first, "last": last}
    return (await uow.session.scalars(query.order_by(Branch.path, Member.id), given)).all()


async def people(uow: UnitOfWork, ids: Collection[int]) -> list[Person]:
    """These people, in the order of branches."""
    return [Person(*row) for row in await uow.session.execute(_people(), {"ids": list(ids)})]


@cache
def _people() -> Select[*tuple[Any, ...]]:
    m, office = Member, [role.value for role in COMMITTEE]
    committee = exists().where(RoleGrant.member_id == m.id, RoleGrant.role.in_(office))
    query = select(m.id, m.name, m.kind, m.joined_on, m.left_on, m.branch_id, Branch.name, Branch.path, committee)
    query = query.join(Branch, Branch.id == m.branch_id).where(m.id.in_(bindparam("ids", expanding=True)))
    return query.order_by(Branch.path, m.id)


async def head_counts(uow: UnitOfWork, path: str, first: date, last: date) -> dict[int, int]:
    """Branch id → how many belonged to it on any of these days."""
    rows = await uow.session.execute(_head_counts(), {"path": path, "first": first, "last": last})
    return {one: count for one, count in rows}  # noqa: C416


@cache
def _head_counts() -> Select[*tuple[Any, ...]]:
    return select(Member.branch_id, func.count()).where(*_here()).group_by(Member.branch_id)


async def tree(uow: UnitOfWork, path: str) -> Sequence[tuple[int, str, str, str]]:
    """(id, name, kind, path) of the branch at ``path`` and those below, as they stand in the tree."""
    return [(one, name, kind, at) for one, name, kind, at in await uow.session.execute(_tree(), {"path": path})]


@cache
def _tree() -> Select[*tuple[Any, ...]]:
    query = select(Branch.id, Branch.name, Branch.kind, Branch.path).where(Branch.path.startswith(_PATH))
    return query.order_by(func.length(Branch.path), Branch.id)


async def own_settings(uow: UnitOfWork, key: str) -> dict[int, str]:
    """Branch id → what it has set itself."""
    query = select(BranchSetting.branch_id, BranchSetting.value).where(BranchSetting.key == key)
    return {one: value for one, value in await uow.session.execute(query)}  # noqa: C416


async def led_branches(uow: UnitOfWork, what: str, day: date) -> Sequence[int]:
    """The branches that have a leader of their own who can be reached, and for which this wasn't seen to."""
    seen = exists().where(Sent.what == what, Sent.branch_id == Branch.id, Sent.day == day)
    query = (
        select(Branch.id)
        .join(RoleGrant, RoleGrant.branch_id == Branch.id)
        .join(MemberAccount, MemberAccount.member_id == RoleGrant.member_id)
        .where(RoleGrant.role.in_([role.value for role in LEADERS]), Branch.kind != BranchKind.GROUP.value, ~seen)
        .distinct()
        .order_by(Branch.id)
    )
    return (await uow.session.scalars(query)).all()


async def is_sent(uow: UnitOfWork, what: str, branch_id: int, day: date) -> bool:
    return await uow.session.get(Sent, (what, branch_id, day)) is not None


async def take(uow: UnitOfWork, what: str, branch_id: int, day: date) -> bool:
    """Whether it is ours to send: two that ask for one are decided by its key."""
    row = upsert(uow.session, Sent).values(what=what, branch_id=branch_id, day=day).on_conflict_do_nothing()
    return (await uow.session.execute(row.returning(Sent.branch_id))).first() is not None


async def accounts(uow: UnitOfWork, members: Collection[int]) -> Sequence[MemberAccount]:
    """The account of each of these members who has one."""
    query = select(MemberAccount).where(MemberAccount.member_id.in_(members)).order_by(MemberAccount.id.desc())
    return list({one.member_id: one for one in await uow.session.scalars(query)}.values())
