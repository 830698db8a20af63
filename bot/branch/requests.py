"""What only a leader may decide: numbered, told to them privately, done on 「同意 N」 and dropped on 「不同意 N」.

A feature asks with ``ask`` and declares beside its commands what a decision does (``CommandSet.decision``).
"""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.branch import audit, rights, telling
from bot.branch import request_repository as repository
from bot.branch import service as branch
from bot.branch.actor import LEADERS, Actor
from bot.branch.models import Request, Role
from bot.branch.rules import roles_in
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound, UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.rendering.content import Content, Mention

ORIGIN = "branch.request"
REASON_LENGTH = 200


class State(StrEnum):
    OPEN = "open"
    VOID = "void"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What the leader reads and what the asker is told (None: nothing)."""

    leader: str
    asker: str | None = None


Decision = Callable[[UnitOfWork, Actor, Request, bool], Awaitable[Outcome]]
"""Does (or with False drops) what was asked; the actor is the leader. Raises ``UserError`` if it can't be done now."""


@dataclass(frozen=True)
class Asked:
    """A request on its way. ``told`` are the names of those who were told; empty if nobody can be reached."""

    no: int
    told: list[str]


def _stored(payload: Mapping[str, object]) -> str:
    return json.dumps(dict(payload), ensure_ascii=False, sort_keys=True)


def payload_of(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.payload)
    return found


async def ask(
    uow: UnitOfWork,
    actor: Actor,
    branch_id: int,
    kind: str,
    payload: Mapping[str, object],
    said: str,
    *,
    superusers: frozenset[str] = frozenset(),
    but: int | None = None,
    roles: frozenset[Role] = LEADERS,
    shown: Content | None = None,
    no: int | None = None,
) -> Asked:
    """Put a question to the leaders of the branch, or to those who hold one of ``roles``. ``said`` is one sentence
    without its full stop, ``shown`` what it is about, to be looked at, ``no`` the number by which people know that
    already (公告 3 is decided by 「同意 3」); without one it gets a number of its own.

    Asking the same again keeps the number and tells nobody twice. ``but`` is a member who shouldn't decide it alone:
    without others in the branch those above it are asked, and without any the superusers.
    """
    stored = _stored(payload)
    request = await repository.same_open(uow, kind, actor.platform, actor.user_id, stored)
    if request is None:
        request = Request(
            branch_id=branch_id,
            no=no if no is not None else await branch.next_number(uow, branch_id, "request"),
            kind=kind,
            payload=stored,
            said=said[:200],
            platform=actor.platform,
            account=actor.account,
            user_id=actor.user_id,
            group_id=actor.group_id or "",
            display_name=actor.display_name[:80],
            roles="" if roles == LEADERS else " ".join(sorted(roles)),
            state=State.OPEN.value,
            created_at=uow.now,
        )
        uow.session.add(request)
        await uow.session.flush()
        await audit.record(uow, actor, f"request.{kind}", f"request:{request.id}", branch_id=branch_id)
    line = f"{request.said}。\n回复「同意 {request.no}」或「不同意 {request.no} 理由」。"
    key, origin = f"request:{request.id}", f"{ORIGIN}:{request.id}"
    put = Content.of(line) if shown is None else shown + Content.of(line)
    told = await telling.tell_leaders(
        uow, branch_id, put, key, origin, via=actor.account, superusers=superusers, but=but, roles=roles
    )
    return Asked(request.no, told)


def asker_of(request: Request) -> Actor:
    """Whoever asked, to ask something further in their name."""
    return Actor(
        request.platform, request.account, request.user_id, request.display_name, request.group_id or None,
        request.branch_id,
    )  # fmt: skip


async def hold(uow: UnitOfWork, kinds: Collection[str], payload: Mapping[str, object]) -> None:
    """Nobody else decides meanwhile what was asked with a payload that begins so. To be called before what is asked
    about is locked: ``decide`` comes by the request, and two who come from both ends would wait for each other."""
    await repository.hold(uow, kinds, f"{_stored(payload)[:-1]},")


