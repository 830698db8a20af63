"""Claims of completion. Those that arrive together are recorded together: a few queries and one commit for a burst."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.delivery import outbox
from bot.study import repository
from bot.study.models import Method, Proof
from bot.study.rules import Reading, choose

ORIGIN = "study.assignment"
CLOCKS_DIFFER = timedelta(seconds=5)
"""By so much the platform's clock may be behind ours; it tells whole seconds only."""


@dataclass(frozen=True)
class Claim:
    """「已学」 as it was said: for the reading ``no``, for the message that ``reply_to`` answers, or for neither.
    ``evidence`` of a reaction is which emoji it was (「emoji:76」). ``said_at``: when it was said, where nobody
    listened then; by a platform whose clock is ahead, now."""

    actor: Actor
    method: Method
    message_id: str = ""
    no: int | None = None
    reply_to: str | None = None
    evidence: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True)
class CheckedIn:
    """It is recorded. ``first`` is False if it had been before."""

    reading: Reading
    first: bool
    late: bool


@dataclass(frozen=True)
class Several:
    """More than one reading is open: which one was meant must be asked."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class NothingOpen:
    """Nothing that could be meant."""


@dataclass(frozen=True)
class NotOurs:
    """The claim answers a message that is no reading of this branch, while something is open."""


@dataclass(frozen=True)
class MoreNeeded:
    """The word alone isn't enough for this reading; nothing was recorded."""

    reading: Reading


Outcome = CheckedIn | MoreNeeded | Several | NothingOpen | NotOurs


async def check_in_all(uow: UnitOfWork, claims: Sequence[Claim]) -> list[Outcome | Exception]:
    """Record what these claims complete, each completion once. In the place of an outcome stands the ``UserError`` that
    its claimant should read: for a number that doesn't exist, and for somebody who is on no roster."""
    claims = [replace(one, said_at=min(one.said_at, uow.now)) if one.said_at else one for one in claims]
    meant = await _named(uow, claims)
    named = [one for one in meant if one is not None]
    branches = {claim.actor.branch_id for claim in claims if claim.actor.branch_id is not None}
    branches |= {branch_id for branch_id, _ in named if branch_id is not None}
    since = min([uow.now, *(claim.said_at for claim in claims if claim.said_at is not None)])
    readings = await repository.readings(uow, branches, {no for _, no in named}, since)
    by_no: dict[_Named, Reading] = {(reading.branch_id, reading.no): reading for reading in readings}
    members = {claim.actor.member_id for claim in claims if claim.actor.member_id is not None}
    old = await repository.summed_up(uow, [reading.id for reading in readings if reading.due_at < uow.now])
    done = await repository.completed_pairs(uow, [reading.id for reading in readings], members)

    outcomes: list[Outcome | Exception] = []
    for claim, one in zip(claims, meant, strict=True):
        outcome: Outcome | Exception
        if claim.actor.member_id is None or claim.actor.branch_id is None:
            outcome = UserError("还不认识您。请发「绑定 您的姓名」,再打卡。")
        elif one is not None:
            reading = by_no.get(one)
            if reading is None:
                outcome = NotFound(f"没有学习 {one[1]}。发「补学」看看有哪些。")
            elif reading.id in old:
                outcome = UserError(f"学习 {one[1]} 太久以前了,只留了合计,不用再登记。")
            else:
                outcome = _meant(reading, claim, uow.now, done)
        else:
            here = [one for one in readings if one.branch_id == claim.actor.branch_id and _stood(one, claim, uow.now)]
            mine = {reading.id for reading in here if (reading.id, claim.actor.member_id) in done}
            found = choose(here, mine)
            if claim.reply_to is not None:
                outcome = NotOurs() if len(mine) < len(here) else NothingOpen()
            elif len(found) == 1:
                outcome = _meant(found[0], claim, uow.now, done)
            else:
                outcome = Several(tuple(found)) if found else NothingOpen()
        outcomes.append(outcome)
    return await _record(uow, claims, outcomes)


def _meant(reading: Reading, claim: Claim, now: datetime, done: Collection[tuple[int, int | None]]) -> Outcome:
    if reading.proof > Proof.WORD and (reading.id, claim.actor.member_id) not in done:
        return MoreNeeded(reading)
    return CheckedIn(reading, True, (claim.said_at or now) > reading.due_at)


def _stood(reading: Reading, claim: Claim, now: datetime) -> bool:
    """Whether it was open when the claim was made."""
    if claim.said_at is None:
        return reading.due_at >= now
    return reading.pushed_at - CLOCKS_DIFFER <= claim.said_at <= reading.due_at


_Named = tuple[int | None, int]
"""A branch, and the number of a reading there."""


async def _named(uow: UnitOfWork, claims: Sequence[Claim]) -> list[_Named | None]:
    """The reading that each claim names or answers; None where it does neither. What is answered stays what it was,
    be its reader in another branch by now."""
    asked = {
        (claim.actor.platform, claim.actor.group_id or claim.actor.user_id, claim.reply_to)
        for claim in claims
        if claim.reply_to is not None
    }
    known = await outbox.known_at(uow, asked) if asked else {}
    found: list[_Named | None] = []
    for claim in claims:
        one = known.get((claim.actor.platform, claim.actor.group_id or claim.actor.user_id, claim.reply_to or ""))
        answered = outbox.id_in(one.origin, ORIGIN) if one is not None else None
        if one is not None and answered is not None and claim.no in (None, answered):
            found.append((one.branch_id, answered))
        else:
            found.append((claim.actor.branch_id, claim.no) if claim.no is not None else None)
    return found


async def _record(
    uow: UnitOfWork, claims: Sequence[Claim], outcomes: list[Outcome | Exception]
) -> list[Outcome | Exception]:
    rows: dict[tuple[int, int], dict[str, object]] = {}
    for claim, outcome in zip(claims, outcomes, strict=True):
        if isinstance(outcome, CheckedIn):
            assert claim.actor.member_id is not None
            rows.setdefault(
                (outcome.reading.id, claim.actor.member_id),
                {
                    "assignment_id": outcome.reading.id,
                    "member_id": claim.actor.member_id,
                    "at": claim.said_at or uow.now,
                    "method": claim.method.value,
                    "late": outcome.late,
                    "message_id": claim.message_id,
                    "evidence": claim.evidence,
                },
            )
    new = await repository.complete(uow, list(rows.values())) if rows else set()
    for i, (claim, outcome) in enumerate(zip(claims, outcomes, strict=True)):
        if isinstance(outcome, CheckedIn):
            key = (outcome.reading.id, claim.actor.member_id or 0)
            if key not in new:
                outcomes[i] = CheckedIn(outcome.reading, False, outcome.late)
            new.discard(key)
    return outcomes
