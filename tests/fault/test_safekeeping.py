"""Backup, restore and move, killed where it matters and at random moments: what was there stays whole, no half of
anything is taken for the whole, and done again it ends right, row by row."""

import asyncio
import os
import random
import re
import sqlite3
import time
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.branch.models import AuditEntry, Member
from bot.core.clock import CHINA, SystemClock
from bot.core.db import Base, Database
from bot.core.signing import KEY_FILE, key_in
from bot.rendering.media import Media
from bot.safekeeping import DATABASE, WORKSHOP
from tests.nursery import DEATH, Nursery
from tests.postgres import server
from tests.process import BotProcess

from . import house as houses

KILLS = 3
MEBIBYTES = 40
NOW = datetime(2026, 11, 24, 7, 40, tzinfo=CHINA)

Contents = dict[str, list[tuple[Any, ...]]]


class Place:
    """The data folder and the database of an installation nobody runs at the moment, and commands for it."""

    def __init__(self, nursery: Nursery, folder: Path, url: str) -> None:
        self.url, self.data, self.file = url, folder / "data", folder / "out" / "备份.zip"
        self.file.parent.mkdir()
        self._folder = folder
        self._nursery = nursery
        seed = int(os.environ.get("XUEBAN_SEED") or random.SystemRandom().randrange(10**6))
        print(f"seed {seed}")
        self.dice = random.Random(seed)

    def launch(self, *command: str, **environment: str) -> BotProcess:
        (self._folder / "bot.log").unlink(missing_ok=True)
        process = BotProcess(self._folder, *command, nursery=self._nursery, DATABASE_URL=self.url, **environment)
        process.launch()
        return process

    async def lived(self, *command: str, **environment: str) -> str:
        """What it has written when it ends by itself."""
        process = self.launch(*command, **environment)
        while process.running:  # noqa: ASYNC110 - another process can't set an event
            await asyncio.sleep(0.005)
        return process.written

    async def done(self, *command: str) -> float:
        """Let it end by itself, well; seconds that took."""
        begun = time.monotonic()
        written = await self.lived(*command)
        assert re.fullmatch(r"已\S+ \d+ 行.*\n", written), written
        return time.monotonic() - begun

    async def cut_off_before(self, *acts: str, command: Sequence[str], between: Callable[[], Awaitable[None]]) -> None:
        """Kill it just before each of the ``acts`` (``die_before``); see to things ``between``."""
        for act in acts:
            assert (act, await self.lived(*command, **{DEATH: act})) == (act, "")
            await between()

    async def cut_off(
        self, within: float, *command: str, between: Callable[[], Awaitable[None]], writes: int = 0
    ) -> None:
        """Kill it ``within`` so many seconds, or half of the times once it has written so many of the bytes it
        ``writes``, until it was ``KILLS`` times before its end; see to things ``between``."""
        cut = 0
        while cut < KILLS:
            process = self.launch(*command)
            deadline = time.monotonic() + self.dice.uniform(0, within)
            bytes_more = self.dice.randrange(writes) if writes and self.dice.random() < 0.5 else 0
            while time.monotonic() < deadline or (process.running and written(process.pid) < bytes_more):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            process.kill()
            ended = process.written != ""
            assert not ended or process.written.startswith("已"), process.written
            cut += not ended
            within *= 0.8 if ended else 1.1  # as long as it takes on this machine just now
            await between()

    async def joined(self, name: str) -> None:
        """Somebody new; the number they get is free."""
        database = Database(self.url, SystemClock())
        async with database.unit_of_work() as uow:
            uow.session.add(Member(branch_id=1, name=name, kind="正式党员", joined_on=NOW.date(), created_at=NOW))
        await database.close()


def written(pid: int) -> int:
    """Bytes that a process has written to anything."""
    with suppress(OSError):
        return int(re.findall(r"wchar: (\d+)", Path(f"/proc/{pid}/io").read_text())[0])
    return 0


async def contents(url: str) -> Contents:
    """Every row; of a database without tables: none."""
    engine = create_async_engine(url)
    found: Contents = {}
    async with engine.connect() as connection:
        try:
            for table in Base.metadata.sorted_tables:
                rows = await connection.execute(select(table).order_by(*table.primary_key))
                found[table.name] = sorted((tuple(row) for row in rows), key=str)
        except DBAPIError:
            found = {}
    await engine.dispose()
    return found


