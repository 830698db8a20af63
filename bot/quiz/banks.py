"""Use cases of banks: take questions in, find, approve and remove them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.quiz import repository
from bot.quiz.kinds import Kind
from bot.quiz.models import Bank, Question, State
from bot.quiz.rules import Item

if TYPE_CHECKING:
    from bot.study.models import Material

NAME_LENGTH = 40


@dataclass(frozen=True)
class Added:
    """What an import did: ``new`` questions are in, ``known`` ones were there before."""

    bank: Bank
    new: Sequence[Question]
    known: int


@dataclass(frozen=True)
class Listed:
    """A bank and how many of its questions may be asked, and how many wait for approval."""

    bank: Bank
    live: int
    drafts: int


def item_of(question: Question) -> Item:
    """The question as a value."""
    return Item(
        Kind(question.kind),
        question.stem,
        tuple(json.loads(question.options)),
        tuple(json.loads(question.answer)),
        question.explanation,
        question.source,
        question.category,
    )


async def chain(uow: UnitOfWork, branch_id: int) -> list[int]:
    """The branch and those above it: their banks serve its members too."""
    return branch.ids_on((await branch.get(uow, branch_id)).path)


async def for_material(uow: UnitOfWork, actor: Actor, material: "Material") -> Bank:
    """The bank of a material, made where there is none."""
    bank = await repository.bank_of(uow, material.id)
    if bank is None:
        bank = await _make(uow, actor, material.title[:80], material.id)
    bank.deleted_at = None
    return bank


async def called(uow: UnitOfWork, actor: Actor, name: str) -> Bank:
    """The branch's own bank of that name, made where there is none."""
    for bank in await repository.banks(uow, [actor.branch]):
        if bank.name == name and bank.material_id is None:
            return bank
    return await _make(uow, actor, name, None)


async def _make(uow: UnitOfWork, actor: Actor, name: str, material_id: int | None) -> Bank:
    no = await branch.next_number(uow, actor.branch, "quiz")
    bank = Bank(branch_id=actor.branch, no=no, name=name, material_id=material_id, created_at=uow.now)
    uow.session.add(bank)
    await uow.session.flush()
    return bank


async def add(uow: UnitOfWork, bank: Bank, items: Sequence[Item], state: State = State.LIVE) -> Added:
    """Take in what the bank doesn't hold yet. What had been dropped or deleted, or waits as a draft, becomes live if a
    person imports it; it doesn't come back as a draft."""
    bank = await repository.lock(uow, bank.id)
    there = await repository.by_digest(uow, bank.id)
    new: list[Question] = []
    for item in items:
        question = there.get(item.digest)
        if question is not None and (state == State.DRAFT or question.state == State.LIVE):
            continue
        if question is None:
            bank.last += 1
            question = Question(bank_id=bank.id, no=bank.last, digest=item.digest, created_at=uow.now)
            uow.session.add(question)
            there[item.digest] = question
        question.state, question.kind = state, item.kind
        question.stem, question.source, question.explanation = item.stem, item.source, item.explanation
        question.options = json.dumps(item.options, ensure_ascii=False)
        question.answer = json.dumps(item.answer, ensure_ascii=False)
        question.category = item.category
        new.append(question)
    await uow.session.flush()
    return Added(bank, new, len(items) - len(new))


async def take_in(uow: UnitOfWork, actor: Actor, bank: Bank, items: Sequence[Item]) -> Added:
    """Import questions that a person has confirmed; undoable."""
    done = await add(uow, bank, items)
    if done.new:
        subject = f"题库 {bank.no}"
        await audit.record(uow, actor, "quiz.import", subject, detail={"questions": len(done.new)})
        payload = {"questions": [question.id for question in done.new]}
        await undo.remember(uow, actor, "quiz.import", payload, f"导入 {len(done.new)} 题到{subject}")
    return done


