"""The queries behind figures of notices: how many were to confirm and how many have, as ``rules.tally`` sorts them.

A branch's figures are the sums that are kept of its roster (``totals``), so is the list of what reached it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, and_, bindparam, func, select

from bot.branch.models import Branch, Member
from bot.branch.repository import at_or_below
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.notice.models import Notice, NoticeExpected, NoticeMonth, NoticeReceipt, NoticeTotal
from bot.notice.rules import title
from bot.notice.totals_repository import COUNTS, DONE, MINE, OUT

N, E, R, T = Notice, NoticeExpected, NoticeReceipt, NoticeTotal


def _here() -> ColumnElement[bool]:
    """What reached the roster of the branch at ``path`` and below, and was made public from ``first`` on and before
    ``last``."""
    here = at_or_below(bindparam("path", type_=String))
    return and_(T.branch_id.in_(here), T.at >= bindparam("first"), T.at < bindparam("last"))


async def by_branch(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> dict[int, tuple[int, int, int]]:
    """Branch id → (notices, receipts that count, receipts given) of the roster of the branch at ``path`` and below."""
    rows = await uow.session.execute(_by_branch(), {"path": path, "first": first, "last": last})
    return {one: (notices, int(wanted), int(given)) for one, notices, wanted, given in rows}


@cache
def _by_branch() -> Select[*tuple[Any, ...]]:
    sums = (func.count(), func.sum(T.wanted), func.sum(T.given))
    return select(T.branch_id, *sums).where(_here()).group_by(T.branch_id)


async def published(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> int:
    """How many notices reached anybody on the roster of the branch at ``path`` and below."""
    return int(await uow.session.scalar(_published(), {"path": path, "first": first, "last": last}) or 0)


@cache
def _published() -> Select[int]:
    return select(func.count(T.notice_id.distinct())).where(_here())


async def by_member(
    uow: UnitOfWork, members: Collection[int], first: datetime, last: datetime
) -> dict[int, tuple[int, int]]:
    """Member id → (receipts that count, receipts given)."""
    given = {"members": list(members), "first": first, "last": last}
    months = {"since": to_local(first).date(), "until": to_local(last).date()}
    found = dict.fromkeys(members, (0, 0))
    for query in _by_member():
        for one, wanted, done in await uow.session.execute(query, given | months):
            found[one] = (found[one][0] + int(wanted), found[one][1] + int(done))
    return found


@cache
def _by_member() -> list[Select[*tuple[Any, ...]]]:
    """(member, receipts that count, given) of what is kept in full, and of the months of which only this is kept."""
    theirs: BindParameter[int] = bindparam("members", expanding=True)
    now = (
        select(E.member_id, func.sum(COUNTS), func.sum(DONE))
        .select_from(N)
        .join(E, E.notice_id == N.id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(R, MINE)
        .where(N.published_at >= bindparam("first"), N.published_at < bindparam("last"), N.state.in_(OUT))
        .where(E.member_id.in_(theirs))
    )
    m = NoticeMonth
    old = select(m.member_id, func.sum(m.wanted), func.sum(m.given)).where(m.member_id.in_(theirs))
    old = old.where(m.month >= bindparam("since"), m.month < bindparam("until"))
    return [now.group_by(E.member_id), old.group_by(m.member_id)]


@dataclass(frozen=True)
class Reached:
    """A notice and how many of a roster were to confirm it and have. ``branch`` made it public."""

    branch: str
    no: int
    title: str
    at: datetime
    wanted: int
    given: int


async def listed(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> list[Reached]:
    """The notices that reached the roster of the branch at ``path`` and below, oldest first: what ``by_branch`` and
    ``published`` add up."""
    rows = await uow.session.execute(_listed(), {"path": path, "first": first, "last": last})
    return [
        Reached(branch, no, title(text), at, int(wanted), int(given)) for branch, no, text, at, wanted, given in rows
    ]


@cache
def _listed() -> Select[*tuple[Any, ...]]:
    what = (Branch.name, N.no, N.text, T.at)
    query = select(*what, func.sum(T.wanted), func.sum(T.given)).select_from(T).join(N, N.id == T.notice_id)
    query = query.join(Branch, Branch.id == N.branch_id).where(_here())
    return query.group_by(N.id, *what).order_by(T.at, N.id)
