"""Receipts: 「收到」 as people say it. Those that arrive together are recorded together, in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.notice import repository
from bot.notice.models import Method
from bot.notice.rules import Open

ORIGIN = "notice.notice"


@dataclass(frozen=True)
class Confirmation:
    """「收到」: for notice ``no`` of the speaker's branch, for the message that ``reply_to`` answers, or for neither.

    A ``plain`` word («好的», «1») is taken only where it can mean nothing else, and asks nothing back.
    """

    actor: Actor
    method: Method
    no: int | None = None
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
    ``UserError`` that its sender should read, for a number that isn't theirs to confirm."""
    members = {each.actor.member_id for each in said if each.actor.member_id is not None}
    still_open = await repository.open_for(uow, members)
    pointed = await _pointed(uow, said)
    named = {notice for notice in pointed if notice is not None}
    known = {(one.id, one.member_id): one for one in await repository.answered(uow, named, members)} if named else {}
    receipts: list[Receipt | Exception] = []
    for each, notice_id in zip(said, pointed, strict=True):
        member = each.actor.member_id or 0
        mine = [one for one in still_open if one.member_id == member]
        if notice_id is not None:
            found = known.get((notice_id, member))
            receipts.append(Confirmed(found, True) if found is not None else Nothing())
        elif each.no is not None:
            here = [one for one in mine if one.no == each.no]
            missing = UserError(f"没有等您确认的公告 {each.no}。")
            receipts.append(Confirmed(here[0], True) if len(here) == 1 else missing)
        elif each.reply_to is not None or not mine or (each.plain and len(mine) > 1):
            receipts.append(Nothing())
        else:
            receipts.append(Confirmed(mine[0], True) if len(mine) == 1 else SeveralOpen(tuple(mine)))
    return await _record(uow, said, receipts)


async def _pointed(uow: UnitOfWork, said: Sequence[Confirmation]) -> list[int | None]:
    """The id of the notice that each answers; None where it answers none of ours."""
    places = [(each.actor.platform, each.actor.group_id or each.actor.user_id, each.reply_to or "") for each in said]
    asked = {place for place, each in zip(places, said, strict=True) if each.reply_to is not None}
    origins = await outbox.origins_of(uow, asked) if asked else {}
    found = []
    for place in places:
        kind, _, number = origins.get(place, "").partition(":")
        found.append(int(number) if kind == ORIGIN else None)
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
    for i, receipt in enumerate(receipts):
        if isinstance(receipt, Confirmed):
            key = (receipt.notice.id, receipt.notice.member_id)
            if key not in new:
                receipts[i] = Confirmed(receipt.notice, False)
            new.discard(key)
    return receipts
