"""Pushing a material: who should read it, by when, and where it is said. All of it in one unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.branch import counting
from bot.branch import service as branch
from bot.branch.service import Reader
from bot.branch.telling import quiet_hours
from bot.core.db import UnitOfWork, insert_ignore
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.hours.rules import of_reading
from bot.study import tally, views
from bot.study.checking_in import ORIGIN
from bot.study.models import Assignment, Expected, Material, Proof
from bot.study.pages import NO_PAGES, Pages

NO_GROUP = "支部还没有绑定群,不知道推到哪里。请在群里发「/开始」。"


@dataclass(frozen=True)
class Pushed:
    """``leaves_at`` is when it goes out; ``groups`` how many group chats it goes to."""

    assignment: Assignment
    material: Material
    leaves_at: datetime
    groups: int
    readers: int


@dataclass(frozen=True)
class Outlook:
    """What a push would do: leave at ``leaves_at`` (later than asked for where that is ``night``) for so many."""

    leaves_at: datetime
    night: bool
    branches: int
    readers: int


async def outlook(uow: UnitOfWork, branch_id: int, at: datetime | None, *, below: bool) -> Outlook:
    """Raises ``UserError`` if there is no group to push to."""
    branches = await _branches(uow, branch_id, below=below)
    wanted = at or uow.now
    leaves_at = (await quiet_hours(uow, branch_id)).shift(wanted)
    today = branch.today(uow)
    readers = sum([len(await branch.readers(uow, each, today)) for each in branches])
    return Outlook(leaves_at, leaves_at != wanted, len(branches), readers)


async def push_all(
    uow: UnitOfWork,
    branch_id: int,
    material: Material,
    *,
    below: bool,
    even_at_night: bool = False,
    proof: Proof = Proof.WORD,
    pages: Pages = NO_PAGES,
) -> list[Pushed]:
    """Push to the branch, and with ``below`` to each branch under it that has a group: an assignment for each, with its
    own number, readers and deadline. Raises ``UserError`` if there is no group at all."""
    branches, today = await _branches(uow, branch_id, below=below), branch.today(uow)
    readers = {each: await branch.readers(uow, each, today) for each in branches}
    # whoever leaves this moment is counted so; of all branches at once, so that they are locked in one order
    await counting.stay(uow, [one.member_id for each in readers.values() for one in each])
    leaving = uow.now if even_at_night else None
    return [await _push(uow, each, readers[each], material, leaving, proof, pages) for each in branches]


async def _branches(uow: UnitOfWork, branch_id: int, *, below: bool) -> list[int]:
    found = await branch.pushed_to(uow, branch_id)
    if not below:
        found = [each for each in found if each == branch_id]
    if not found:
        raise UserError(NO_GROUP)
    return found


async def push(
    uow: UnitOfWork,
    branch_id: int,
    material: Material,
    *,
    even_at_night: bool = False,
    proof: Proof = Proof.WORD,
    pages: Pages = NO_PAGES,
) -> Pushed:
    """Assign a material to everybody who reads in the branch and enqueue it for the groups of the branch.

    ``proof`` is what completes it. It leaves now, or at the end of the quiet hours unless ``even_at_night``. Raises
    ``UserError`` if the branch has no group.
    """
    [pushed] = await push_all(
        uow, branch_id, material, below=False, even_at_night=even_at_night, proof=proof, pages=pages
    )
    return pushed


async def _push(
    uow: UnitOfWork,
    branch_id: int,
    readers: Sequence[Reader],
    material: Material,
    leaving: datetime | None,
    proof: Proof,
    pages: Pages,
) -> Pushed:
    """To one branch; ``leaving`` None: now, or at the end of its quiet hours."""
    groups = await branch.groups_of(uow, branch_id, below=False)
    leaves_at = leaving or (await quiet_hours(uow, branch_id)).shift(uow.now)
    days = int(await branch.setting(uow, branch_id, "deadline_days"))
    least, per_hour = [await branch.setting(uow, branch_id, key) for key in ("hours_reading", "hours_minutes")]
    assignment = Assignment(
        branch_id=branch_id,
        no=await branch.next_number(uow, branch_id, "assignment"),
        material_id=material.id,
        pushed_at=leaves_at,
        due_at=views.end_of_day(leaves_at + timedelta(days=days)),
        readers=len(readers),
        halves=of_reading(material.minutes, least, int(per_hour)),
        proof=proof,
    )
    uow.session.add(assignment)
    await uow.session.flush()
    rows = [{"assignment_id": assignment.id, "member_id": reader.member_id} for reader in readers]
    await insert_ignore(uow.session, Expected, rows, ["assignment_id", "member_id"])
    await tally.of_reading(uow, assignment.id)
    content = views.push(assignment, material, pages.of_push(assignment))
    messages = [
        outbox.Outgoing(
            branch_id=branch_id,
            target=Target(group.account, "group", group.group_id, group.platform),
            content=content,
            origin=f"{ORIGIN}:{assignment.no}",
            key=f"push:{assignment.id}:group:{group.group_id}",
            prefix="学",
            not_before=leaves_at,
            expires_at=assignment.due_at,
        )
        for group in groups
    ]
    await outbox.enqueue_all(uow, messages)
    return Pushed(assignment, material, leaves_at, len(groups), len(rows))
