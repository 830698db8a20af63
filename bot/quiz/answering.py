"""Use cases of answering: one question at a time, each answer on disk before it is answered."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.branch import counting
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.quiz import banks, repository, said, spacing
from bot.quiz.kinds import Kind
from bot.quiz.models import Answer, Bank, Question, Review, Sitting
from bot.quiz.rules import LETTERS, Item, enough, is_right, pick, shuffled
from bot.study import completion, proving

if TYPE_CHECKING:
    from bot.study.models import Assignment

KEPT = timedelta(days=3)
"""How long a sitting that was broken off can be gone on with."""


@dataclass(frozen=True)
class Asked:
    """The question that is to be answered next; ``position`` counts from 0. ``needed`` right ones are enough, where it
    is about a reading."""

    sitting: Sitting
    item: Item
    position: int
    total: int
    percent: int


@dataclass(frozen=True)
class Ended:
    """All is answered. ``proved`` is what it did for its reading, if it was about one and passed. ``waiting`` questions
    come back to this member some day."""

    sitting: Sitting
    total: int
    percent: int
    proved: proving.Proved | None
    waiting: int


@dataclass(frozen=True)
class Judged:
    """An answer that is on disk, and what comes next."""

    item: Item
    correct: bool
    then: Asked | Ended


@dataclass(frozen=True)
class Unclear:
    """That was no answer to the question; nothing was recorded."""

    hint: str
    asked: Asked


async def open_readings(uow: UnitOfWork, actor: Actor) -> "list[tuple[Assignment, str]]":
    """The readings that the speaker has still to complete and that have questions, oldest first."""
    found = [(assignment, title) for assignment, title in await completion.open_items(uow, actor)]
    with_questions = await repository.of_materials(uow, [assignment.material_id for assignment, _ in found])
    return [(assignment, title) for assignment, title in found if assignment.material_id in with_questions]


async def resume(uow: UnitOfWork, actor: Actor) -> Asked | None:
    """Go on with what was broken off."""
    under_way = await repository.under_way(uow, actor.myself, uow.now - KEPT)
    return await _asked(uow, under_way[0]) if under_way else None


async def of_reading(uow: UnitOfWork, actor: Actor, no: int) -> Asked:
    """The questions of the reading ``no``. Raises ``NotFound``, ``UserError`` where it has none."""
    assignment = await completion.get(uow, actor.branch, no)
    for sitting in await repository.under_way(uow, actor.myself, uow.now - KEPT):
        if sitting.assignment_id == assignment.id:
            return await _asked(uow, sitting)
    bank = await repository.bank_of(uow, assignment.material_id)
    known = await repository.known(uow, actor.myself, bank.id) if bank is not None and not bank.deleted_at else {}
    if bank is None or not known:
        raise UserError(f"学习 {no} 还没有配题目,请告诉宣传委员。看全文发「全文 {no}」。")
    return await _begin(uow, actor, known, f"学习 {no}《{bank.name}》", assignment.id)


async def of_bank(uow: UnitOfWork, actor: Actor, bank: Bank, category: str = "") -> Asked:
    """Some of a bank, the least known first. Raises ``UserError`` where it has none."""
    known = await repository.known(uow, actor.myself, bank.id, category)
    if not known:
        raise UserError(f"题库「{bank.name}」里还没有题目。")
    return await _begin(uow, actor, known, f"题库「{category or bank.name}」")


async def find_bank(uow: UnitOfWork, actor: Actor, name: str) -> tuple[Bank, str]:
    """The bank that is called so, or the one with this category (then given too), of the branch or one above it.

    Raises ``NotFound``.
    """
    within = await banks.chain(uow, actor.branch)
    found = await repository.named(uow, within, name) if len(name) <= banks.NAME_LENGTH else ()
    exact = [bank for bank in found if bank.name == name]
    if exact or len(found) == 1:
        return (exact or found)[0], ""
    bank = await repository.with_category(uow, within, name)
    if bank is None:
        raise NotFound(f"没有叫「{name[:20]}」的题库。发「答题」看看能答什么。")
    return bank, name


async def practice(uow: UnitOfWork, actor: Actor) -> list[Bank]:
    """The banks of subjects that have something to ask, of the branch and those above it."""
    found = [bank for bank in await repository.banks(uow, await banks.chain(uow, actor.branch)) if not bank.material_id]
    counts = await repository.counts(uow, [bank.id for bank in found])
    return [bank for bank in found if counts.get((bank.id, "live"))]


async def of_mistakes(uow: UnitOfWork, actor: Actor) -> Asked | None:
    """What was answered wrong before and is due again; None if nothing is."""
    most = int(await branch.setting(uow, actor.branch, "quiz_questions"))
    due = await repository.due(uow, actor.myself, branch.today(uow), most)
    return await _start(uow, actor, list(due), "错题") if due else None


async def _begin(
    uow: UnitOfWork, actor: Actor, known: dict[int, int], title: str, assignment_id: int | None = None
) -> Asked:
    most = int(await branch.setting(uow, actor.branch, "quiz_questions"))
    return await _start(uow, actor, pick(known, most, f"{actor.myself}:{uow.now}"), title, assignment_id)


async def _start(
    uow: UnitOfWork, actor: Actor, questions: list[int], title: str, assignment_id: int | None = None
) -> Asked:
    """Begin a sitting; whatever else this member had under way ends. Whoever begins twice at once has one."""
    before = await repository.under_way(uow, actor.myself, uow.now - KEPT)
    await counting.hold(uow, [actor.myself])
    now = await repository.under_way(uow, actor.myself, uow.now - KEPT)
    if meanwhile := [one for one in now if one not in before]:
        return await _asked(uow, meanwhile[0])
    await stop(uow, actor)
    sitting = Sitting(
        branch_id=actor.branch,
        member_id=actor.myself,
        assignment_id=assignment_id,
        title=title[:100],
        questions=json.dumps(questions),
        right=0,
        began_at=uow.now,
    )
    uow.session.add(sitting)
    await uow.session.flush()
    return await _asked(uow, sitting)


async def stop(uow: UnitOfWork, actor: Actor) -> int:
    """End what the speaker has under way; how many questions of it were answered, -1 if there was nothing."""
    done = -1
    for sitting in await repository.under_way(uow, actor.myself, uow.now - KEPT):
        sitting.ended_at = uow.now
        done = max(done, len(await repository.answers(uow, sitting.id)))
    await uow.session.flush()
    return done


async def _asked(uow: UnitOfWork, sitting: Sitting, position: int | None = None) -> Asked:
    ids = json.loads(sitting.questions)
    if position is None:
        position = len(await repository.answers(uow, sitting.id))
    question = await uow.session.get_one(Question, ids[position])
    item = banks.item_of(question)
    if await branch.setting(uow, sitting.branch_id, "quiz_shuffle") == "开":
        item = shuffled(item, f"{sitting.id}:{position}")
    percent = int(await branch.setting(uow, sitting.branch_id, "quiz_pass"))
    return Asked(sitting, item, position, len(ids), percent)


async def answer(
    uow: UnitOfWork, actor: Actor, sitting_id: int, position: int, text: str, message_id: str
) -> Judged | Unclear | Asked | None:
    """Record an answer to the question at ``position``. ``Asked``: it had been answered already, this one is next;
    None: the sitting is over, or somebody else's."""
    sitting = await repository.lock_sitting(uow, sitting_id)
    if sitting is None or sitting.ended_at is not None or sitting.member_id != actor.myself:
        return None
    given = await repository.answers(uow, sitting.id)
    asked = await _asked(uow, sitting, len(given))
    if asked.position != position or any(one.message_id == message_id for one in given):
        return asked
    parts = _read(asked.item, text)
    if isinstance(parts, str):
        return Unclear(parts, asked)
    correct = is_right(asked.item, parts)
    question_id = int(json.loads(sitting.questions)[position])
    uow.session.add(
        Answer(
            sitting_id=sitting.id,
            position=position,
            question_id=question_id,
            said=" ".join(parts)[:200],
            correct=correct,
            message_id=message_id[:40],
            at=uow.now,
        )
    )
    sitting.right += correct
    await _remember(uow, sitting.member_id, question_id, correct=correct)
    await uow.session.flush()
    if position + 1 < asked.total:
        return Judged(asked.item, correct, await _asked(uow, sitting, position + 1))
    return Judged(asked.item, correct, await _end(uow, sitting, asked, message_id))


