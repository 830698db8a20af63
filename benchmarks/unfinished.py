"""谁还没学 over a million completions, on both databases: ``python -m benchmarks.unfinished``

Fifty branches of 200 members with 100 readings each. Beside it, in the same run, the bare indexed query for the
completions of one reading: the service should cost a small multiple of it, and nothing that grows with the table.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, text

from bot.branch.models import Branch, BranchKind, Member
from bot.core.clock import SystemClock
from bot.core.db import Base, Database
from bot.core.migrate import upgrade
from bot.study import completion, repository
from bot.study.models import Assignment, Completion, Expected, Material
from tests.postgres import server

BRANCHES, MEMBERS, READINGS = 50, 200, 106
ASKED = 300


async def fill(database: Database) -> int:
    """A branch's members have ids in one block, as have its readings; 95 of 100 completed. How many completions."""
    now = datetime.now(UTC)
    table: type[Base]
    completions = 0
    shuffled = random.Random(1)
    for branch in range(1, BRANCHES + 1):
        people = range((branch - 1) * MEMBERS + 1, branch * MEMBERS + 1)
        readings = range((branch - 1) * READINGS + 1, branch * READINGS + 1)
        rows: dict[type[Base], list[dict[str, object]]] = {
            Branch: [{"id": branch, "kind": BranchKind.BRANCH, "name": f"支部{branch}", "path": f"/{branch}/"}],
            Member: [{"id": i, "branch_id": branch, "name": f"党员{i}", "joined_on": date(2020, 1, 1)} for i in people],
            Material: [
                {"id": branch, "branch_id": branch, "no": 1, "title": "材料", "text": "正文", "minutes": 1}
                | {"key_terms": "[]", "sha256": "0" * 64}
            ],
            Assignment: [
                {"id": i, "branch_id": branch, "no": no, "material_id": branch}
                | {"pushed_at": now - timedelta(days=no), "due_at": now + timedelta(days=3 - no)}
                for no, i in enumerate(readings, 1)
            ],
            Expected: [{"assignment_id": a, "member_id": m} for a in readings for m in people],
            Completion: [
                {"assignment_id": a, "member_id": m, "at": now, "method": "phrase", "late": False, "message_id": ""}
                for a in readings
                for m in people
                if shuffled.random() < 0.95
            ],
        }
        completions += len(rows[Completion])
        async with database.unit_of_work() as uow:
            for table, values in rows.items():
                stamped = "created_at" in table.__table__.c
                values = [value | {"created_at": now} for value in values] if stamped else values
                for start in range(0, len(values), 2000):
                    await uow.session.execute(insert(table), values[start : start + 2000])
    async with database.unit_of_work() as uow:
        await uow.session.execute(text("ANALYZE"))
    return completions


async def milliseconds(work: Callable[[int], Awaitable[object]]) -> list[float]:
    """How long ``work`` takes for readings chosen at random."""
    chosen = random.Random(2)
    taken = []
    for i in range(ASKED + 20):
        branch = chosen.randint(1, BRANCHES)
        start = time.perf_counter()
        await work((branch - 1) * READINGS + chosen.randint(1, READINGS))
        if i >= 20:
            taken.append((time.perf_counter() - start) * 1000)
    return taken


async def measure(url: str, name: str) -> None:
    await upgrade(url)
    database = Database(url, SystemClock())
    count = await fill(database)

    async def bare(assignment: int) -> None:
        async with database.reading() as uow:
            await repository.completed(uow, assignment)

    async def service(assignment: int) -> None:
        async with database.reading() as uow:
            branch, no = (assignment - 1) // READINGS + 1, (assignment - 1) % READINGS + 1
            found = await completion.get(uow, branch, no)
            standing = await completion.standing_of(uow, found)
            assert standing.counted == MEMBERS

    one, whole = await milliseconds(bare), await milliseconds(service)
    ratio = statistics.median(whole) / statistics.median(one)
    p95 = sorted(whole)[int(len(whole) * 0.95)]
    print(
        f"{name}: {count:,} completions; 谁还没学 (branch of {MEMBERS}) median {statistics.median(whole):.1f} ms, "
        f"p95 {p95:.1f} ms; the bare query {statistics.median(one):.1f} ms; ratio {ratio:.1f}"
    )
    await database.close()


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await measure(f"sqlite+aiosqlite:///{folder}/bench.db", "SQLite")
    await measure(await server().fresh(), "PostgreSQL")


if __name__ == "__main__":
    asyncio.run(main())
