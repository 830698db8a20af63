"""Use cases of correcting a completion that is on record: a member takes their claim back, a leader strikes one out.

Both are on record and can be undone: what stood there, every proof of it, is put back exactly.
"""

from datetime import datetime

from bot.branch import audit, roster, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.branch.telling import private, tell
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.study import completion, proving, repository
from bot.study.checking_in import ORIGIN
from bot.study.models import Assignment, Completion, LowerProof, Method

KIND = "study.correct"


async def take_back(uow: UnitOfWork, actor: Actor) -> int:
    """Take back the speaker's last claim; the number of the assignment. Raises ``UserError`` if there is none.

    A lower proof that it had replaced stands again. What a leader has entered for them isn't their claim.
    """
    found = () if actor.member_id is None else await repository.completions_of(uow, actor.branch, actor.member_id)
    found = [one for one in found if one.method != Method.MANUAL]
    if not found or actor.member_id is None:
        raise UserError("没有可以撤回的打卡。")
    newest = max(found, key=lambda one: one.proved_at)
    last = await repository.locked_completion(uow, newest.assignment_id, newest.member_id)
    if last is None:  # the same was said twice at once
        raise UserError("这次打卡已经撤回了。")
    return await _take_back(uow, actor, last)


async def take_off(uow: UnitOfWork, actor: Actor, message_id: str, evidence: str) -> int | None:
    """The speaker has taken their emoji off a push of ours: the claim that it made (``evidence``) is taken back; the
    number of the assignment, None if this emoji had made none."""
    origin = await outbox.origin_of(uow, actor.platform, actor.group_id or actor.user_id, message_id)
    number = outbox.id_in(origin, ORIGIN)
    if actor.member_id is None or number is None:
        return None
    assignment = await completion.get(uow, actor.branch, number)
    found = await repository.locked_completion(uow, assignment.id, actor.member_id)
    if found is None or (found.method, found.evidence) != (Method.REACTION, evidence):
        return None
    return await _take_back(uow, actor, found)


async def _take_back(uow: UnitOfWork, actor: Actor, last: Completion) -> int:
    assignment = await uow.session.get_one(Assignment, last.assignment_id)
    detail = {"at": last.proved_at.isoformat(), "method": last.method, "proof": last.proof, "evidence": last.evidence}
    before = await _kept(uow, last)
    await proving.step_down(uow, last)
    await audit.record(uow, actor, "study.take_back", subject=f"学习 {assignment.no}", detail=detail)
    await undo.remember(uow, actor, KIND, before, f"撤回学习 {assignment.no} 的打卡")
    return assignment.no


async def strike(uow: UnitOfWork, actor: Actor, member: Member, no: int, reason: str) -> Assignment:
    """Take out that ``member`` has completed the reading ``no``, with the reason, which they are told. Raises
    ``NotFound``, ``UserError``."""
    reason = " ".join(reason.split())
    if not reason:
        raise UserError(f"请写上原因,比如:更正 {member.name} 学习 {no} 本人说点错了")
    if len(reason) > roster.REASON_LENGTH:
        raise UserError(f"原因请写在 {roster.REASON_LENGTH} 字以内。")
    assignment = await completion.get(uow, actor.branch, no)
    found = await repository.locked_completion(uow, assignment.id, member.id)
    if found is None:
        raise UserError(f"{member.name}没有登记过学习 {no},不用更正。")
    before = await _kept(uow, found)
    detail = {"no": no, "method": found.method, "at": found.at.isoformat()}
    while await proving.step_down(uow, found):
        pass
    await audit.record(uow, actor, "study.strike", roster.subject(member), reason, detail)
    await undo.remember(uow, actor, KIND, before, f"更正{member.name} 学习 {no}")
    for one in await branch.people(uow, [member.id]):
        if one.account is not None and member.id != actor.member_id:
            text = f"{actor.name}更正了您的学习 {no}:记为没学({reason})。有出入请跟书记说,学过可以再发「已学 {no}」。"
            key = f"strike:{assignment.id}:{member.id}:{uow.now.isoformat()}"
            await tell(uow, assignment.branch_id, private(one.account, ""), text, key, "study.strike:0")
    return assignment


async def put_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo either. Raises ``UserError`` if it has been completed or proved anew since."""
    key = int(payload["assignment"]), int(payload["member"])
    found = await repository.locked_completion(uow, *key)
    proofs: list[dict[str, object]] = [_read(one) for one in payload["proofs"]]
    if found is not None and (len(proofs) < 2 or found.proof != proofs[1]["proof"]):
        raise UserError("后来又登记过了,不用撤销。")
    while found is not None and await proving.step_down(uow, found):
        pass
    ids = {"assignment_id": key[0], "member_id": key[1]}
    first = {"at": datetime.fromisoformat(payload["at"]), "late": bool(payload["late"])}
    await repository.complete(uow, [ids | first | proofs[0]])
    uow.session.add_all(LowerProof(**ids, **one) for one in proofs[1:])
    assignment = await uow.session.get_one(Assignment, key[0])
    await audit.record(
        uow, actor, "study.put_back", f"member:{key[1]}", detail={"no": assignment.no}, branch_id=assignment.branch_id
    )


async def _kept(uow: UnitOfWork, found: Completion) -> dict[str, object]:
    """A completion with all its proofs, the highest first, as JSON can keep it."""
    lower = await repository.lower_proofs(uow, found.assignment_id, found.member_id)
    return {
        "assignment": found.assignment_id,
        "member": found.member_id,
        "at": found.at.isoformat(),
        "late": found.late,
        "proofs": [_written(found), *(_written(one) for one in lower)],
    }


_FIELDS = ("proof", "method", "message_id", "evidence")


def _written(one: Completion | LowerProof) -> dict[str, object]:
    return {"proved_at": one.proved_at.isoformat()} | {name: getattr(one, name) for name in _FIELDS}


def _read(kept: dict[str, object]) -> dict[str, object]:
    return kept | {"proved_at": datetime.fromisoformat(str(kept["proved_at"]))}
