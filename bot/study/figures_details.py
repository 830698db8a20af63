"""Every completion that was expected, one after the other: what the figures of study add up, for a table to hand on."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.core.db import UnitOfWork
from bot.study import figures_repository as repository
from bot.study.figures_repository import Details, Reading, Window
from bot.study.models import Method
from bot.study.rules import PROOFS

AT_ONCE = 500
"""Expectations that one query asks about, and those of one reading more."""

_METHODS: Mapping[str, str] = {
    Method.PHRASE: "群里打卡",
    Method.REPLY: "回复打卡",
    Method.REACTION: "表情",
    Method.PRIVATE: "私聊打卡",
    Method.HISTORY: "群里打卡(补录)",
    Method.MANUAL: "补登",
    Method.CODE: "阅读页验证码",
    Method.LINK: "阅读页链接",
    Method.QUIZ: "答题",
    Method.REFLECTION: "心得",
    Method.ATTENDANCE: "到会",
}


class Detail(NamedTuple):
    """One member and one reading. ``state`` is 完成, 补学, 自愿完成, 未完成, 未到期, 免学 or 请假."""

    reading: Reading
    branch: str
    name: str
    state: str
    at: datetime | None
    method: str
    proof: str


async def details(uow: UnitOfWork, path: str, first: datetime, last: datetime) -> AsyncIterator[Iterator[Detail]]:
    """Batches of them: of the readings of the branch at ``path`` and those below, oldest first."""
    for some in _batches(await repository.pushed(uow, Window(path, first, last))):
        yield _details(await repository.details(uow, some), uow.now)


async def details_of(uow: UnitOfWork, member_id: int, first: datetime, last: datetime) -> list[Detail]:
    """Of what this member was to read or did, of any branch, oldest first."""
    ids = await repository.pushed_for(uow, member_id, first, last)
    found = await repository.details(uow, ids, member_id)
    return sorted(_details(found, uow.now), key=lambda one: one.reading.pushed_at)


def _batches(readings: Sequence[tuple[int, int]]) -> Iterator[Sequence[int]]:
    """Some readings at a time, of which these many are expected to read each."""
    batch: list[int] = []
    size = 0
    for one, readers in readings:
        batch.append(one)
        size += 1 + readers
        if size >= AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _details(found: Details, now: datetime) -> Iterator[Detail]:
    for one, name, branch, state, at, late, method, proof in found.rows:
        reading = found.readings[one]
        if at is None:
            said = state or ("未到期" if reading.due_at > now else "未完成")
            yield Detail(reading, branch, name, said, None, "", "")
        else:
            said = "自愿完成" if state else "补学" if late else "完成"
            yield Detail(reading, branch, name, said, at, _METHODS[method], PROOFS[proof])
