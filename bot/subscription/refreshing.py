"""Asking sources again, at most hourly, and saying so when one is dead, changed its shape or has nothing new."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha1
from pathlib import Path

from bot.branch.telling import tell_editors
from bot.core.db import Database, UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.words import say_day
from bot.sources.fetcher import Fetcher
from bot.sources.hot import reading
from bot.sources.hot.json_list import Shape
from bot.sources.hot.reading import AT_MOST_EVERY, Kind, Known, Reading, Spec
from bot.sources.hot.topic import Topic
from bot.subscription import repository, rules
from bot.subscription.models import Source, SourceItem

ORIGIN = "discussion.source"
KEPT_FOR = timedelta(days=60)
AT_ONCE = 8
"""Sources asked at the same time: those of all branches may be due at once, and an answer stays in memory until it is
read."""


def spec_of(source: Source) -> Spec:
    return Spec(Kind(source.kind), source.address, Shape(**json.loads(source.shape)))


async def refresh(database: Database, fetcher: Fetcher, folder: Path, sources: Iterable[Source]) -> None:
    """Ask those of these sources that may be asked, some at a time, and keep what they say or what is the matter. Never
    raises for a source; the web is asked outside of any transaction."""
    before, slots = database.clock.now() - AT_MOST_EVERY, asyncio.Semaphore(AT_ONCE)

    async def ask(one: Source) -> None:
        async with slots:
            await _ask(database, fetcher, folder, one)

    await asyncio.gather(*(ask(one) for one in sources if one.asked_at is None or one.asked_at <= before))


async def _ask(database: Database, fetcher: Fetcher, folder: Path, source: Source) -> None:
    async with database.unit_of_work() as uow:
        if not await repository.claim(uow, source.id, uow.now - AT_MOST_EVERY):
            return  # somebody else is asking it
    try:
        answer = await reading.read(spec_of(source), fetcher, folder, Known(source.etag, source.modified))
    except UserError as error:
        async with database.unit_of_work() as uow:
            await fail(uow, source.id, str(error))
    else:
        async with database.unit_of_work() as uow:
            found = await repository.get(uow, source.id)
            if found is not None:
                await store(uow, found, answer)


async def store(uow: UnitOfWork, source: Source, answer: Reading) -> int:
    """Keep a readable answer; how many lines are new. One that has had nothing new for long is reported."""
    new, first = 0, source.answered_at is None
    if answer.topics is not None:
        new = await _keep(uow, source, answer.topics)
        await repository.forget(uow, source.id, uow.now - KEPT_FOR)
        source.answered_at = uow.now
    source.asked_at, source.failures, source.trouble = uow.now, 0, ""
    source.etag, source.modified = answer.known.etag[:400], answer.known.modified[:80]
    if new and answer.topics is not None:
        newest = rules.newest(answer.topics, uow.now)
        source.new_at = newest if source.new_at is None else max(newest, source.new_at)
    if source.new_at is not None and rules.is_stale(source.kind, source.new_at, uow.now):
        source.trouble = f"有回应,但{say_day(source.new_at, uow.now)}以后没有新内容"
        if not first:  # who subscribes to it reads it at once
            await _report(uow, source)
    return new


async def fail(uow: UnitOfWork, source_id: int, message: str) -> None:
    """Note that a source could not be read; after some failures in a row it is reported."""
    source = await repository.get(uow, source_id)
    if source is None:
        return
    source.asked_at, source.failures, source.trouble = uow.now, source.failures + 1, rules.what_happened(message)
    if source.failures >= rules.REPORTED_AFTER:
        await _report(uow, source)


async def _report(uow: UnitOfWork, source: Source) -> None:
    """Once for each stretch of trouble: what begins is known by when something was new last."""
    since = (source.new_at or source.created_at).isoformat()
    text = f"来源 {source.no}「{source.name}」{source.trouble}\n不用了发「退订 {source.no}」。"
    await tell_editors(uow, source.branch_id, text, f"source:{source.id}:{since}", ORIGIN)


async def _keep(uow: UnitOfWork, source: Source, topics: Sequence[Topic]) -> int:
    keyed = {sha1(one.title.encode(), usedforsecurity=False).hexdigest(): one for one in topics}
    known = await repository.known_keys(uow, source.id, list(keyed))
    rows = [
        {
            "source_id": source.id,
            "key": key,
            "title": one.title,
            "url": one.url,
            "summary": one.summary,
            "pinned": one.pinned,
            "rank": rank,
            "published": one.published,
            "first_at": uow.now,
            "listed_at": uow.now,
        }
        for rank, (key, one) in enumerate(keyed.items())
    ]
    for start in range(0, len(rows), 200):
        await repository.put_items(uow, rows[start : start + 200])
    return len(keyed) - len(known)


async def due(uow: UnitOfWork) -> Sequence[Source]:
    """The sources that nobody has asked for an hour."""
    return await repository.to_ask(uow, uow.now - AT_MOST_EVERY)


async def listed(uow: UnitOfWork, sources: Sequence[Source]) -> Sequence[SourceItem]:
    """What these sources list now; one that has failed for long lists nothing any more."""
    alive = [one for one in sources if not rules.is_gone(one.failures, one.answered_at, uow.now)]
    return await repository.items_of(uow, alive) if alive else []
