"""What figures cost over a million completions, on both databases: ``python -m benchmarks.figures``

A 党委 with 500 branches of 20 members and 106 readings each. Beside every question stands, in the same run, the bare
indexed query that it can't do without: the whole should cost a small multiple of it, and nothing that grows with the
table. While something is asked, a heartbeat on the event loop notes how long it was kept waiting.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import and_, func, insert, literal, select, text

from benchmarks.bot_process import memory
from bot.assessment import scoring
from bot.branch import counting
from bot.branch.models import Branch, BranchKind, Leave, Member
from bot.core.clock import CHINA, SystemClock
from bot.core.db import Base, Database, UnitOfWork
from bot.core.memory import look_at_new_only
from bot.core.migrate import load_models, upgrade
from bot.hours.models import HourEntry, Source
from bot.notice.models import Notice, NoticeExpected, State
from bot.rendering import cards
from bot.scheduling.reporting import Span
from bot.stats import exporting, people, report, views
from bot.stats.asking import Stretch, bounds, stretch
from bot.stats.overview import overview
from bot.study import completion, repository, tally_repository
from bot.study.models import Assignment, Completion, Expected, Material
from tests.postgres import server

BRANCHES, MEMBERS, READINGS, NOTICES, BOOKED = 500, 20, 106, 5, 10
LAST = 30
"""Readings of each branch that a roll-up covers: one is pushed every day."""
EXPORTED = 10
"""Days of all branches that are exported: 500 × 20 × 10 rows."""


def people_of(branch: int) -> range:
    """The members of a branch have ids in one block. The 党委 is branch 1, the others follow."""
    return range((branch - 2) * MEMBERS + 1, (branch - 1) * MEMBERS + 1)


def in_time(branch: int, no: int) -> int:
    """The id of the reading or notice ``no`` of a branch: all branches had their first before any had a second."""
    return (no - 1) * BRANCHES + branch - 1


async def fill(database: Database) -> int:
    """One of twenty is exempt, one has been on leave; 95 of 100 completed, 3 of 100 late. How many completions."""
    now = datetime.now(UTC)
    branches = range(2, BRANCHES + 2)
    top = {"id": 1, "kind": BranchKind.COMMITTEE, "name": "红旗党委", "path": "/1/", "parent_id": None}
    rows: dict[type[Base], list[dict[str, object]]] = {
        Branch: [top]
        + [
            {"id": b, "kind": BranchKind.BRANCH, "name": f"第{b}支部", "path": f"/1/{b}/", "parent_id": 1}
            for b in branches
        ],
        Member: [
            {"id": m, "branch_id": b, "name": f"党员{m}", "joined_on": date(2020, 1, 1)}
            for b in branches
            for m in people_of(b)
        ],
        Leave: [
            {"member_id": b * MEMBERS - MEMBERS - 1, "first_day": now.date() - timedelta(days=20), "reason": "出差"}
            | {"last_day": now.date() - timedelta(days=10), "exempt": False}
            for b in branches
        ]
        + [
            {"member_id": (b - 1) * MEMBERS, "first_day": date(2020, 1, 1), "reason": "年老体弱"}
            | {"last_day": date.max, "exempt": True}
            for b in branches
        ],
        Material: [
            {"id": 1, "branch_id": 2, "no": 1, "title": "材料", "text": "正文", "minutes": 1}
            | {"key_terms": "[]", "sha256": "0" * 64}
        ],
        Assignment: [
            {"id": in_time(b, no), "branch_id": b, "no": no, "material_id": 1, "readers": MEMBERS}
            | {"pushed_at": now - timedelta(days=READINGS - no, minutes=1)}
            | {"due_at": now + timedelta(days=no + 3 - READINGS)}
            for no in range(1, READINGS + 1)
            for b in branches
        ],
        Notice: [
            {
                "id": i,
                "branch_id": b,
                "no": no,
                "state": State.PUBLISHED.value,
                "text": "周五交党费",
                "category": "其他",
            }
            | {"published_at": now - timedelta(days=no * 9)}
            for i, (b, no) in enumerate(((b, no) for b in branches for no in range(1, NOTICES + 1)), 1)
        ],
        HourEntry: [
            {"branch_id": b, "member_id": m, "source": Source.MEETING.value, "origin": f"meeting:{i}", "halves": 2}
            | {"day": now.date() - timedelta(days=i * 9)}
            for b in branches
            for m in people_of(b)
            for i in range(BOOKED)
        ],
    }
    async with database.unit_of_work() as uow:
        for table, values in rows.items():
            columns = table.__table__.c
            stamps = {"created_at": now} if "created_at" in columns else {}
            for start in range(0, len(values), 2000):
                some = [value | stamps for value in values[start : start + 2000]]
                await uow.session.execute(insert(table), some)
        await _everybody(uow)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        # What PostgreSQL does by itself a minute after so much was written: here it would come in between.
        await connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM (ANALYZE)"))
        return int(await connection.scalar(select(func.count()).select_from(Completion)) or 0)


async def _everybody(uow: UnitOfWork) -> None:
    """Expectations and completions, made by the database itself."""
    a, m, e, n = Assignment, Member, Expected, Notice
    asked = select(a.id, m.id).join(m, m.branch_id == a.branch_id).order_by(a.id, m.id)
    await uow.session.execute(insert(e).from_select(["assignment_id", "member_id"], asked))
    chance = (a.id * 7919 + e.member_id * 104729) % 100
    done = (
        select(a.id, e.member_id, a.pushed_at, literal("phrase"), chance < 3, literal(""), literal(1))
        .add_columns(a.pushed_at, literal(""), chance < 0)
        .join(e, e.assignment_id == a.id)
        .where(chance < 95)
        .order_by(a.id, e.member_id)
    )
    names = ["assignment_id", "member_id", "at", "method", "late", "message_id", "proof", "proved_at", "evidence"]
    await uow.session.execute(insert(Completion).from_select([*names, "extra"], done))
    for first in range(1, BRANCHES * READINGS + 1, 1000):
        await tally_repository.count(uow, range(first, first + 1000))
    told = select(n.id, m.id, m.id % MEMBERS == 0).join(m, m.branch_id == n.branch_id)
    await uow.session.execute(insert(NoticeExpected).from_select(["notice_id", "member_id", "exempt"], told))
    for b in range(2, BRANCHES + 2):
        await counting.moved(uow, people_of(b), [b])


@dataclass
class Taken:
    """Milliseconds of each time, the longest that the event loop was kept waiting, and MiB that memory grew by."""

    times: list[float]
    waited: float
    grown: float

    @property
    def median(self) -> float:
        return statistics.median(self.times)


async def measured(work: Callable[[], Awaitable[object]], times: int, warm: int = 2) -> Taken:
    """``work`` so many times, after some that warm up."""
    longest, most = 0.0, 0.0

    async def beat() -> None:
        nonlocal longest, most
        for beats in count():
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, (time.perf_counter() - start) * 1000 - 1)
            if beats % 20 == 0:
                most = max(most, memory(os.getpid()))

    for _ in range(warm):
        await work()
    before = memory(os.getpid())
    found = []
    heart = asyncio.create_task(beat())
    try:
        for _ in range(times):
            start = time.perf_counter()
            await work()
            found.append((time.perf_counter() - start) * 1000)
    finally:
        heart.cancel()
    return Taken(found, longest, most - before)


def shown(name: str, whole: Taken, bare: Taken | None, limit: float) -> None:
    p95 = sorted(whole.times)[int(len(whole.times) * 0.95)]
    beside = f"; the bare query {bare.median:.1f}, ratio {whole.median / bare.median:.1f}" if bare else ""
    print(
        f"  {name}: median {whole.median:.1f} ms, p95 {p95:.1f}, loop kept waiting {whole.waited:.0f} "
        f"(at most {limit:.0f} and 50){beside}",
        flush=True,
    )


async def measure(url: str, name: str) -> None:
    await upgrade(url)
    database = Database(url, SystemClock())
    completions = await fill(database)
    look_at_new_only()  # as the bot does
    print(f"{name}: {completions:,} completions of {BRANCHES * MEMBERS:,} members in {BRANCHES} branches", flush=True)
    today = datetime.now(CHINA).date()
    month = stretch(Span(today - timedelta(days=LAST - 1), today, "近30天"), today)
    chosen = random.Random(2)

    def reading(run: Callable[[UnitOfWork, int], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        """``run`` for a branch chosen at random."""

        async def work() -> object:
            async with database.reading() as uow:
                return await run(uow, chosen.choice(range(2, BRANCHES + 2)))

        return work

    async def bare_unfinished(uow: UnitOfWork, branch: int) -> object:
        return await repository.completed(uow, in_time(branch, chosen.randint(1, READINGS)))

    async def unfinished(uow: UnitOfWork, branch: int) -> None:
        found = await completion.get(uow, branch, chosen.randint(1, READINGS))
        standing = await completion.standing_of(uow, found)
        assert standing.counted + len(standing.exempt) + len(standing.away) == MEMBERS

    async def bare_figures(uow: UnitOfWork, branch: int | None) -> object:
        a, c = Assignment, Completion
        first, last = bounds(month.span.first, month.until)
        query = select(a.branch_id, func.count()).join(c, c.assignment_id == a.id).group_by(a.branch_id)
        here = a.branch_id == branch if branch is not None else a.branch_id > 1
        return (await uow.session.execute(query.where(and_(here, a.pushed_at >= first, a.pushed_at < last)))).all()

    async def bare_roll_up(uow: UnitOfWork, _: int) -> object:
        return await bare_figures(uow, None)

    async def of_branch(uow: UnitOfWork, branch: int) -> None:
        found = await overview(uow, await uow.session.get_one(Branch, branch), month)
        assert found.now.study.readings == LAST

    async def roll_up(uow: UnitOfWork, _: int) -> None:
        found = await overview(uow, await uow.session.get_one(Branch, 1), month)
        assert found.now.study.readings == LAST * BRANCHES

    async def assess(uow: UnitOfWork, branch: int) -> None:
        await scoring.assess(uow, await uow.session.get_one(Branch, branch), month)

    async def record(uow: UnitOfWork, branch: int) -> None:
        await people.record(uow, await uow.session.get_one(Member, people_of(branch)[3]), month)

    async def gather(uow: UnitOfWork, branch: int) -> None:
        await report.gather(uow, await uow.session.get_one(Branch, branch), month)

    for what, whole, bare, limit, times in (
        ("谁还没学", unfinished, bare_unfinished, 10, 200),
        ("统计 of a branch", of_branch, bare_figures, 20, 100),
        ("统计 of 500 branches, last 30 readings", roll_up, bare_roll_up, 100, 12),
        ("我的, 张三的学习情况", record, None, 20, 100),
        ("考核 of a branch", assess, None, 100, 20),
        ("figures of a 月报", gather, None, 200, 20),
    ):
        least = await measured(reading(bare), times) if bare else None
        shown(what, await measured(reading(whole), times), least, limit)
    await picture(database, month)
    await export(database, today)
    await database.close()


async def picture(database: Database, month: Stretch) -> None:
    async with database.reading() as uow:
        found = await overview(uow, await uow.session.get_one(Branch, 1), month)
    card = views.card(found)
    shown("the picture of 24 branches", await measured(lambda: cards.draw(card), 20), None, 100)


async def export(database: Database, today: date) -> None:
    """A fifth of it and all of it: what it takes of memory shouldn't grow with the rows."""
    for days in (EXPORTED // 5, EXPORTED):
        wanted = stretch(Span(today - timedelta(days=days - 1), today, "近几天"), today)

        async def work(wanted: Stretch = wanted) -> None:
            async with database.reading() as uow:
                found = await overview(uow, await uow.session.get_one(Branch, 1), wanted)
                await exporting.of_branch(uow, found)

        taken = await measured(work, 1, warm=0)
        rows = days * BRANCHES * MEMBERS
        print(
            f"  an export of {rows:,} completions: {taken.median / 1000:.1f} s (at most 10), loop kept waiting "
            f"{taken.waited:.0f} ms (at most 50), memory +{taken.grown:.0f} MiB",
            flush=True,
        )


async def main() -> None:
    load_models()
    with tempfile.TemporaryDirectory() as folder:
        await measure(f"sqlite+aiosqlite:///{folder}/bench.db", "SQLite")
    await measure(await server().fresh(), "PostgreSQL")


if __name__ == "__main__":
    asyncio.run(main())
