"""What features use to speak when nobody is waiting: the message is on disk with what caused it, or neither is."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.db import UnitOfWork, ring
from bot.core.errors import NotFound
from bot.delivery import outbox_repository as table
from bot.delivery import repository
from bot.delivery.models import OutboxRow, State, lane_of
from bot.delivery.outbox_repository import Known, Place
from bot.delivery.reference import day_prefix, reference, wire_units
from bot.delivery.transport import Target
from bot.rendering.content import Content

CHANNEL = "xueban_outbox"

listeners: set[Callable[[], None]] = set()
"""Called after the commit of anything new: the workers of this process wake themselves here."""


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent once. ``key`` is what "once" means: the same key is enqueued a single time, ever.

    ``prefix`` starts the reference (学 study, 告 notice, 催 reminder, 通 anything else). It leaves not before
    ``not_before`` and not after ``expires_at``; what could not leave by then is shown as expired.
    """

    branch_id: int | None
    target: Target
    content: Content
    origin: str
    key: str
    prefix: str = "通"
    not_before: datetime | None = None
    expires_at: datetime | None = None


async def enqueue(uow: UnitOfWork, out: Outgoing) -> str | None:
    """Put a message into the outbox; its reference (学1124-07), or None if the key is there already.

    Merged forwards and files travel as messages of their own, behind the others, with references of their own.
    """
    return (await enqueue_all(uow, [out]))[0]


async def enqueue_all(uow: UnitOfWork, outs: Sequence[Outgoing]) -> list[str | None]:
    """Put many messages into the outbox with few statements; for each what ``enqueue`` would have returned."""
    known = await table.keys_among(uow, [out.key for out in outs])
    new: dict[str, Outgoing] = {}
    for out in outs:
        if out.key not in known:
            new.setdefault(out.key, out)
    references: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    numbers = await _numbers(uow, list(new.values()))
    for out, number in zip(new.values(), numbers, strict=True):
        references[out.key] = reference(day_prefix(out.prefix, uow.now), number)
        rows += _rows(uow, out, references[out.key])
    if rows and await table.insert(uow, rows) < len(rows):  # somebody else was faster with one of the keys
        stored = await table.keys_among(uow, list(references))
        references = {key: ref for key, ref in references.items() if stored.get(key) == ref}
    await _stir(uow)
    return [references.pop(out.key, None) for out in outs]


async def first_free(uow: UnitOfWork, rows: Sequence[Sequence[str]]) -> list[str | None]:
    """Of each row of keys the first that no message has yet; None where all are taken."""
    known = await table.keys_among(uow, [key for row in rows for key in row])
    return [next((key for key in row if key not in known), None) for row in rows]


async def _numbers(uow: UnitOfWork, outs: list[Outgoing]) -> list[int]:
    """A number for each message, counted by branch, prefix and day."""
    kinds = [(out.branch_id or 0, day_prefix(out.prefix, uow.now)) for out in outs]
    wanted = Counter(kinds)
    free = {kind: await table.take_numbers(uow, *kind, wanted[kind]) - wanted[kind] for kind in sorted(wanted)}
    numbers = []
    for kind in kinds:
        free[kind] += 1
        numbers.append(free[kind])
    return numbers


def _rows(uow: UnitOfWork, out: Outgoing, ref: str) -> list[dict[str, Any]]:
    return [
        {
            "key": out.key if index == 0 else f"{out.key}#{index + 1}",
            "branch_id": out.branch_id,
            "origin": out.origin,
            "platform": out.target.platform,
            "account": out.target.account,
            "target_kind": out.target.kind,
            "target_id": out.target.id,
            "lane": lane_of(out.target),
            "reference": own,
            "content": content.model_dump_json(),
            "state": State.PENDING.value,
            "reason": "",
            "created_at": uow.now,
            "due_at": max(out.not_before or uow.now, uow.now),
            "expires_at": out.expires_at,
        }
        for index, (own, content) in enumerate(wire_units(out.content, ref))
    ]


async def _stir(uow: UnitOfWork) -> None:
    """Once this is on disk, have the workers look: ours at once, those of other processes by the database's bell."""
    uow.after_commit(_wake)
    await ring(uow, CHANNEL)


def _wake() -> None:
    for wake in tuple(listeners):
        wake()


async def origin_of(uow: UnitOfWork, platform: str, target_id: str, message_id: str) -> str | None:
    """What a platform message belongs to, e.g. ``study.assignment:7``; None if it isn't one of ours."""
    place = (platform, target_id, message_id)
    found = (await table.known_at(uow, {place})).get(place)
    return found.origin if found is not None else None


def id_in(origin: str | None, kind: str) -> int | None:
    """The id in an origin of this kind (``study.assignment:7``: 7); None in one of another kind, or in none."""
    found, _, number = (origin or "").partition(":")
    return int(number) if found == kind else None


async def known_at(uow: UnitOfWork, places: Collection[Place]) -> dict[Place, Known]:
    """Which of our messages stand at these places, given as (platform, target id, message id). Others are left out."""
    return await table.known_at(uow, places)


async def recallable(uow: UnitOfWork, origin: str) -> list[tuple[Target, str]]:
    """(where, platform message id) of everything of this origin that has arrived; not what nobody could recall."""
    return await table.recallable(uow, origin)