async def held(file: Path) -> Contents:
    """What a backup holds, which is whole."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extract(DATABASE, file.parent.parent / "apart")
    copy = file.parent.parent / "apart" / DATABASE
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return await contents(f"sqlite+aiosqlite:///{copy}")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, furnished: Path, tmp_path: Path) -> str:
    """A database with the sample branch; its data folder is there."""
    own = houses.copy(furnished, tmp_path)
    if request.param == "sqlite":
        return own
    return asyncio.run(server().fresh(like=request.getfixturevalue("furnished_postgres")))


@pytest.fixture
async def place(nursery: Nursery, url: str, tmp_path: Path) -> Place:
    engine = create_async_engine(url)
    async with engine.begin() as connection:  # so that there is a while in which to be killed
        act = {"actor": "bot", "action": "test", "subject": "", "detail": "", "at": NOW}
        await connection.execute(insert(AuditEntry), [act] * 3000)
    await engine.dispose()
    key_in(tmp_path / "data")
    return Place(nursery, tmp_path, url)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_backup(place: Place) -> None:
    """The file is the one before or the new one, never half of either."""
    media = Media(place.data / "media")
    for _ in range(8):  # so that packing takes a while too
        await media.put(place.dice.randbytes(MEBIBYTES // 8 * 2**20))
    took = await place.done("backup", str(place.file))
    wholes = [await contents(place.url)]
    assert await held(place.file) == wholes[0]

    async def look() -> None:
        assert await contents(place.url) == wholes[-1]
        assert await held(place.file) in wholes
        await place.joined("新来的")
        wholes.append(await contents(place.url))

    half = place.dice.choice(list(place.data.glob("media/*")))
    acts = ("INSERT INTO member ", f"open {half}", f"os.rename {place.file.parent}")
    await place.cut_off_before(*acts, command=("backup", str(place.file)), between=look)
    await place.cut_off(took, "backup", str(place.file), between=look, writes=MEBIBYTES * 2**20)
    await place.done("backup", str(place.file))
    assert await held(place.file) == wholes[-1]
    assert os.listdir(place.file.parent) == [place.file.name]


async def test_a_restoring(place: Place) -> None:
    """Everything is as it was before, or all as in the backup; both can be worked with at once."""
    took = await place.done("backup", str(place.file))
    old = await contents(place.url)
    key = key_in(place.data)
    await place.joined("新来的")
    before = await contents(place.url)

    async def look() -> None:
        nonlocal before
        assert await contents(place.url) in (before, old)
        await place.joined("又来的")
        before = await contents(place.url)
        if (place.data / KEY_FILE).exists():
            assert key_in(place.data) == key
            (place.data / KEY_FILE).unlink()

    acts = ("INSERT INTO branch ", "INSERT INTO outbox ", "COMMIT", f"os.rename {place.data}")
    await place.cut_off_before(*acts, command=("restore", str(place.file), "--replace"), between=look)
    await place.cut_off(took, "restore", str(place.file), "--replace", between=look)
    await place.done("restore", str(place.file), "--replace")
    assert await contents(place.url) == old
    assert key_in(place.data) == key
    assert not list(place.data.glob(f"{WORKSHOP}*"))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_move(place: Place) -> None:
    """What is at the new place is all or nothing."""
    took = await place.done("move", await server().fresh())
    there = await server().fresh()
    here = await contents(place.url)

    async def look() -> None:
        found = await contents(there)
        assert found == here or not any(found.values())
        assert await contents(place.url) == here

    acts = ("COMMIT", "INSERT INTO branch ", "INSERT INTO outbox ", "COMMIT")  # the first is that of the tables
    await place.cut_off_before(*acts, command=("move", there), between=look)
    await place.cut_off(took, "move", there, between=look)
    for _ in range(2):
        await place.done("move", there)
        assert await contents(there) == here
    assert "新来的" not in str(here["member"])
    place.url = there
    await place.joined("新来的")
