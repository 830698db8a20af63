"""Moving, backing up and restoring a branch with everything in it, between both databases and while it is in use."""

import asyncio
import sqlite3
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, select, text

from bot import safekeeping
from bot.app import App
from bot.branch.models import Branch, Member
from bot.core import copying
from bot.core.clock import ShiftableClock
from bot.core.db import Base, Database
from bot.core.errors import UserError
from bot.core.migrate import alembic_config
from bot.core.signing import KEY_FILE, key_in
from bot.delivery import outbox
from bot.delivery.models import OutboxRow, State
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.rendering.content import Content
from bot.simulator.demo import load_sample
from tests.conftest import MORNING
from tests.postgres import server

both = pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)


async def stamp(app: App) -> None:
    """The tables are there; note that they are the newest."""
    await asyncio.to_thread(command.stamp, alembic_config(app.settings.database), "head")


def newcomer(now: datetime) -> Member:
    return Member(branch_id=1, name="新来的", kind="正式党员", joined_on=MORNING.date(), created_at=now)


@pytest.fixture
async def full(app: App) -> App:
    """The sample branch, below a branch that was founded after it; a picture is kept."""
    await stamp(app)
    async with app.database.unit_of_work() as uow:
        await load_sample(uow, app)
        above = Branch(parent_id=None, kind="党委", name="=镇党委", path="/0/", created_at=uow.now)
        uow.session.add(above)
        await uow.session.flush()
        (await uow.session.get_one(Branch, 1)).parent_id = above.id
    await app.media.put(b"a picture")
    return app


async def size(app: App) -> int:
    async with app.database.engine.connect() as connection:
        counts = [await connection.scalar(select(func.count()).select_from(t)) for t in Base.metadata.sorted_tables]
    return sum(count or 0 for count in counts)


async def same(one: Database, other: Database) -> bool:
    async with copying.snapshot(one.engine) as here, copying.snapshot(other.engine) as there:
        return await copying.differences(here, there) == []


