"""Proofs of a completion: the first one that is enough completes, a higher one replaces a lower, none is lost."""

from dataclasses import dataclass

from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs
from bot.study import repository
from bot.study.models import Assignment, Completion, LowerProof, Method, Proof


@dataclass(frozen=True)
class Evidence:
    """``what`` refers to the record that the proof rests on: 「visit:12」, 「quiz:34」."""

    proof: Proof
    method: Method
    what: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Proved:
    """What a proof did. ``enough`` is False where the reading needs a higher one: nothing was recorded then. ``first``:
    it completed the reading; ``higher``: it replaced a lower proof. ``late`` is as of the completion."""

    assignment: Assignment
    enough: bool
    first: bool
    higher: bool
    late: bool


async def prove(uow: UnitOfWork, assignment: Assignment, member_id: int, evidence: Evidence) -> Proved:
    """Record a proof that the member has completed the assignment."""
    late = uow.now > assignment.due_at
    if evidence.proof < assignment.proof:
        return Proved(assignment, enough=False, first=False, higher=False, late=late)
    row: dict[str, object] = {
        "assignment_id": assignment.id,
        "member_id": member_id,
        "at": uow.now,
        "late": late,
        "method": evidence.method.value,
        "message_id": evidence.message_id,
        "proof": evidence.proof,
        "evidence": evidence.what,
    }
    if await repository.complete(uow, [row]):
        return Proved(assignment, enough=True, first=True, higher=False, late=late)
    found = await repository.locked_completion(uow, assignment.id, member_id)
    if found is None:  # taken back this very moment by another process: whoever proves it may do so again
        return Proved(assignment, enough=True, first=False, higher=False, late=late)
    if evidence.proof <= found.proof:
        return Proved(assignment, enough=True, first=False, higher=False, late=found.late)
    uow.session.add(
        LowerProof(
            assignment_id=found.assignment_id,
            member_id=found.member_id,
            proof=found.proof,
            proved_at=found.proved_at,
            method=found.method,
            message_id=found.message_id,
            evidence=found.evidence,
        )
    )
    found.proof, found.proved_at, found.method = evidence.proof, uow.now, evidence.method
    found.message_id, found.evidence = evidence.message_id, evidence.what
    await uow.session.flush()
    return Proved(assignment, enough=True, first=False, higher=True, late=found.late)


async def by_questions(uow: UnitOfWork, assignment_id: int, member_id: int, sitting_id: int, message_id: str) -> Proved:
    """Record that a member has answered the questions of a reading well enough, in a sitting of ``bot.quiz``."""
    assignment = await uow.session.get_one(Assignment, assignment_id)
    return await prove(uow, assignment, member_id, Evidence(Proof.QUIZ, Method.QUIZ, f"quiz:{sitting_id}", message_id))


async def step_down(uow: UnitOfWork, found: Completion) -> bool:
    """Take back the highest proof of a completion: the one below stands again, or the completion is gone (False)."""
    below = await repository.lower_proofs(uow, found.assignment_id, found.member_id)
    if not below:
        await repository.take_back(uow, found)
        return False
    found.proof, found.proved_at, found.method = below[0].proof, below[0].proved_at, below[0].method
    found.message_id, found.evidence = below[0].message_id, below[0].evidence
    await uow.session.delete(below[0])
    await uow.session.flush()
    return True


async def withdraw(uow: UnitOfWork, assignment_id: int, member_id: int, what: str) -> None:
    """Take back the proof that rests on ``what`` (as in ``Evidence``), wherever it stands; others stand on."""
    found = await repository.locked_completion(uow, assignment_id, member_id)
    if found is None:
        return
    if found.evidence == what:
        await step_down(uow, found)
    else:
        await proofs.drop_lower_proof(uow, assignment_id, member_id, what)
