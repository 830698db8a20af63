import asyncio
import sqlite3
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.branch.models import Branch, Member
from bot.core.clock import ShiftableClock, SystemClock
from bot.core.db import Database, UnitOfWork, add_up, insert_ignore
from bot.core.errors import DatabaseBusy, UserError
from bot.core.migrate import upgrade
from bot.delivery.models import HeardRow
from bot.hours.models import HourDay
from tests import databases
from tests.postgres import server


def branch(now: datetime, name: str) -> Branch:
    return Branch(kind="支部", name=name, path="/1/", created_at=now)


async def test_all_or_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.unit_of_work() as uow:
            uow.session.add(branch(uow.now, "甲"))
            await uow.session.flush()
            raise RuntimeError
    async with database.reading() as uow:
        assert (await uow.session.scalars(select(Branch))).all() == []


async def test_instants_come_back_aware(database: Database) -> None:
    async with database.unit_of_work() as uow:
        uow.session.add(branch(uow.now, "甲"))
        written = uow.now
    async with database.reading() as uow:
        read = (await uow.session.scalars(select(Branch.created_at))).one()
    assert read == written
    assert read.tzinfo is UTC


async def test_who_comes_alone_finds_the_pages_that_the_last_one_read(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", SystemClock())

    async def connection(uow: UnitOfWork) -> object:
        return (await (await uow.session.connection()).get_raw_connection()).driver_connection

    async with database.reading() as one, database.reading() as other:
        assert await connection(one) is not await connection(other)
    async with database.unit_of_work() as uow:
        last = await connection(uow)
    for _ in range(3):
        async with database.reading() as uow:
            assert await connection(uow) is last
    await database.close()


async def test_callbacks_run_after_the_commit_only(database: Database) -> None:
    called: list[str] = []
    async with database.unit_of_work() as uow:
        uow.after_commit(lambda: called.append("yes"))
        assert called == []
    assert called == ["yes"]
    with pytest.raises(RuntimeError):
        async with database.unit_of_work() as uow:
            uow.after_commit(lambda: called.append("no"))
            raise RuntimeError
    assert called == ["yes"]


async def test_the_database_decides_who_is_first(database: Database) -> None:
    async with database.unit_of_work() as uow:
        uow.session.add(branch(uow.now, "甲"))
        await uow.session.flush()
        row = {"id": 1, "branch_id": 1, "name": "张三", "joined_on": date(2026, 1, 1), "created_at": uow.now}
        assert await insert_ignore(uow.session, Member, [row], ["id"]) == 1
        assert await insert_ignore(uow.session, Member, [row | {"name": "李四"}], ["id"]) == 0


async def test_rows_that_are_alike_add_up_among_themselves_and_to_what_is_there(database: Database) -> None:
    async def add(*halves: int) -> list[tuple[str, int]]:
        async with database.unit_of_work() as uow:
            rows = [{"branch_id": 1, "day": date(2026, 1, n % 2 + 1), "source": "会议", "halves": n} for n in halves]
            await add_up(uow.session, HourDay, rows, ["branch_id", "day", "source"])
            kept = await uow.session.execute(select(HourDay.day, HourDay.halves).order_by(HourDay.day))
            return [(day.isoformat(), count) for day, count in kept]

    async with database.unit_of_work() as uow:
        uow.session.add(branch(uow.now, "甲"))
    assert await add(1, 2, 3, 4) == [("2026-01-01", 6), ("2026-01-02", 4)]
    assert await add(5) == [("2026-01-01", 6), ("2026-01-02", 9)]
    assert await add() == [("2026-01-01", 6), ("2026-01-02", 9)]


async def test_a_locked_database_is_said_to_be_busy(database: Database) -> None:
    path = database.engine.url.database
    assert path is not None
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseBusy):
            async with database.unit_of_work() as uow:
                uow.session.add(branch(uow.now, "甲"))
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_somebody_else_has_just_made_is_told_in_words(
    kind: str, tmp_path: Path, clock: ShiftableClock
) -> None:
    """Two look, find nothing, and make the same: who comes second reads what to do."""
    shared = Database(await databases.on(kind, tmp_path), clock)
    async with shared.unit_of_work() as uow:
        uow.session.add(branch(uow.now, "总"))
        await uow.session.flush()
        uow.session.add_all([Branch(kind="支部", name="甲", path="/1/2/", parent_id=1, created_at=uow.now)])
        uow.session.add(HeardRow(platform="p", account="1", until=uow.now))
    now = clock.now()
    for again in (
        Branch(kind="支部", name="甲", path="/1/3/", parent_id=1, created_at=now),
        HeardRow(platform="p", account="1", until=now),
    ):
        with pytest.raises(UserError, match="要的话再发一次"):
            async with shared.unit_of_work() as uow:
                uow.session.add(again)
    with pytest.raises(IntegrityError):  # it belongs to nobody: no matter of coming second
        async with shared.unit_of_work() as uow:
            uow.session.add(Branch(kind="支部", name="乙", path="/9/3/", parent_id=9, created_at=now))
    await shared.close()


async def test_who_stands_still_within_a_transaction_keeps_nothing_from_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.core.db.STANDSTILL", timedelta(seconds=0.2))
    url = await server().fresh()
    await upgrade(url)
    one, other = Database(url, database.clock), Database(url, database.clock)
    async with one.unit_of_work() as uow:
        uow.session.add(branch(uow.now, "甲"))
    with pytest.raises(DatabaseBusy):
        async with one.unit_of_work() as uow:
            (await uow.session.scalars(select(Branch).with_for_update())).one().name = "乙"
            await uow.session.flush()
            async with asyncio.timeout(30), other.unit_of_work() as others:
                (await others.session.scalars(select(Branch).with_for_update())).one().name = "丙"
    async with other.reading() as uow:
        assert (await uow.session.scalars(select(Branch.name))).all() == ["丙"]
    await one.close()
    await other.close()


async def test_how_far_two_clocks_are_apart_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(hours=1)

    theirs = Database(await server().fresh(), database.clock)
    monkeypatch.setattr("bot.core.db.datetime", Ahead)
    apart = await database.drift(), round(await theirs.drift() / 3600)
    await theirs.close()
    assert apart == (0.0, 1)
    with pytest.raises(DatabaseBusy):
        await Database("postgresql+asyncpg://nobody@127.0.0.1:9/nothing", database.clock).drift()
