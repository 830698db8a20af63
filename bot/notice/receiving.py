"""Receipts: 「收到」 as people say it. Those that arrive together are recorded together, in one commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.notice import repository
from bot.notice.models import Method, Scope
from bot.notice.rules import Open

ORIGIN = "notice.notice"
"""What the messages of notices are of, with the id of theirs behind it."""


REMINDERS = 3
"""Reminders a day at most that a branch may allow."""


def origin_of(notice_id: int) -> str:
    return f"{ORIGIN}:{notice_id}"


@dataclass(frozen=True)
class Confirmation:
    """「收到」: for notice ``no``, for the id ``chosen`` from a list, what the message ``reply_to`` is of, or just so.

    A ``plain`` word («好的», «1») is taken only where it can mean nothing else, and asks nothing back.
    """

    actor: Actor
    method: Method
    no: int | None = None
    chosen: int | None = None
    reply_to: str | None = None
    plain: bool = False


@dataclass(frozen=True)
class Confirmed:
    """It is recorded. ``first`` is False if it had been before."""

    notice: Open
    first: bool


@dataclass(frozen=True)
class SeveralOpen:
    """More than one notice is open: which one was meant must be asked."""

    notices: tuple[Open, ...]


@dataclass(frozen=True)
class Nothing:
    """Nothing that could be meant."""


Receipt = Confirmed | SeveralOpen | Nothing


async def confirm_all(uow: UnitOfWork, said: Sequence[Confirmation]) -> list[Receipt | Exception]:
    """Record what these confirm, each notice once a member and version. In the place of a receipt stands the
    ``UserError`` that its sender should read, for what isn't theirs to confirm or is over."""
    members = {each.actor.member_id for each in said if each.actor.member_id is not None}
    pointed = await _pointed(uow, said)
    ids = {notice for notice in pointed if notice is not None}
    numbers = {each.no for each in said if each.no is not None}
    known = await repository.expected_of(uow, members, ids, numbers)
    receipts: list[Receipt | Exception] = []
    for each, notice_id in zip(said, pointed, strict=True):
        mine = [one for one in known if one.member_id == each.actor.member_id]
        receipts.append(_meant(each, notice_id, mine))
    return await _record(uow, said, receipts)


def _meant(each: Confirmation, notice_id: int | None, mine: Sequence[Open]) -> Receipt | Exception:
    """What one says, of the notices that they are to confirm (or were)."""
    if notice_id is not None:
        found = [one for one in mine if one.id == notice_id]
        over = found and found[0].over and each.method is not Method.REACTION
        return _over(found[0]) if over else Confirmed(found[0], True) if found and not found[0].over else Nothing()
    if each.reply_to is not None:
        return Nothing()
    still = [one for one in mine if not one.over and not one.confirmed]
    if each.no is not None:
        named = [one for one in mine if one.no == each.no]
        still = [one for one in still if one in named] or [one for one in named if not one.over]
        if not still:
            return _over(named[0]) if named else UserError(f"没有等您确认的公告 {each.no}。发「我的」看自己的记录。")
    elif each.actor.group_id is not None:  # what was told to a few people privately isn't talked of in a group
        still = [one for one in still if one.scope is not Scope.PEOPLE]
    if not still or (each.plain and len(still) > 1):
        return Nothing()
    return Confirmed(still[0], True) if len(still) == 1 else SeveralOpen(tuple(still))


def _over(one: Open) -> UserError:
    return UserError(f"公告 {one.no} {one.over},不用回执了。")


async def _pointed(uow: UnitOfWork, said: Sequence[Confirmation]) -> list[int | None]:
    """The id of the notice that each answers or has chosen; None where it is none of ours."""
    places = [(each.actor.platform, each.actor.group_id or each.actor.user_id, each.reply_to or "") for each in said]
    asked = {place for place, each in zip(places, said, strict=True) if each.reply_to is not None}
    origins = await outbox.origins_of(uow, asked) if asked else {}
    found = []
    for place, each in zip(places, said, strict=True):
        kind, _, number = origins.get(place, "").partition(":")
        found.append(each.chosen if each.chosen is not None else int(number) if kind == ORIGIN else None)
    return found


async def _record(
    uow: UnitOfWork, said: Sequence[Confirmation], receipts: list[Receipt | Exception]
) -> list[Receipt | Exception]:
    rows: dict[tuple[int, int], dict[str, object]] = {}
    for each, receipt in zip(said, receipts, strict=True):
        if isinstance(receipt, Confirmed):
            one = receipt.notice
            row = {"notice_id": one.id, "version": one.version, "member_id": one.member_id}
            rows.setdefault((one.id, one.member_id), row | {"at": uow.now, "method": each.method.value})
    new = await repository.confirm(uow, list(rows.values())) if rows else set()
    await _remind_no_more(uow, new)
    for i, receipt in enumerate(receipts):
        if isinstance(receipt, Confirmed):
            key = (receipt.notice.id, receipt.notice.member_id)
            if key not in new:
                receipts[i] = Confirmed(receipt.notice, False)
            new.discard(key)
    return receipts


async def _remind_no_more(uow: UnitOfWork, confirmed: Collection[tuple[int, int]]) -> None:
    """What waits for the morning to remind those who have confirmed meanwhile needn't leave."""
    today = branch.today(uow)
    for notice_id in {notice for notice, _ in confirmed}:
        members = [member for notice, member in confirmed if notice == notice_id]
        keys = [key for day in (today, today + timedelta(days=1)) for m in members for key in reminder_keys(m, day)]
        await outbox.cancel_of(uow, origin_of(notice_id), keys)


def reminder_keys(member_id: int, day: date) -> list[str]:
    """What makes the first, the second … reminder of a member on a day one, whatever the notice."""
    return [f"notice-remind:{member_id}:{day:%Y%m%d}:{nth}" for nth in range(1, REMINDERS + 1)]