@both
async def test_everything_moves_and_goes_on_counting(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    here, there = full.settings.database, await server().fresh()
    rows = await size(full)
    assert rows > 300
    assert await safekeeping.move(here, there, clock) == rows
    moved = Database(there, clock)
    assert await same(full.database, moved)
    assert await safekeeping.move(here, there, clock) == rows  # said again to somebody who wasn't told
    async with moved.unit_of_work() as uow:
        uow.session.add(newcomer(uow.now))
    assert not await same(full.database, moved)
    with pytest.raises(UserError, match="已经有别的数据"):
        await safekeeping.move(here, there, clock)
    await moved.close()


async def test_a_difference_undoes_the_move(full: App, clock: ShiftableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    async def forgets(*_: object) -> None:
        return None

    monkeypatch.setattr(copying, "_link", forgets)
    there = await server().fresh()
    with pytest.raises(UserError, match=r"不一致\(branch\)"):
        await safekeeping.move(full.settings.database, there, clock)
    target = Database(there, clock)
    async with target.engine.connect() as connection:
        assert await copying.is_empty(connection)
    await target.close()


@both
async def test_a_restoring_that_is_undone_gives_no_number_out_twice(
    full: App, clock: ShiftableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(*_: object) -> list[str]:
        return ["member"]

    url, media = full.settings.database, full.settings.media_dir
    await safekeeping.back_up(url, media, tmp_path / "备份.zip", clock)
    async with full.database.unit_of_work() as uow:
        uow.session.add(newcomer(uow.now))
    rows = await size(full)
    monkeypatch.setattr(copying, "differences", wrong)
    with pytest.raises(UserError, match=r"不一致\(member\)"):
        await safekeeping.restore(url, media, tmp_path / "备份.zip", clock, replace=True)
    async with full.database.unit_of_work() as uow:
        uow.session.add(newcomer(uow.now))
    assert await size(full) == rows + 1


@both
async def test_a_backup_brings_back_what_was_changed_since(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    file, media, url = tmp_path / "备份.zip", full.settings.media_dir, full.settings.database
    rows, key = await size(full), key_in(media.parent)
    assert await safekeeping.back_up(url, media, file, clock) == rows
    as_it_was = await server().fresh()
    await safekeeping.move(url, as_it_was, clock)
    async with full.database.unit_of_work() as uow:
        (await uow.session.get_one(Member, 2)).name = "改错了"
        uow.session.add(newcomer(uow.now))
    (media.parent / KEY_FILE).unlink()
    for each in media.iterdir():
        each.unlink()
    with pytest.raises(UserError, match="--replace"):
        await safekeeping.restore(url, media, file, clock)
    assert await safekeeping.restore(url, media, file, clock, replace=True) == rows
    before = Database(as_it_was, clock)
    async with copying.snapshot(before.engine) as old, copying.snapshot(full.database.engine) as new:
        assert await copying.differences(old, new) in ([], ["outbox"])
    await before.close()
    assert [each.read_bytes() for each in media.iterdir()] == [b"a picture"]
    assert key_in(media.parent) == key


@both
async def test_what_was_waiting_is_looked_for_first(app: App, clock: ShiftableClock, tmp_path: Path) -> None:
    await stamp(app)
    file, url = tmp_path / "备份.zip", app.settings.database
    async with app.database.unit_of_work() as uow:
        for name, later in (("due", timedelta()), ("later", timedelta(days=2))):
            out = Outgoing(None, Target("1", "group", "9"), Content.of(name), "test", name, not_before=uow.now + later)
            await outbox.enqueue(uow, out)
    await safekeeping.back_up(url, app.settings.media_dir, file, clock)
    clock.set(MORNING + timedelta(hours=1))
    await safekeeping.restore(url, app.settings.media_dir, file, clock, replace=True)
    async with app.database.reading() as uow:
        due, later = await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    assert (due.state, later.state, later.first_sending_at) == (State.UNKNOWN, State.PENDING, None)
    assert due.first_sending_at is not None
    assert MORNING <= due.first_sending_at < MORNING + timedelta(hours=1)


async def test_nothing_is_replaced_while_messages_are_on_the_wire(
    full: App, clock: ShiftableClock, tmp_path: Path
) -> None:
    file, url = tmp_path / "备份.zip", full.settings.database
    rows = await safekeeping.back_up(url, full.settings.media_dir, file, clock)
    async with full.database.unit_of_work() as uow:
        await outbox.enqueue(uow, Outgoing(None, Target("1", "group", "9"), Content.of("在路上"), "test", "x"))
        row = await uow.session.scalar(select(OutboxRow).where(OutboxRow.key == "x"))
        assert row is not None
        row.state, row.lease_until = State.SENDING, uow.now + timedelta(seconds=30)
    with pytest.raises(UserError, match="有消息正在发"):
        await safekeeping.restore(url, full.settings.media_dir, file, clock, replace=True)
    clock.set(MORNING + timedelta(minutes=5))
    assert await safekeeping.restore(url, full.settings.media_dir, file, clock, replace=True) == rows


async def test_what_is_no_whole_backup_changes_nothing(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    url, media, file = full.settings.database, full.settings.media_dir, tmp_path / "备份.zip"
    await safekeeping.back_up(url, media, file, clock)
    whole = file.read_bytes()
    rows = await size(full)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("../../evil", "x")
    for data in (b"", b"hello", whole[: len(whole) // 2], other.read_bytes()):
        file.write_bytes(data)
        with pytest.raises(UserError, match="不是完整的备份文件"):
            await safekeeping.restore(url, media, file, clock, replace=True)
    with pytest.raises(UserError, match="不是完整的备份文件"):
        await safekeeping.restore(url, media, tmp_path / "missing.zip", clock, replace=True)
    assert await size(full) == rows


async def test_data_of_a_newer_program_are_left_alone(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    url, media, file = full.settings.database, full.settings.media_dir, tmp_path / "backup.zip"
    await safekeeping.back_up(url, media, file, clock)
    async with full.database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = await size(full)
    with pytest.raises(UserError, match="来自更新的版本"):
        await safekeeping.restore(url, media, file, clock, replace=True)
    assert await size(full) == before


async def test_a_backup_goes_on_beside_somebody_who_writes(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    """The file is as it was at one moment, and nobody is kept waiting for it."""
    path = full.settings.xueban.data_dir / "xueban.db"
    with sqlite3.connect(path, timeout=0.1) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE member SET name = '写到一半' WHERE id = 2")
        await safekeeping.back_up(full.settings.database, full.settings.media_dir, tmp_path / "备份.zip", clock)
    with zipfile.ZipFile(tmp_path / "备份.zip") as archive:
        archive.extract(safekeeping.DATABASE, tmp_path / "apart")
    with sqlite3.connect(tmp_path / "apart" / safekeeping.DATABASE) as copy:
        assert copy.execute("SELECT count(*) FROM member WHERE name = '写到一半'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("url", "told"),
    [("nonsense", "数据库地址看不懂"), ("postgresql+asyncpg://x:y@127.0.0.1:1/z", "数据库连不上")],
)
async def test_a_database_that_is_not_there_is_named(app: App, clock: ShiftableClock, url: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        await safekeeping.move(app.settings.database, url, clock)
