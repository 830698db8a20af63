"""Use case of 热词: what the branch's sources list now, sifted, as five candidates; what they were is remembered."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound
from bot.discussion import choice, repository, rules
from bot.discussion.choice import OFFERED, Candidate, Found
from bot.discussion.models import HotList
from bot.sources.hot.topic import Topic
from bot.subscription.models import Source, SourceItem
from bot.textmining import titles

KEPT = 60
"""Candidates that are kept for 「热词 更多」."""


@dataclass(frozen=True)
class Line:
    """A topic as a source lists it."""

    title: str
    url: str
    summary: str
    source: str
    pinned: bool
    rank: int


@dataclass(frozen=True)
class Offer:
    """A candidate that was shown, and why."""

    title: str
    url: str
    about: str
    source: str
    kind: str
    why: str


def lines_of(items: Iterable[SourceItem], sources: Sequence[Source]) -> list[Line]:
    names = {one.id: one.name for one in sources}
    return [Line(i.title, i.url, i.summary, names[i.source_id], i.pinned, i.rank) for i in items]


def lines_in(topics: Iterable[Topic], name: str) -> list[Line]:
    """Those of a file that somebody sent."""
    return [Line(one.title, one.url, one.summary, name, one.pinned, one.rank) for one in topics]


async def candidates(uow: UnitOfWork, branch_id: int, lines: Sequence[Line]) -> list[Candidate]:
    """Everything that may be offered to this branch today, in the order in which it is."""
    own = [word.word for word in await own_words(uow, branch_id)]
    discussed = await repository.titles_since(uow, branch_id, uow.now - rules.AGAIN_AFTER)
    today = branch.today(uow)
    shown = await repository.shown_before(uow, branch_id, today - rules.AGAIN_AFTER, today)
    judged = await titles.judge([line.title for line in lines], own)
    found = [
        Found(line.title, line.url, line.summary, line.source, line.pinned, line.rank, one)
        for line, one in zip(lines, judged, strict=True)
    ]
    return choice.offered(choice.pool(found, discussed), shown)


async def own_words(uow: UnitOfWork, branch_id: int, *, warn: bool = False) -> Sequence[Any]:
    """The words that the branch and those above it have added."""
    return await repository.words(uow, branch.ids_on((await branch.get(uow, branch_id)).path), warn=warn)


async def offer(uow: UnitOfWork, actor: Actor, found: Sequence[Candidate]) -> list[Offer]:
    """Remember what is shown now, the first five; all that may be shown with 「更多」."""
    offers = [_offer(one) for one in found[:KEPT]]
    await _remember(uow, actor, OFFERED, offers)
    await repository.note_shown(uow, actor.branch, [one.title for one in offers[:OFFERED]], branch.today(uow))
    return offers[:OFFERED]


async def more(uow: UnitOfWork, actor: Actor) -> tuple[int, list[Offer]]:
    """(how many were shown before, the next five). Raises ``NotFound`` if there are no more."""
    known = await _shown_lately(uow, actor)
    offers = _read(known.candidates) if known is not None else []
    shown = known.shown if known is not None else 0
    if not offers[shown:]:
        raise NotFound("没有更多候选了。也可以自己出题:讨论 您的题目")
    await _remember(uow, actor, shown + OFFERED, offers)
    return shown, offers[shown : shown + OFFERED]


async def chosen(uow: UnitOfWork, actor: Actor, position: int) -> Offer | None:
    """The candidate at this place (from 1) of what this person, or else somebody of the branch, was shown lately;
    None if there is none."""
    known = await _shown_lately(uow, actor)
    if known is None or not 1 <= position <= known.shown:
        return None
    offers = _read(known.candidates)
    return offers[position - 1] if position <= len(offers) else None


async def forget(uow: UnitOfWork, actor: Actor) -> None:
    """A choice was made: numbers mean discussions again."""
    await repository.drop_hot_lists(uow, actor.branch)


async def _shown_lately(uow: UnitOfWork, actor: Actor) -> HotList | None:
    since = uow.now - rules.LIST_FOR
    return await repository.hot_list(uow, actor.branch, actor.platform, actor.user_id, since)


async def _remember(uow: UnitOfWork, actor: Actor, shown: int, offers: Sequence[Offer]) -> None:
    stored = json.dumps([asdict(one) for one in offers], ensure_ascii=False)
    await repository.put_hot_list(uow, actor.branch, actor.platform, actor.user_id, shown, stored)


def _read(stored: str) -> list[Offer]:
    return [Offer(**row) for row in json.loads(stored)]


def _offer(one: Candidate) -> Offer:
    kind = titles.kind(one.kind)
    reason = choice.why(one, kind.name if kind is not None else "")
    return Offer(one.title, one.url, one.summary, "、".join(one.sources[:3]), one.kind, reason)