async def recalled(uow: UnitOfWork, target: Target, message_id: str, *, gone: bool) -> None:
    """Note that a message was recalled on the platform, or (``gone`` False) that the platform wouldn't."""
    await table.recalled(uow, lane_of(target), message_id, gone=gone)


async def fates(uow: UnitOfWork, keys: Collection[str]) -> tuple[list[tuple[Target, str]], bool]:
    """What has become of these: (where, platform message id) of those that have arrived; whether others still may."""
    rows = await table.fates(uow, keys)
    there = [(row.target, row.message_id) for row in rows if row.state == State.SENT and row.message_id is not None]
    return there, any(row.state in (State.PENDING, State.SENDING, State.UNKNOWN) for row in rows)


async def on_its_way(uow: UnitOfWork, origin: str) -> bool:
    """Whether something of this origin is being sent just now, or may have been: it can't be withdrawn any more, and
    hasn't arrived yet."""
    return await table.on_its_way(uow, origin)


async def cancel(uow: UnitOfWork, key: str) -> bool:
    """Withdraw a message that hasn't left yet; False if there is nothing left to withdraw."""
    return await table.cancel(uow, table.with_key(key)) > 0


async def cancel_of(uow: UnitOfWork, origin: str, keys: Collection[str] | None = None) -> int:
    """Withdraw everything of this origin (with one of ``keys``) that hasn't left yet; how many messages that were."""
    return await table.cancel(uow, table.of_origin(origin, keys))


async def forget_cancelled(uow: UnitOfWork, origin: str, keys: Collection[str] | None = None) -> None:
    """The withdrawal is taken back: what of this origin (with one of ``keys``) never left may be enqueued again."""
    await table.forget_cancelled(uow, table.of_origin(origin, keys))


async def files(uow: UnitOfWork) -> Sequence[str]:
    """What names the pictures and files that messages need yet."""
    return await table.files(uow)


async def waiting(uow: UnitOfWork, branch_id: int | None = None) -> int:
    """How many messages (of a branch, or all) should have left by now and haven't: due, or on their way."""
    return await table.waiting(uow, [] if branch_id is None else [table.of_branch(branch_id)])


@dataclass(frozen=True)
class Standing:
    """How the outbox stands: messages that haven't arrived by state, and how long the oldest due one has waited."""

    by_state: dict[str, int]
    oldest_due: timedelta


async def standing(uow: UnitOfWork) -> Standing:
    """Of all branches: what an operator watches."""
    counts, oldest = await table.open_counts(uow), await table.oldest_due(uow)
    return Standing(counts, max(uow.now - oldest, timedelta()) if oldest is not None else timedelta())


async def troubles(uow: UnitOfWork, branch_id: int | None, limit: int = 50) -> Sequence[OutboxRow]:
    """Messages of a branch that didn't arrive or may not have, newest first: unknown, refused, expired, undecided."""
    return await table.troubles(uow, [table.of_branch(branch_id)], limit)


async def all_troubles(uow: UnitOfWork, limit: int = 200) -> Sequence[OutboxRow]:
    """The same of every branch and of none: the operator's list."""
    return await table.troubles(uow, [], limit)


async def decide(uow: UnitOfWork, branch_id: int | None, ref: str, *, arrived: bool) -> None:
    """A person looked into the chat: the message is there, or should be sent again. Raises ``NotFound``."""
    rows = await table.troubles(uow, [table.of_branch(branch_id), table.with_reference(ref)], 1)
    if not rows or not await _settle(uow, rows[0], arrived):
        raise NotFound(f"没有等待确认的消息「{ref}」,发「消息状态」看看现在有哪些。")


async def decide_row(uow: UnitOfWork, row_id: int, *, arrived: bool) -> None:
    """The operator's ``decide``, by the number of the row. Raises ``NotFound``."""
    rows = await table.troubles(uow, [table.with_id(row_id)], 1)
    if not rows or not await _settle(uow, rows[0], arrived):
        raise NotFound(f"没有等待确认的消息 {row_id},用 xueban outbox 看看现在有哪些。")


async def _settle(uow: UnitOfWork, row: OutboxRow, arrived: bool) -> bool:
    """What a person said becomes the row's state; False where there is nothing to say: it is still being looked for,
    or it never left and so can't have arrived."""
    if row.state not in ((State.NEEDS_HUMAN,) if arrived else (State.NEEDS_HUMAN, State.REJECTED, State.EXPIRED)):
        return False
    row.state = State.SENT if arrived else State.PENDING
    row.reason = "由人确认送达" if arrived else "由人决定重发"
    if arrived:
        row.sent_at = uow.now
    else:
        row.attempts = 0
        row.expires_at = None if row.expires_at is not None and row.expires_at <= uow.now else row.expires_at
    await _stir(uow)
    return True


async def in_flight(uow: UnitOfWork) -> bool:
    """Whether any worker has messages in its hands just now."""
    return await repository.in_flight(uow)


async def came_back(uow: UnitOfWork, made_at: datetime) -> None:
    """The outbox is that of a backup from ``made_at``: whether what was to leave then has left since is unknown."""
    await repository.doubt(uow, made_at)


async def let_go(uow: UnitOfWork, before: datetime) -> int:
    """What was enqueued before then and is over goes, some of it at a time; how many messages that were."""
    return await repository.drop_old(uow, before)
