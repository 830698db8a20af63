"""Every query that turns old records of study into totals. Each lets go of a few rows and changes no figure: a reading
bears its totals already (``tally``), and those of a member and a month grow by what the rows had added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, delete, func, literal, select, update

from bot.branch.models import Member
from bot.core.clock import to_local
from bot.core.db import SOME, UnitOfWork, add_up, among, delete_some
from bot.study.models import (
    Assignment,
    Completion,
    Expected,
    LowerProof,
    Method,
    OldProof,
    Reflection,
    StudyMonth,
    Visit,
)
from bot.study.tally_repository import counts

A, E, C = Assignment, Expected, Completion
Old = Row[int, int, datetime, int, int, int | None, bool, int, bool]
"""Reading, member, when it was pushed, its half hours, whether it counts (0 or 1), who completed it, whether late, by
which proof, whether entered by hand."""


async def sum_up(uow: UnitOfWork, before: datetime) -> int:
    """Some of what was expected of people before then, with what they completed, and what others did; how many."""
    newest = select(A.id).where(A.pushed_at < before).order_by(A.pushed_at.desc(), A.id.desc()).limit(1)
    last = await uow.session.scalar(newest)
    if last is None:
        return 0
    rests = (C.proof, C.method == Method.MANUAL.value)
    expected = (
        select(A.id, E.member_id, A.pushed_at, A.halves, case((counts(), 1), else_=0), C.member_id, C.late, *rests)
        .select_from(E)
        .join(A, A.id == E.assignment_id)
        .join(Member, Member.id == E.member_id)
        .outerjoin(C, and_(C.assignment_id == E.assignment_id, C.member_id == E.member_id))
        .where(E.assignment_id <= last, A.pushed_at < before)
        .order_by(E.assignment_id, E.member_id)
    )
    # What is left once nothing is expected of anybody, nobody had to.
    extra = (
        select(A.id, C.member_id, A.pushed_at, A.halves, literal(0), C.member_id, C.late, *rests)
        .select_from(C)
        .join(A, A.id == C.assignment_id)
        .where(C.assignment_id <= last, A.pushed_at < before)
        .order_by(C.assignment_id, C.member_id)
    )
    rows = (await uow.session.execute(expected.limit(SOME))).all()
    rows = rows or (await uow.session.execute(extra.limit(SOME))).all()
    await _sum_up(uow, rows)
    return len(rows)


async def _sum_up(uow: UnitOfWork, rows: Sequence[Old]) -> None:
    months: list[dict[str, Any]] = []
    proofs: list[dict[str, Any]] = []
    for reading, member, pushed_at, halves, counted, reader, late, proof, by_hand in rows:
        done, month = reader is not None, to_local(pushed_at).date().replace(day=1)
        own = {"counted": counted, "done": counted * done, "late": counted * bool(late), "halves": halves * done}
        months.append({"member_id": member, "month": month} | own)
        if done and counted:
            proofs.append({"assignment_id": reading, "proof": proof, "by_hand": bool(by_hand), "done": 1})
    await add_up(uow.session, StudyMonth, months, ["member_id", "month"])
    await add_up(uow.session, OldProof, proofs, ["assignment_id", "proof", "by_hand"])
    pairs = [(row[0], row[1]) for row in rows]
    for table in (LowerProof, C, E) if pairs else ():
        await uow.session.execute(delete(table).where(among((table.assignment_id, table.member_id), pairs)))


async def drop_visits(uow: UnitOfWork, before: datetime) -> int:
    return await delete_some(uow.session, Visit, Visit.expires_at < before)


async def drop_reflections(uow: UnitOfWork, before: datetime) -> int:
    """Nothing is known any more to be like one of them."""
    old = select(Reflection.id).where(Reflection.at < before)
    await uow.session.execute(update(Reflection).where(Reflection.like_id.in_(old)).values(like_id=None))
    return await delete_some(uow.session, Reflection, Reflection.at < before)


async def months_of(uow: UnitOfWork, member_id: int) -> int:
    """Of how many months totals of this member are kept."""
    query = select(func.count()).select_from(StudyMonth).where(StudyMonth.member_id == member_id)
    return int(await uow.session.scalar(query) or 0)
