"""Moving, backing up and restoring a branch with everything in it, between both databases and while it is in use."""

import asyncio
import os
import resource
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, make_url, select, text, update

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


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("state", "told"), [(State.SENDING, "有消息正在发"), (State.SENT, "")])
async def test_who_is_at_work_when_a_restoring_begins_is_waited_for(
    app: App, clock: ShiftableClock, tmp_path: Path, state: State, told: str
) -> None:
    """What they send meanwhile is known, whether they have it in hand still or have done it."""
    await stamp(app)
    file, url, media = tmp_path / "备份.zip", app.settings.database, app.settings.media_dir
    async with app.database.unit_of_work() as uow:
        soon = uow.now + timedelta(hours=1)
        out = Outgoing(None, Target("1", "group", "9"), Content.of("马上"), "test", "soon", not_before=soon)
        await outbox.enqueue(uow, out)
    rows = await safekeeping.back_up(url, media, file, clock)
    async with app.database.unit_of_work() as uow:
        lease = soon + timedelta(minutes=1)
        await uow.session.execute(update(OutboxRow).values(state=state, lease_until=lease))
        restoring = asyncio.create_task(safekeeping.restore(url, media, file, clock, replace=True))
        while not await _somebody_waits(app):  # noqa: ASYNC110 - a process of the database's can't set an event
            await asyncio.sleep(0.01)
        clock.set(soon)
    if told:
        with pytest.raises(UserError, match=told):
            await restoring
    else:
        assert await restoring == rows
    async with app.database.reading() as uow:
        assert await uow.session.scalar(select(OutboxRow.state)) == (state if told else State.UNKNOWN)


async def _somebody_waits(app: App) -> bool:
    async with app.database.engine.connect() as connection:
        return bool(await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


async def test_what_is_no_whole_backup_changes_nothing(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    url, media, file = full.settings.database, full.settings.media_dir, tmp_path / "备份.zip"
    await safekeeping.back_up(url, media, file, clock)
    whole = file.read_bytes()
    rows = await size(full)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("../../evil", "x")
    scratched = [whole[:at] + b"\xff" * 40 + whole[at + 40 :] for at in range(60, 6000, 99)]
    at = whole.index(b"PK\x01\x02") + 8
    secret = b"%s%c%s" % (whole[:at], whole[at] | 1, whole[at + 1 :])
    for data in (b"", b"hello", whole[: len(whole) // 2], other.read_bytes(), secret, *scratched):
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


async def test_a_database_of_somebody_elses_is_no_backup(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    rows, file = await size(full), tmp_path / "备份.zip"
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE notes (text)")
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = MORNING.isoformat().encode()
        archive.write(tmp_path / "other.db", safekeeping.DATABASE)
    with pytest.raises(UserError, match="没有支部学伴的数据"):
        await safekeeping.restore(full.settings.database, full.settings.media_dir, file, clock, replace=True)
    assert await size(full) == rows


async def test_where_nothing_is_there_is_nothing_to_keep(clock: ShiftableClock, tmp_path: Path) -> None:
    """Somebody stands in the wrong folder: no backup is better than an empty one."""
    file, url = tmp_path / "备份.zip", f"sqlite+aiosqlite:///{tmp_path / 'xueban.db'}"
    with pytest.raises(UserError, match="XUEBAN__DATA_DIR"):
        await safekeeping.back_up(url, tmp_path / "media", file, clock)
    assert not file.exists()


@contextmanager
def no_file_longer_than(length: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_takes_no_more_is_named(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    """It isn't the address of the database that is wrong then, nor the file."""
    url, media, file = full.settings.database, full.settings.media_dir, tmp_path / "备份.zip"
    rows, kept = await size(full), await full.media.put(os.urandom(3_000_000))
    await safekeeping.back_up(url, media, file, clock)
    whole = file.read_bytes()
    for length, told in ((100_000, "磁盘满了"), (2_000_000, "有空间的文件夹")):
        with no_file_longer_than(length), pytest.raises(UserError, match=told):
            await safekeeping.back_up(url, media, file, clock)
        assert file.read_bytes() == whole
        (media / kept).unlink(missing_ok=True)
        with no_file_longer_than(length), pytest.raises(UserError, match=r"写不了 .*,没有恢复。请腾出空间"):
            await safekeeping.restore(url, media, file, clock, replace=True)
        assert (await size(full), (media / kept).exists()) == (rows, False)
        await full.media.put(whole[:3_000_000])


async def test_what_is_older_than_any_zip_is_packed(full: App, clock: ShiftableClock, tmp_path: Path) -> None:
    """A machine without a clock of its own begins in 1970."""
    url, media, file = full.settings.database, full.settings.media_dir, tmp_path / "备份.zip"
    for each in media.iterdir():
        os.utime(each, (0, 0))
    rows = await safekeeping.back_up(url, media, file, clock)
    for each in media.iterdir():
        each.unlink()
    assert await safekeeping.restore(url, media, file, clock, replace=True) == rows
    assert [each.read_bytes() for each in media.iterdir()] == [b"a picture"]


async def test_what_is_hard_to_say_arrives_as_it_was(full: App, clock: ShiftableClock) -> None:
    """Emoji of several signs, what turns writing round, the last day of all days and the last microsecond, JSON."""
    name, said = "👨‍👩‍👧‍👦𠮷\u202e三\ufeff'\"\\", '{"a": null, "b": true, "nul": "\\u0000", "half": "\\ud83d"}'
    there, at = await server().fresh(), datetime(2026, 12, 31, 23, 59, 59, 999999, UTC)
    async with full.database.unit_of_work() as uow:
        row = newcomer(at)
        row.name, row.left_on = name, date.max
        uow.session.add(row)
        await uow.session.execute(update(OutboxRow).values(content=said))
    await safekeeping.move(full.settings.database, there, clock)
    moved = Database(there, clock)
    async with moved.unit_of_work() as uow:
        found = (await uow.session.scalars(select(Member).order_by(Member.id.desc()).limit(1))).one()
        assert (found.name, found.left_on, found.created_at) == (name, date.max, at)
        assert set(await uow.session.scalars(select(OutboxRow.content))) == {said}
        uow.session.add(one := newcomer(at))
        await uow.session.flush()
        assert one.id == found.id + 1
    await moved.close()


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ("", r"存不下表 member 里的内容\(22021\)"),
        ("CREATE TABLE member (x int)", "别的程序的表"),
        ("CREATE ROLE guest LOGIN", "不能在那个库里建表"),
    ],
)
async def test_a_place_that_does_not_take_it_says_why(full: App, clock: ShiftableClock, there: str, told: str) -> None:
    url = await server().fresh()
    target = Database(url, clock)
    async with target.engine.begin() as connection:
        if there:
            await connection.execute(text(there))
    await target.close()
    if "ROLE" in there:
        url = make_url(url).set(username="guest").render_as_string()
    async with full.database.unit_of_work() as uow:
        await uow.session.execute(update(Member).where(Member.id == 2).values(name="张\0三"))
    with pytest.raises(UserError, match=told):
        await safekeeping.move(full.settings.database, url, clock)