def _read(item: Item, text: str) -> tuple[str, ...] | str:
    """What was meant, or what is to be said to whom that can't be told."""
    match item.kind:
        case Kind.JUDGE:
            word = said.judged(text)
            return (word,) if word is not None else ""
        case Kind.BLANK:
            parts = said.filled(text, len(item.answer))
            return parts if len(parts) == len(item.answer) else f"有 {len(item.answer)} 处要填,用分号隔开。"
    letters = said.letters(text, item.options) or ()
    if beyond := [letter for letter in letters if LETTERS.index(letter) >= len(item.options)]:
        return f"没有 {beyond[0]} 这个选项。"
    if item.kind is Kind.SINGLE and len(letters) > 1:
        return "这是单选题,只选一个。"
    return letters or ""


async def _remember(uow: UnitOfWork, member_id: int, question_id: int, *, correct: bool) -> None:
    """Note when the question comes back to this member, if it does."""
    row = await uow.session.get(Review, (member_id, question_id))
    before = None if row is None else spacing.Memory(row.due_on, row.stability, row.difficulty, row.reviewed_at)
    memory = spacing.after(before, uow.now, correct=correct)
    if memory is None:
        if row is not None:
            await uow.session.delete(row)
        return
    if row is None:
        row = Review(member_id=member_id, question_id=question_id)
        uow.session.add(row)
    row.due_on, row.stability, row.difficulty = memory.due_on, memory.stability, memory.difficulty
    row.reviewed_at = memory.reviewed_at


async def _end(uow: UnitOfWork, sitting: Sitting, asked: Asked, message_id: str) -> Ended:
    sitting.ended_at = uow.now
    sitting.passed = enough(sitting.right, asked.total, asked.percent)
    proved = None
    if sitting.assignment_id is not None and sitting.passed:
        proved = await proving.by_questions(uow, sitting.assignment_id, sitting.member_id, sitting.id, message_id)
    await uow.session.flush()
    waiting, _ = await repository.waiting(uow, sitting.member_id)
    return Ended(sitting, asked.total, asked.percent, proved, waiting)


async def outlook(uow: UnitOfWork, actor: Actor) -> tuple[int, date | None]:
    """(how many questions come back to the speaker, the day of the first)."""
    waiting, first = await repository.waiting(uow, actor.myself)
    return waiting, first


async def kept_of(uow: UnitOfWork, member_id: int) -> str:
    """What is kept about a member, in a line; empty if nothing is."""
    sittings = await repository.sittings_of(uow, member_id)
    waiting, _ = await repository.waiting(uow, member_id)
    return f"答题:{sittings} 次,待复习的错题 {waiting} 道" if sittings else ""


async def forget(uow: UnitOfWork, member_id: int, _name: str) -> None:
    """Erase what somebody typed and has still to learn; how often and how well they answered stays, for the totals."""
    await repository.forget(uow, member_id)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """What was answered before then, and what was answered wrong then and never again."""
    return await repository.drop_old(uow, before)