async def take_out(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``take_in`` or an approval."""
    await repository.set_state(uow, [int(i) for i in payload["questions"]], State.DELETED)


async def get(uow: UnitOfWork, branch_id: int, no: int) -> Bank:
    """Raises ``NotFound``."""
    bank = await repository.bank_by_no(uow, branch_id, no)
    if bank is None:
        raise NotFound(f"没有题库 {no}。发「题库」看看有哪些。")
    return bank


async def without(uow: UnitOfWork, materials: "Sequence[Material]") -> list[int]:
    """The numbers of those materials that have no question."""
    having = await repository.of_materials(uow, [material.id for material in materials])
    return [material.no for material in materials if material.id not in having]


async def listed(uow: UnitOfWork, branch_id: int) -> list[Listed]:
    """The banks of the branch that have something in them."""
    found = await repository.banks(uow, [branch_id])
    counts = await repository.counts(uow, [bank.id for bank in found])
    rows = [Listed(one, counts.get((one.id, State.LIVE), 0), counts.get((one.id, State.DRAFT), 0)) for one in found]
    return [row for row in rows if row.live or row.drafts]


async def question(uow: UnitOfWork, branch_id: int, no: int, question_no: int) -> Question:
    """Raises ``NotFound``."""
    found = await repository.question(uow, (await get(uow, branch_id, no)).id, question_no)
    if found is None:
        raise NotFound(f"题库 {no} 里没有第 {question_no} 题。发「题库 {no}」看看有哪些。")
    return found


async def live(uow: UnitOfWork, bank: Bank) -> Sequence[Question]:
    """What may be asked."""
    return await repository.in_bank(uow, bank.id)


async def answered(uow: UnitOfWork, question: Question) -> tuple[int, int]:
    """(how often it was answered, how often right); by whom is nobody's business."""
    return await repository.answered(uow, question.id)


async def drafts(uow: UnitOfWork, bank: Bank) -> Sequence[Question]:
    """What waits for a person's approval."""
    return await repository.in_bank(uow, bank.id, State.DRAFT)


async def decide(uow: UnitOfWork, actor: Actor, bank: Bank, ids: Sequence[int], wanted: Collection[int]) -> int:
    """Approve the drafts ``wanted`` of those that were shown (``ids``), and drop the others; how many are approved.

    Raises ``UserError`` where somebody else has decided meanwhile.
    """
    bank = await repository.lock(uow, bank.id)
    waiting = {one.id for one in await drafts(uow, bank)}
    if not waiting.issuperset(ids):
        raise UserError("这些草稿刚刚有人处理过了。再发一次「出题」看还有哪些。")
    approved = [one for one in ids if one in wanted]
    await repository.set_state(uow, approved, State.LIVE)
    await repository.set_state(uow, [one for one in ids if one not in wanted], State.DELETED)
    detail = {"approved": len(approved), "dropped": len(ids) - len(approved)}
    await audit.record(uow, actor, "quiz.approve", f"题库 {bank.no}", detail=detail)
    if approved:
        said = f"采用 {len(approved)} 道草稿"
        await undo.remember(uow, actor, "quiz.import", {"questions": approved}, said)
    return len(approved)


async def remove(uow: UnitOfWork, actor: Actor, no: int, question_no: int | None) -> None:
    """Remove a question, or the whole bank, which is empty if it is needed again; what was answered stays on record.
    Undoable. Raises ``NotFound``."""
    bank = await repository.lock(uow, (await get(uow, actor.branch, no)).id)
    subject = f"题库 {no}" + (f" 第 {question_no} 题" if question_no is not None else "")
    if question_no is None:
        bank.deleted_at = uow.now
        ids = [one.id for one in await live(uow, bank)]
        await repository.set_state(uow, ids, State.DELETED)
        payload: dict[str, object] = {"bank": bank.id, "questions": ids}
    else:
        found = await question(uow, actor.branch, no, question_no)
        payload = {"questions": [found.id], "state": found.state}
        found.state = State.DELETED
    await audit.record(uow, actor, "quiz.remove", subject)
    await undo.remember(uow, actor, "quiz.remove", payload, f"删除{subject}")


async def restore(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``remove``."""
    if "bank" in payload:
        (await uow.session.get_one(Bank, int(payload["bank"]))).deleted_at = None
    await repository.set_state(uow, payload.get("questions", []), State(payload.get("state", State.LIVE)))
