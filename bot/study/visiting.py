"""Use cases of a reading page: what it shows, and what happens when somebody has come to its end.

Opening a page leaves no trace. Nothing is measured but that the end was reached after a plausible time; a page that
only stands open comes to nothing.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.branch.models import Member
from bot.core.db import UnitOfWork
from bot.study import proof_repository as proofs
from bot.study import proving, rules
from bot.study.models import Assignment, Material, Method, Proof, Visit
from bot.study.pages import Link, Opened
from bot.study.proving import Evidence

KEPT = timedelta(days=1)
"""How long a code that ran out is still known, so that it can be said that it did."""


@dataclass(frozen=True)
class Page:
    """A reading to be shown."""

    assignment: Assignment
    material: Material


@dataclass(frozen=True)
class TooSoon:
    """The end is reached faster than anybody reads. Nothing was recorded; ``wait`` is how long it still takes."""

    wait: timedelta


@dataclass(frozen=True)
class TooLate:
    """The page has been standing open for too long; it must be opened again."""


@dataclass(frozen=True)
class Code:
    """To be sent to the bot until then."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Completed:
    """It is recorded: for whom the link was made, or for who has sent the code of this visit."""


@dataclass(frozen=True)
class MoreNeeded:
    """Reading alone doesn't complete this one."""


End = TooSoon | TooLate | Code | Completed | MoreNeeded


async def page(uow: UnitOfWork, link: Link) -> Page | None:
    """What the link leads to; None once it has run out, or the person whom it was sent to isn't there any more."""
    if link.expires_at <= uow.now:
        return None
    assignment = await uow.session.get(Assignment, link.assignment_id)
    if assignment is None:
        return None
    if link.member_id is not None:
        member = await uow.session.get(Member, link.member_id)
        if member is None or member.left_on is not None:
            return None
    return Page(assignment, await uow.session.get_one(Material, assignment.material_id))


async def reach_end(uow: UnitOfWork, shown: Page, opened: Opened) -> End:
    """Somebody says that they have come to the end of this page."""
    if shown.assignment.proof > Proof.PAGE:
        return MoreNeeded()
    if uow.now - opened.at > rules.VISIT_LASTS:
        return TooLate()
    wait = opened.at + rules.least_time(shown.material.text) - uow.now
    if wait > timedelta():
        return TooSoon(wait)
    known = await proofs.visit(uow, opened.nonce)
    if opened.member_id is not None:
        return await _complete(uow, shown.assignment, opened, opened.member_id, known)
    if known is None:
        return await _show(uow, opened)
    if known.used_at is not None:
        return Completed()
    if known.code is None or known.expires_at <= uow.now:
        known.code, known.expires_at = await _new_code(uow), uow.now + rules.CODE_LASTS
    return Code(known.code, known.expires_at)


async def _show(uow: UnitOfWork, opened: Opened) -> Code:
    await proofs.clear_codes(uow, uow.now - KEPT)
    row: dict[str, object] = {"assignment_id": opened.assignment_id, "nonce": opened.nonce}
    while True:
        code, expires_at = await _new_code(uow), uow.now + rules.CODE_LASTS
        if await proofs.put_visit(uow, row | {"code": code, "expires_at": expires_at}):
            return Code(code, expires_at)
        known = await proofs.visit(uow, opened.nonce)  # asked twice at once: both are shown the same
        if known is not None and known.code is not None:
            return Code(known.code, known.expires_at)


async def _complete(
    uow: UnitOfWork, assignment: Assignment, opened: Opened, member_id: int, known: Visit | None
) -> Completed:
    if known is None:
        row = {"assignment_id": assignment.id, "nonce": opened.nonce, "expires_at": uow.now, "used_at": uow.now}
        await proofs.put_visit(uow, row | {"member_id": member_id})
        known = await proofs.visit(uow, opened.nonce)
        assert known is not None
        await proving.prove(uow, assignment, member_id, Evidence(Proof.PAGE, Method.LINK, f"visit:{known.id}"))
    return Completed()


async def _new_code(uow: UnitOfWork) -> str:
    while True:
        code = rules.new_code(secrets.choice)
        if await proofs.free_code(uow, code):
            return code
