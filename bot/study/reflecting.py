"""Use cases of 心得: a member's own words about a reading, judged by a rule that everybody may see.

A leader may decide otherwise, with a reason. That two are much alike is told to leaders only and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.branch import audit, counting, telling, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.study import completion, proving, reflecting_views, repository
from bot.study import proof_repository as proofs
from bot.study.checking_in import CheckedIn
from bot.study.models import Assignment, Material, Method, Proof, Reflection
from bot.study.proving import Evidence
from bot.study.rules import Reading, choose
from bot.textmining import originality
from bot.textmining.originality import Verdict

ORIGIN = "study.reflection"
COMPARED = 500
"""Other reflections with which a new one is compared."""
LONGEST = 3000
"""Characters."""
REASON = 200


@dataclass(frozen=True)
class Judged:
    """Words about a reading, and what the rule says of them. ``like`` is the other one that holds most of them."""

    reading: Reading
    text: str
    verdict: Verdict
    like: tuple[Reflection, float] | None


@dataclass(frozen=True)
class Kept:
    """It is written down. ``passes``: it reaches the rule; ``before``: an earlier one that does stands instead."""

    reflection: Reflection
    passes: bool
    before: bool
    done: CheckedIn | None


async def meant(uow: UnitOfWork, actor: Actor, no: int | None) -> Sequence[Reading]:
    """The readings that may be meant: the one of that number, else those that are open. Raises ``NotFound``."""
    if actor.member_id is None:
        raise UserError("还不认识您。请发「绑定 您的姓名」,再写心得。")
    numbers = [] if no is None else [no]
    found = await repository.readings(uow, [actor.branch], numbers, uow.now)
    if no is not None:
        named = [reading for reading in found if reading.no == no]
        if not named:
            raise NotFound(f"没有学习 {no}。发「补学」看看有哪些。")
        return named
    done = await repository.completed_pairs(uow, [reading.id for reading in found], [actor.member_id])
    chosen = choose(found, {assignment for assignment, _ in done})
    if not chosen:
        raise NotFound("现在没有要学的。要给以前的写,请加编号,比如:心得 7 您的话")
    return chosen


async def judge(uow: UnitOfWork, actor: Actor, reading: Reading, text: str) -> Judged:
    """What the rule says. Slow work, done in a unit that only reads. Raises ``UserError`` for an endless text."""
    text = text.strip()
    if len(text) > LONGEST:
        raise UserError(f"心得有 {len(text)} 字,请写在 {LONGEST} 字以内。")
    assignment = await uow.session.get_one(Assignment, reading.id)
    material = await uow.session.get_one(Material, assignment.material_id)
    others = await proofs.other_reflections(uow, reading.branch_id, reading.id, actor.member_id or 0, COMPARED)
    verdict = await originality.judged(text, f"{material.title}\n{material.text}", ())
    near = await originality.nearest(text, [one.text for one in others])
    return Judged(reading, text, verdict, (others[near[0]], near[1]) if near is not None else None)


async def keep(uow: UnitOfWork, actor: Actor, judged: Judged, message_id: str) -> Kept:
    """Write it down and record what it completes. One that falls short doesn't replace one that passes."""
    assert actor.member_id is not None
    reading, passes = judged.reading, judged.verdict is Verdict.GOOD
    await counting.hold(uow, [actor.member_id])  # whoever writes twice at once has written one
    one = await proofs.own_reflection(uow, reading.id, actor.member_id)
    if one is not None and one.passes and not passes and await _counts(uow, one):
        return Kept(one, False, True, None)
    like_id = judged.like[0].id if judged.like is not None else None
    if one is None:
        no = await branch.next_number(uow, reading.branch_id, "reflection")
        one = Reflection(branch_id=reading.branch_id, no=no, assignment_id=reading.id, member_id=actor.member_id)
        uow.session.add(one)
    one.text, one.verdict, one.overruled, one.like_id, one.at = judged.text, judged.verdict, None, like_id, uow.now
    await uow.session.flush()
    if not passes:
        return Kept(one, False, False, None)
    done = await _complete(uow, one, message_id)
    if judged.like is not None:
        await _flag(uow, actor, one, reading, judged.like)
    return Kept(one, True, False, CheckedIn(reading, done.first or done.higher, done.late))


