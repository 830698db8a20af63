"""Use cases of 「打卡 7F3K」: the code from the end of a reading page, good once and for some minutes."""

from dataclasses import dataclass
from enum import Enum

from bot.branch import audit
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.delivery import outbox
from bot.study import proof_repository as proofs
from bot.study import proving, rules
from bot.study.checking_in import ORIGIN, CheckedIn, MoreNeeded
from bot.study.models import Assignment, Method, Proof
from bot.study.proving import Evidence
from bot.study.rules import Reading

WRONG = "study.wrong_code"


class Why(Enum):
    """Why a code was refused."""

    UNKNOWN = "no page of this branch showed it"
    RAN_OUT = "its minutes are over"
    USED = "somebody else has sent it"
    OTHER = "it is of another reading than was said"
    LOCKED = "too many wrong ones lately"


@dataclass(frozen=True)
class Refused:
    """Nothing was recorded but the try. ``reading`` is whose code it was, where that is known."""

    why: Why
    code: str
    reading: Reading | None = None
    meant: int | None = None


@dataclass(frozen=True)
class Shown:
    """A code as it was sent, perhaps with the number of its reading or in reply to a push."""

    code: str
    no: int | None = None
    message_id: str = ""
    reply_to: str | None = None


async def claim(uow: UnitOfWork, actor: Actor, shown: Shown) -> CheckedIn | MoreNeeded | Refused:
    """Record a verified completion for who sends the code first. Never raises for a wrong one: each is on record."""
    if await audit.count(uow, actor, WRONG, uow.now - rules.CODE_LASTS) >= rules.MOST_GUESSES:
        return Refused(Why.LOCKED, shown.code)
    found = await proofs.visit_by_code(uow, actor.branch, shown.code)
    if found is None:
        await audit.record(uow, actor, WRONG)
        return Refused(Why.UNKNOWN, shown.code)
    visit, reading = found
    meant = shown.no if shown.no is not None else await _answered(uow, actor, shown.reply_to)
    if meant not in (None, reading.no):
        return Refused(Why.OTHER, shown.code, reading, meant)
    if visit.used_at is not None:
        own = visit.member_id == actor.myself
        return CheckedIn(reading, False, False) if own else Refused(Why.USED, shown.code, reading)
    if visit.expires_at <= uow.now:
        return Refused(Why.RAN_OUT, shown.code, reading)
    evidence = Evidence(Proof.PAGE, Method.CODE, f"visit:{visit.id}", shown.message_id)
    assignment = await uow.session.get_one(Assignment, reading.id)
    proved = await proving.prove(uow, assignment, actor.myself, evidence)
    if not proved.enough:
        return MoreNeeded(reading)
    visit.used_at, visit.member_id = uow.now, actor.myself
    return CheckedIn(reading, proved.first or proved.higher, proved.late)


async def _answered(uow: UnitOfWork, actor: Actor, reply_to: str | None) -> int | None:
    """The number of the reading whose push is answered."""
    if reply_to is None:
        return None
    origin = await outbox.origin_of(uow, actor.platform, actor.group_id or actor.user_id, reply_to)
    return outbox.id_in(origin, ORIGIN)