async def drop(uow: UnitOfWork, kinds: Collection[str], payload: Mapping[str, object]) -> None:
    """What was asked no longer matters: nobody decides it any more."""
    for request in await repository.open_with(uow, kinds, _stored(payload)):
        request.state = State.VOID.value


async def reopen(uow: UnitOfWork, request: Request) -> None:
    """A decision is taken back: it is to be decided once more, and the asker is told so."""
    request.state, request.decided_at, request.decided_by, request.reason = State.OPEN.value, None, "", ""
    await _tell_asker(uow, request, "刚才的决定撤销了,要再等一等。")


async def replied_to(uow: UnitOfWork, actor: Actor, message_id: str | None) -> Request | None:
    """The request that a message of ours put to somebody; None if it is no such message."""
    if message_id is None:
        return None
    origin = await outbox.origin_of(uow, actor.platform, actor.group_id or actor.user_id, message_id)
    found = outbox.id_in(origin, ORIGIN)
    return await uow.session.get(Request, found) if found is not None else None


async def open_for(uow: UnitOfWork, actor: Actor, no: int | None = None) -> list[Request]:
    """The open requests that ``actor`` may decide, those of the branch where they speak first; several may have one
    number. Raises ``NotFound``, and ``NotAllowed`` for a number of theirs that others decide."""
    grants = await rights.held(uow, actor)
    below = await repository.open_below(uow, [grant.path for grant in grants], no)
    found = [request for request, path in below if _theirs(request) & roles_in(grants, path)]
    if not found:
        if no is not None and below:
            raise NotAllowed(f"{no} 号由{'、'.join(sorted(_theirs(below[0][0])))}来决定。")
        if no is None:
            raise NotFound("现在没有等您决定的事。")
        raise NotFound(f"没有等您决定的 {no} 号,可能已经处理过了。发「同意」看还有哪些。")
    here = [request for request in found if request.branch_id == actor.branch_id]
    return here if here and no is not None else here + [request for request in found if request not in here]


def _theirs(request: Request) -> frozenset[Role]:
    return frozenset(map(Role, request.roles.split())) or LEADERS


async def decide(
    uow: UnitOfWork, actor: Actor, request: Request, decision: Decision, *, agree: bool, reason: str = ""
) -> str:
    """Decide a request and have the asker told; the line for the leader. Raises ``UserError``, ``NotFound`` where
    somebody else was first."""
    if len(reason) > REASON_LENGTH:
        raise UserError(f"理由请写在 {REASON_LENGTH} 字以内。")
    await repository.lock(uow, request)
    if request.state != State.OPEN:
        raise NotFound(f"{request.no} 号刚刚有人处理过了。发「同意」看还有哪些。")
    request.decided_at, request.decided_by, request.reason = uow.now, actor.reference, reason
    outcome = await decision(uow, actor, request, agree)
    request.state = (State.AGREED if agree else State.REFUSED).value
    await audit.record(
        uow, actor, f"request.{request.state}", f"request:{request.id}", reason, branch_id=request.branch_id
    )
    if outcome.asker is not None:
        await _tell_asker(uow, request, outcome.asker)
    return outcome.leader


async def _tell_asker(uow: UnitOfWork, request: Request, line: str) -> None:
    """Where they asked: many who ask are no friends of the bot yet. A reason is told in private only."""
    if not request.group_id:
        if request.reason:
            line = f"{line}\n理由:{request.reason}"
        target, content = Target(request.account, "private", request.user_id, request.platform), Content.of(line)
    else:
        target = Target(request.account, "group", request.group_id, request.platform)
        content = Content.of(Mention(user_id=request.user_id, name=request.display_name), line)
    await telling.tell(
        uow,
        request.branch_id,
        target,
        content,
        f"request:{request.id}:{uow.now:%Y%m%d%H%M%S%f}",
        f"{ORIGIN}:{request.id}",
    )