async def _counts(uow: UnitOfWork, one: Reflection) -> bool:
    """False once its author has taken it back."""
    return await proofs.rests_on(uow, one.assignment_id, one.member_id, f"reflection:{one.id}")


async def _complete(uow: UnitOfWork, one: Reflection, message_id: str = "") -> proving.Proved:
    assignment = await uow.session.get_one(Assignment, one.assignment_id)
    evidence = Evidence(Proof.REFLECTION, Method.REFLECTION, f"reflection:{one.id}", message_id)
    return await proving.prove(uow, assignment, one.member_id, evidence)


async def _flag(
    uow: UnitOfWork, actor: Actor, one: Reflection, reading: Reading, like: tuple[Reflection, float]
) -> None:
    writer = await uow.session.get_one(Member, one.member_id)
    other = await uow.session.get_one(Member, like[0].member_id)
    text = reflecting_views.alike(one, writer.name, like[0], other.name, like[1], reading.no)
    key = f"alike:{one.id}:{like[0].id}"
    await telling.tell_leaders(
        uow, one.branch_id, text, key, f"{ORIGIN}:{one.no}", via=actor.account, but=one.member_id
    )


async def about(uow: UnitOfWork, actor: Actor, no: int | None) -> tuple[Assignment, list[tuple[Reflection, str]]]:
    """What was written about a reading (the newest), with names: for leaders. Raises ``NotFound``."""
    assignment = await completion.latest_or(uow, actor.branch, no)
    return assignment, await proofs.reflections_on(uow, assignment.id)


async def overrule(uow: UnitOfWork, actor: Actor, no: int, reason: str, *, passes: bool) -> Reflection:
    """Decide otherwise than the rule, or take that back. Raises ``NotFound``, ``UserError``."""
    one = await proofs.reflection(uow, actor.branch, no)
    if one is None:
        raise NotFound(f"没有心得 {no}。发「心得列表」看有哪些。")
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON:
        raise UserError(
            f"请写上理由({REASON} 字以内),比如:心得{'通过' if passes else '退回'} {no} 写得短,但说到了点子上"
        )
    if one.passes == passes:
        raise UserError(f"心得 {no} 现在就是{'算数' if passes else '不算'}的,没有改动。")
    before = one.overruled
    await _decide(uow, one, passes)
    act = "study.reflection_passed" if passes else "study.reflection_refused"
    await audit.record(uow, actor, act, f"member:{one.member_id}", reason, {"no": no})
    payload = {"branch": one.branch_id, "no": no, "before": before, "now": passes}
    await undo.remember(uow, actor, "study.reflection", payload, f"心得{'通过' if passes else '退回'} {no}")
    assignment = await uow.session.get_one(Assignment, one.assignment_id)
    for reader in await branch.people(uow, [one.member_id]):
        if reader.account is not None:
            said = reflecting_views.decided(assignment.no, reason, passes=passes)
            key = f"reflection:{one.id}:{uow.now.isoformat()}"
            target = telling.private(reader.account, actor.account)
            await telling.tell(uow, one.branch_id, target, said, key, f"{ORIGIN}:{one.no}")
    return one


async def change_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``overrule``. Raises ``UserError`` if it was decided or written anew since."""
    one = await proofs.reflection(uow, int(payload["branch"]), int(payload["no"]))
    if one is None or one.overruled != payload["now"]:
        raise UserError("这篇心得后来又改过,撤销不了。发「心得列表」看现在的情况。")
    await _decide(uow, one, payload["before"])
    detail = {"no": one.no}
    await audit.record(uow, actor, "study.reflection_undone", f"member:{one.member_id}", "", detail, one.branch_id)


async def _decide(uow: UnitOfWork, one: Reflection, overruled: bool | None) -> None:
    one.overruled = overruled
    await uow.session.flush()
    if one.passes:
        await _complete(uow, one)
    else:
        await proving.withdraw(uow, one.assignment_id, one.member_id, f"reflection:{one.id}")
