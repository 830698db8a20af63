"""Every query about questions, scoped to branches or to a person."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Row, and_, delete, func, or_, select, update

from bot.core.db import UnitOfWork, delete_some
from bot.quiz.models import Answer, Bank, Question, Review, Sitting, State


async def banks(uow: UnitOfWork, branches: Collection[int]) -> Sequence[Bank]:
    query = (
        select(Bank).where(Bank.branch_id.in_(branches), Bank.deleted_at.is_(None)).order_by(Bank.branch_id, Bank.no)
    )
    return (await uow.session.scalars(query)).all()


async def bank_by_no(uow: UnitOfWork, branch_id: int, no: int) -> Bank | None:
    query = select(Bank).where(Bank.branch_id == branch_id, Bank.no == no, Bank.deleted_at.is_(None))
    return (await uow.session.scalars(query)).one_or_none()


async def bank_of(uow: UnitOfWork, material_id: int) -> Bank | None:
    """The bank of a material, be it deleted."""
    return (await uow.session.scalars(select(Bank).where(Bank.material_id == material_id))).one_or_none()


async def lock(uow: UnitOfWork, bank_id: int) -> Bank:
    """The bank, which nobody else changes until the end of the unit of work."""
    return await uow.session.get_one(Bank, bank_id, with_for_update={"key_share": True}, populate_existing=True)


async def counts(uow: UnitOfWork, bank_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """(bank id, state) → how many questions."""
    query = select(Question.bank_id, Question.state, func.count()).where(Question.bank_id.in_(bank_ids))
    rows = await uow.session.execute(query.group_by(Question.bank_id, Question.state))
    return {(bank, state): count for bank, state, count in rows}


async def in_bank(uow: UnitOfWork, bank_id: int, state: State = State.LIVE) -> Sequence[Question]:
    query = select(Question).where(Question.bank_id == bank_id, Question.state == state).order_by(Question.no)
    return (await uow.session.scalars(query)).all()


async def by_digest(uow: UnitOfWork, bank_id: int) -> dict[str, Question]:
    """Every question that was ever in the bank, the deleted ones too."""
    return {one.digest: one for one in await uow.session.scalars(select(Question).where(Question.bank_id == bank_id))}


async def question(uow: UnitOfWork, bank_id: int, no: int) -> Question | None:
    query = select(Question).where(Question.bank_id == bank_id, Question.no == no, Question.state != State.DELETED)
    return (await uow.session.scalars(query)).one_or_none()


async def set_state(uow: UnitOfWork, question_ids: Collection[int], state: State) -> None:
    await uow.session.execute(update(Question).where(Question.id.in_(question_ids)).values(state=state))


async def answered(uow: UnitOfWork, question_id: int) -> tuple[int, int]:
    """(how often it was answered, how often right)."""
    right = func.count().filter(Answer.correct)
    row = (await uow.session.execute(select(func.count(), right).where(Answer.question_id == question_id))).one()
    return int(row[0]), int(row[1])


async def of_materials(uow: UnitOfWork, material_ids: Collection[int]) -> dict[int, int]:
    """Material id → how many live questions it has; only of those that have any."""
    query = (
        select(Bank.material_id, func.count())
        .join(Question, and_(Question.bank_id == Bank.id, Question.state == State.LIVE))
        .where(Bank.material_id.in_(material_ids), Bank.deleted_at.is_(None))
        .group_by(Bank.material_id)
    )
    return {material: count for material, count in await uow.session.execute(query) if material is not None}


async def known(uow: UnitOfWork, member_id: int, bank_id: int, category: str = "") -> dict[int, int]:
    """Live question of a bank → how often this member had it right."""
    right = (
        select(Answer.question_id, func.count().label("times"))
        .join(Sitting, Sitting.id == Answer.sitting_id)
        .where(Sitting.member_id == member_id, Answer.correct)
        .group_by(Answer.question_id)
        .subquery()
    )
    query = (
        select(Question.id, func.coalesce(right.c.times, 0))
        .outerjoin(right, right.c.question_id == Question.id)
        .where(Question.bank_id == bank_id, Question.state == State.LIVE)
    )
    if category:
        query = query.where(Question.category == category)
    return {i: int(times) for i, times in await uow.session.execute(query)}


async def with_category(uow: UnitOfWork, branches: Collection[int], category: str) -> Bank | None:
    """The newest bank that has live questions of this category."""
    query = (
        select(Bank)
        .join(Question, and_(Question.bank_id == Bank.id, Question.state == State.LIVE, Question.category == category))
        .where(Bank.branch_id.in_(branches), Bank.deleted_at.is_(None), Bank.material_id.is_(None))
    )
    return (await uow.session.scalars(query.order_by(Bank.id.desc()).limit(1))).one_or_none()


async def under_way(uow: UnitOfWork, member_id: int, since: datetime) -> Sequence[Sitting]:
    """The sittings that this member has begun since then and not ended, the newest first."""
    query = select(Sitting).where(Sitting.member_id == member_id, Sitting.ended_at.is_(None), Sitting.began_at >= since)
    return (await uow.session.scalars(query.order_by(Sitting.id.desc()))).all()


async def lock_sitting(uow: UnitOfWork, sitting_id: int) -> Sitting | None:
    """The sitting, which nobody else changes until the end of the unit of work."""
    return await uow.session.get(Sitting, sitting_id, with_for_update={"key_share": True}, populate_existing=True)


async def answers(uow: UnitOfWork, sitting_id: int) -> Sequence[Answer]:
    query = select(Answer).where(Answer.sitting_id == sitting_id).order_by(Answer.position)
    return (await uow.session.scalars(query)).all()


async def due(uow: UnitOfWork, member_id: int, on: date, most: int) -> Sequence[int]:
    """The ids of questions that this member is to be asked again by that day, the most overdue first."""
    query = (
        select(Review.question_id)
        .join(Question, and_(Question.id == Review.question_id, Question.state == State.LIVE))
        .where(Review.member_id == member_id, Review.due_on <= on)
    )
    return (await uow.session.scalars(query.order_by(Review.due_on, Review.question_id).limit(most))).all()


async def waiting(uow: UnitOfWork, member_id: int) -> Row[int, date | None]:
    """(how many questions come back to this member, when the first)."""
    query = (
        select(func.count(), func.min(Review.due_on))
        .join(Question, and_(Question.id == Review.question_id, Question.state == State.LIVE))
        .where(Review.member_id == member_id)
    )
    return (await uow.session.execute(query)).one()


async def sittings_of(uow: UnitOfWork, member_id: int) -> int:
    query = select(func.count()).select_from(Sitting).where(Sitting.member_id == member_id)
    return int((await uow.session.scalars(query)).one())


async def forget(uow: UnitOfWork, member_id: int) -> None:
    """What somebody typed and has still to learn is gone; that and how well they answered stays, for the totals. What
    is under way ends first: then nothing more is answered."""
    unfinished = and_(Sitting.member_id == member_id, Sitting.ended_at.is_(None))
    await uow.session.execute(update(Sitting).where(unfinished).values(ended_at=uow.now))
    theirs = select(Sitting.id).where(Sitting.member_id == member_id)
    await uow.session.execute(update(Answer).where(Answer.sitting_id.in_(theirs)).values(said="", message_id=""))
    await uow.session.execute(delete(Review).where(Review.member_id == member_id))


async def drop_old(uow: UnitOfWork, before: datetime) -> int:
    """Some of what was begun before then; how many rows that were."""
    old = select(Sitting.id).where(Sitting.began_at < before)
    return (
        await delete_some(uow.session, Answer, Answer.sitting_id.in_(old))
        or await delete_some(uow.session, Sitting, Sitting.began_at < before)
        or await delete_some(uow.session, Review, Review.reviewed_at < before)
    )


async def named(uow: UnitOfWork, branches: Collection[int], name: str) -> Sequence[Bank]:
    """The banks that are called so, or whose name holds this word."""
    query = select(Bank).where(Bank.branch_id.in_(branches), Bank.deleted_at.is_(None))
    found = query.where(or_(Bank.name == name, Bank.name.contains(name, autoescape=True)))
    return (await uow.session.scalars(found.order_by(Bank.no))).all()
