"""Receipts: 「收到」 as people say it. Those that arrive together are recorded together, in one commit."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.delivery import outbox
from bot.notice import repository, totals
from bot.notice.models import Method, Notice, Scope
from bot.notice.rules import Open

ORIGIN = "notice.notice"
"""What the messages of notices are of, with the id of theirs behind it."""


REMINDERS = 3
"""Reminders a day at most that a branch may allow."""


_SHOWN = re.compile(r"notice(?:-again)?:\d+:(\d+):")


def origin_of(notice_id: int) -> str:
    return f"{ORIGIN}:{notice_id}"


def key_of(notice: Notice, chat: str) -> str:
    """What makes the message of this version to a chat one."""
    return f"notice:{notice.id}:{notice.version}:{chat}"


def key_again(notice: Notice, member_id: int) -> str:
    """What makes the word on this version one, to somebody who had confirmed the one before."""
    return f"notice-again:{notice.id}:{notice.version}:{member_id}"


class Pointed(NamedTuple):
    """A notice that somebody answers or has chosen; ``version`` is what the message that they answer shows, if that
    shows one."""

    id: int
    version: int | None = None


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
    ids = {one.id for one in pointed if one is not None}
    numbers = {each.no for each in said if each.no is not None}
    known = await repository.expected_of(uow, members, ids, numbers)
    receipts: list[Receipt | Exception] = []
    for each, at in zip(said, pointed, strict=True):
        mine = [one for one in known if one.member_id == each.actor.member_id]
        receipts.append(_meant(each, at, mine))
    return await _record(uow, said, receipts)


def _meant(each: Confirmation, pointed: Pointed | None, mine: Sequence[Open]) -> Receipt | Exception:
    """What one says, of the notices that they are to confirm (or were)."""
    if pointed is not None:
        return _answered(each, pointed, [one for one in mine if one.id == pointed.id])
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


def _answered(each: Confirmation, pointed: Pointed, found: Sequence[Open]) -> Receipt | Exception:
    """What an answer to a message of a notice means. An emoji on what isn't to be confirmed any more gets no words."""
    if not found:
        return Nothing()
    one, silent = found[0], each.method is Method.REACTION
    if one.over:
        return Nothing() if silent else _over(one)
    if not one.confirmed and pointed.version is not None and pointed.version < one.version:
        told = (
            f"公告 {one.no} 改过了,您回的是第 {pointed.version} 版。请看第 {one.version} 版,看到了发「收到 {one.no}」。"
        )
        return Nothing() if silent else UserError(told)
    return Confirmed(one, True)


def _over(one: Open) -> UserError:
    return UserError(f"公告 {one.no} {one.over},不用回执了。")


async def _pointed(uow: UnitOfWork, said: Sequence[Confirmation]) -> list[Pointed | None]:
    """The notice that each answers or has chosen; None where it is none of ours."""
    places = [(each.actor.platform, each.actor.group_id or each.actor.user_id, each.reply_to or "") for each in said]
    asked = {place for place, each in zip(places, said, strict=True) if each.reply_to is not None}
    known = await outbox.known_at(uow, asked) if asked else {}
    found: list[Pointed | None] = []
    for place, each in zip(places, said, strict=True):
        if each.chosen is not None:
            found.append(Pointed(each.chosen))
            continue
        one = known.get(place)
        if one is None or (notice_id := outbox.id_in(one.origin, ORIGIN)) is None:
            found.append(None)
            continue
        shown = _SHOWN.match(one.key)
        found.append(Pointed(notice_id, int(shown[1]) if shown else None))
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
    await totals.of_receipts(uow, new)
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
