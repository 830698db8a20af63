"""Every completion that was expected, one after the other: what the figures of study add up, for a table to hand on."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.db import UnitOfWork
from bot.study import figures_repository as repository
from bot.study.figures_repository import Window
from bot.study.models import Assignment, Method, Proof
from bot.study.rules import PROOFS

AT_ONCE = 500
"""Expectations that one query asks about, and those of one reading more."""

_METHODS = {
    Method.PHRASE: "群里打卡",
    Method.REPLY: "回复打卡",
    Method.REACTION: "表情",
    Method.PRIVATE: "私聊打卡",
    Method.MANUAL: "补登",
    Method.CODE: "阅读页验证码",
    Method.LINK: "阅读页链接",
    Method.QUIZ: "答题",
    Method.REFLECTION: "心得",
    Method.ATTENDANCE: "到会",
}


@dataclass(frozen=True)
class Detail:
    """One member and one reading. ``state`` is 完成, 补学, 自愿完成, 未完成, 未到期, 免学 or 请假."""

    no: int
    title: str
    pushed_at: datetime
    due_at: datetime
    branch: str
    name: str
    state: str
    at: datetime | None
    method: str
    proof: str


async def details(
    uow: UnitOfWork, path: str, first: datetime, last: datetime, members: Collection[int] | None = None
) -> AsyncIterator[Iterator[Detail]]:
    """Batches of them: of the readings of the branch at ``path`` and those below, oldest first."""
    readings = await repository.titles(uow, Window(path, first, last))
    for some in _batches(readings, 1 if members is None else 0):
        rows = await repository.details(uow, [one.id for one, _ in some], members)
        yield _details(rows, {one.id: (one, title) for one, title in some}, uow.now)


def _batches(readings: Sequence[tuple[Assignment, str]], each: int) -> Iterator[Sequence[tuple[Assignment, str]]]:
    """Some readings at a time; ``each`` 0 where only a few people are asked about."""
    batch: list[tuple[Assignment, str]] = []
    size = 0
    for one in readings:
        batch.append(one)
        size += 1 + one[0].readers * each
        if size >= AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _details(
    rows: Sequence[repository.DetailRow], readings: Mapping[int, tuple[Assignment, str]], now: datetime
) -> Iterator[Detail]:
    for one, name, branch, exempt, counts, at, late, method, proof in rows:
        reading, title = readings[one]
        if at is not None:
            state = "自愿完成" if not counts else "补学" if late else "完成"
        elif not counts:
            state = "免学" if exempt else "请假"
        else:
            state = "未到期" if reading.due_at > now else "未完成"
        yield Detail(
            reading.no,
            title,
            reading.pushed_at,
            reading.due_at,
            branch,
            name,
            state,
            at,
            _METHODS[Method(method)] if method else "",
            PROOFS[Proof(proof)] if proof else "",
        )
