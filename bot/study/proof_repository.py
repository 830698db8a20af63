"""Every query about what completions rest on beside a word: visits of reading pages, reflections, attendance; and about
claims that are looked at twice."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from bot.branch import retention
from bot.branch.models import Member
from bot.core.db import UnitOfWork, upsert
from bot.study.models import Assignment, Completion, LowerProof, Material, Method, Proof, Reflection, Visit
from bot.study.rules import Claimed, Reading


async def visit(uow: UnitOfWork, nonce: str) -> Visit | None:
    """The visit of this page, which nobody else changes until the end of the unit of work."""
    query = select(Visit).where(Visit.nonce == nonce)
    return (await uow.session.scalars(query.with_for_update(key_share=True))).one_or_none()


async def visit_by_code(uow: UnitOfWork, branch_id: int, code: str) -> tuple[Visit, Reading] | None:
    """The visit whose page of this branch showed the code, which nobody else changes until the end of the unit."""
    a = Assignment
    query = (
        select(Visit, a.id, a.branch_id, a.no, Material.title, a.due_at, a.proof, a.pushed_at)
        .join(a, a.id == Visit.assignment_id)
        .join(Material, Material.id == a.material_id)
        .where(Visit.code == code, a.branch_id == branch_id)
        .with_for_update(of=Visit, key_share=True)
    )
    found = (await uow.session.execute(query)).one_or_none()
    return None if found is None else (found[0], Reading(*found[1:]))


async def free_code(uow: UnitOfWork, code: str) -> bool:
    """Whether no page shows this code."""
    return await uow.session.scalar(select(Visit.id).where(Visit.code == code)) is None


async def put_visit(uow: UnitOfWork, row: dict[str, object]) -> bool:
    """Insert a visit; False where its page or its code is known already."""
    statement = upsert(uow.session, Visit).values(row).on_conflict_do_nothing()
    return (await uow.session.execute(statement.returning(Visit.id))).first() is not None


async def clear_codes(uow: UnitOfWork, before: datetime) -> None:
    """Forget the codes that ran out before then, and the visits that came to nothing."""
    old = Visit.expires_at < before
    await uow.session.execute(delete(Visit).where(old, Visit.used_at.is_(None)))
    await uow.session.execute(update(Visit).where(old, Visit.code.is_not(None)).values(code=None))


async def visits_of(uow: UnitOfWork, member_id: int) -> int:
    """How many visits are known to be of this member."""
    query = select(func.count()).select_from(Visit).where(Visit.member_id == member_id)
    return int((await uow.session.scalars(query)).one())


async def forget_visits(uow: UnitOfWork, member_id: int) -> None:
    """The visits stay, for what rests on them; whose they were doesn't."""
    await uow.session.execute(update(Visit).where(Visit.member_id == member_id).values(member_id=None))


async def reflection(uow: UnitOfWork, branch_id: int, no: int) -> Reflection | None:
    query = select(Reflection).where(Reflection.branch_id == branch_id, Reflection.no == no)
    return (await uow.session.scalars(query.with_for_update(key_share=True))).one_or_none()


async def own_reflection(uow: UnitOfWork, assignment_id: int, member_id: int) -> Reflection | None:
    """What this member has written about this reading."""
    query = select(Reflection).where(Reflection.assignment_id == assignment_id, Reflection.member_id == member_id)
    return (await uow.session.scalars(query.with_for_update(key_share=True))).one_or_none()


async def other_reflections(
    uow: UnitOfWork, branch_id: int, assignment_id: int, member_id: int, limit: int
) -> Sequence[Reflection]:
    """The newest of the branch but this one."""
    own = and_(Reflection.assignment_id == assignment_id, Reflection.member_id == member_id)
    query = select(Reflection).where(Reflection.branch_id == branch_id, ~own, Reflection.text != "")
    return (await uow.session.scalars(query.order_by(Reflection.id.desc()).limit(limit))).all()


async def reflections_on(uow: UnitOfWork, assignment_id: int) -> list[tuple[Reflection, str]]:
    """(reflection, name of who wrote it) about a reading, in the order of numbers."""
    query = (
        select(Reflection, Member.name)
        .join(Member, Member.id == Reflection.member_id)
        .where(Reflection.assignment_id == assignment_id, Reflection.text != "")
        .order_by(Reflection.no)
    )
    return [(one, name) for one, name in await uow.session.execute(query)]


async def reflections_of(uow: UnitOfWork, member_id: int) -> int:
    """How many texts of this member are kept."""
    query = select(func.count()).where(Reflection.member_id == member_id, Reflection.text != "")
    return int((await uow.session.scalars(query)).one())


async def forget_reflections(uow: UnitOfWork, member_id: int) -> None:
    """The rows stay, for what rests on them; the words don't."""
    await uow.session.execute(update(Reflection).where(Reflection.member_id == member_id).values(text=""))


async def drop_lower_proof(uow: UnitOfWork, assignment_id: int, member_id: int, evidence: str) -> None:
    """Forget a replaced proof that rests on this."""
    of_it = (LowerProof.assignment_id == assignment_id, LowerProof.member_id == member_id)
    await uow.session.execute(delete(LowerProof).where(*of_it, LowerProof.evidence == evidence))


async def rests_on(uow: UnitOfWork, assignment_id: int, member_id: int, evidence: str) -> bool:
    """Whether a proof of this completion, replaced or not, rests on this."""
    for table in (Completion, LowerProof):
        of_it = (table.assignment_id == assignment_id, table.member_id == member_id, table.evidence == evidence)
        if await uow.session.scalar(select(table.proof).where(*of_it)) is not None:
            return True
    return False


async def hasty(uow: UnitOfWork, since: datetime, minutes: int) -> Sequence[int]:
    """Who has claimed several readings since then that take more than these minutes together."""
    c, a = Completion, Assignment
    query = (
        select(c.member_id)
        .join(a, a.id == c.assignment_id)
        .join(Material, Material.id == a.material_id)
        .where(*_claimed(since))
        .group_by(c.member_id)
        .having(func.count() > 1, func.sum(Material.minutes) > minutes)
    )
    return (await uow.session.scalars(query.order_by(c.member_id))).all()


async def claims_of(uow: UnitOfWork, member_id: int, since: datetime) -> list[Claimed]:
    """The completions since then that this member claimed or proved alone, in the order of time."""
    c, a = Completion, Assignment
    query = (
        select(c.member_id, a.branch_id, c.at, Material.minutes)
        .join(a, a.id == c.assignment_id)
        .join(Material, Material.id == a.material_id)
        .where(c.member_id == member_id, *_claimed(since))
    )
    return [Claimed(*row) for row in await uow.session.execute(query.order_by(c.at))]


def _claimed(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Completion.at >= since, Completion.proof <= Proof.QUIZ, Completion.method != Method.MANUAL)


async def by_attendance(uow: UnitOfWork, branch_id: int, numbers: Collection[int]) -> Sequence[Assignment]:
    """Those of these readings that are completed by attendance, and of which not only totals are kept."""
    a = Assignment
    query = select(a).where(a.branch_id == branch_id, a.no.in_(numbers), a.proof == Proof.ATTENDANCE)
    query = query.where(a.pushed_at >= await retention.kept_from(uow))
    return (await uow.session.scalars(query.order_by(a.id))).all()


async def proved_by(uow: UnitOfWork, assignment_id: int, evidence: str) -> Sequence[int]:
    """Whose completion of a reading rests on this."""
    query = select(Completion.member_id).where(
        Completion.assignment_id == assignment_id, Completion.evidence == evidence
    )
    return (await uow.session.scalars(query.order_by(Completion.member_id))).all()
