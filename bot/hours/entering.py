"""Use cases of hours that a leader enters by hand: for what, on which day, with a reason; numbered, on record,
undoable, and corrected later with a reason too."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.branch import audit, undo
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member
from bot.branch.roster import REASON_LENGTH, subject
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.hours import booking, repository
from bot.hours.booking import For
from bot.hours.models import HourEntry, Source

NUMBERS = "hours"
EXAMPLE = "补登 王五 周三集中学习 2学时 手机坏了"
_TRAINING = re.compile(r"培训|轮训|党校|研修|研讨班|网络学院")


@dataclass(frozen=True)
class Entered:
    """``no`` is the number by which it is corrected."""

    no: int
    what: For
    halves: int


async def enter(
    uow: UnitOfWork, actor: Actor, members: Sequence[Member], day: date, halves: int, what: str, reason: str
) -> Entered:
    """Book so many half hours for each of these people. Raises ``UserError``."""
    what, reason = " ".join(what.split()), " ".join(reason.split())
    if not what or not reason:
        raise UserError(f"请写明是什么学习、为什么补登,比如:{EXAMPLE}")
    if len(what) > booking.NOTE or len(reason) > REASON_LENGTH:
        raise UserError(f"事项和原因请各写在 {REASON_LENGTH} 字以内。")
    today = branch.today(uow)
    if day > today:
        raise UserError("还没到那一天,不能补登。")
    if day.year < today.year - 1:
        raise UserError("只补登今年和去年的学时。")
    no = await branch.next_number(uow, actor.branch, NUMBERS)  # first: whoever enters the same at once waits here
    for member in members:
        for one in await repository.entries(uow, [member.id], day, day):
            if one.note == what:
                raise UserError(f"{member.name}{day.month}月{day.day}日的「{what[:20]}」已经登记过了,没有再登。")
    source = Source.TRAINING if _TRAINING.search(what) else Source.MANUAL
    booked = For(actor.branch, source, _origin(actor.branch, no), day, what)
    await booking.settle(uow, booked, {member.id: halves for member in members})
    for member in members:
        await audit.record(uow, actor, "hours.enter", subject(member), reason, {"no": no, "halves": halves})
    said = f"补登 {no}({'、'.join(member.name for member in members)} {what})"
    payload = {"branch": actor.branch, "no": no}
    await undo.remember(uow, actor, "hours.enter", payload, said)
    return Entered(no, booked, halves)


async def take_out(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``enter``. Raises ``UserError`` if there is nothing left to undo."""
    origin = _origin(int(payload["branch"]), int(payload["no"]))
    rows = await repository.by_origin(uow, origin)
    if not rows:
        raise UserError("这条补登已经不在了。")
    await booking.withdraw(uow, origin)
    for row in rows:
        await audit.record(uow, actor, "hours.undone", f"member:{row.member_id}", detail={"no": payload["no"]})


async def strike(uow: UnitOfWork, actor: Actor, no: int, reason: str) -> Sequence[HourEntry]:
    """Take what was entered under ``no`` out again, with a reason; what it was. Raises ``NotFound``, ``UserError``."""
    origin = _origin(actor.branch, no)
    rows = await repository.by_origin(uow, origin)
    if not rows:
        raise NotFound(f"没有补登 {no}。发「姓名的学时」看登记过哪些。")
    if not reason.strip():
        raise UserError(f"请写上原因,比如:更正 补登 {no} 登错人了")
    await booking.withdraw(uow, origin)
    for row in rows:
        detail = {"no": no, "halves": row.halves}
        await audit.record(uow, actor, "hours.strike", f"member:{row.member_id}", reason.strip(), detail)
    first = rows[0]
    payload = {
        "branch": first.branch_id,
        "source": first.source,
        "origin": origin,
        "day": first.day.isoformat(),
        "note": first.note,
        "halves": {str(row.member_id): row.halves for row in rows},
    }
    await undo.remember(uow, actor, "hours.strike", payload, f"更正补登 {no}")
    return rows


async def put_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo ``strike``."""
    what = For(
        int(payload["branch"]),
        Source(payload["source"]),
        str(payload["origin"]),
        date.fromisoformat(payload["day"]),
        str(payload["note"]),
    )
    halves: Mapping[str, int] = payload["halves"]
    await booking.settle(uow, what, {int(member): count for member, count in halves.items()})
    for member in halves:
        await audit.record(uow, actor, "hours.strike_undone", f"member:{member}", branch_id=what.branch_id)


def number_of(origin: str) -> int | None:
    """The number under which an entry was made by hand; None for what a feature has booked."""
    kind, _, number = origin.partition(":")
    return int(number.rpartition(":")[2]) if kind == "manual" else None


def _origin(branch_id: int, no: int) -> str:
    return f"manual:{branch_id}:{no}"
