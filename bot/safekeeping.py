"""Moving to another database, backing up and restoring: each one command of the operator's.

A backup is a .zip with the whole database as a SQLite file, whatever the database in use is, the pictures and files,
and the key of the links. It is made, and brought back, while the bot runs (``docs/adr/0013-one-way-to-copy.md``).
"""

import fcntl
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core import copying
from bot.core.clock import Clock
from bot.core.db import Database
from bot.core.errors import UserError
from bot.core.explained import explained
from bot.core.migrate import Schema, load_models, schema, upgrade
from bot.core.signing import KEY_FILE
from bot.delivery import outbox
from bot.rendering.media import is_name

DATABASE = "xueban.db"
MEDIA = "media/"
WORKSHOP = ".xueban-"
"""How the names of folders begin in which something isn't finished yet."""


async def move(source_url: str, target_url: str, clock: Clock) -> int:
    """Copy everything into an empty database, and compare the two row by row; how many rows there are. Where all of it
    is there already, because who moved it was cut off before they were told, it is only compared.

    Raises ``UserError`` if the target holds anything else, or differs afterwards; then nothing stays in it.
    """
    load_models()
    with explained():
        await upgrade(target_url)
        async with (
            _opened(source_url, clock) as source,
            _opened(target_url, clock) as target,
            copying.snapshot(source.engine) as here,
            target.unit_of_work() as uow,
        ):
            match await schema(here):
                case Schema.EMPTY:
                    raise UserError("现在的数据库里什么都没有,没有动。请检查 DATABASE_URL 和 XUEBAN__DATA_DIR。")
                case Schema.OLDER | Schema.NEWER:
                    raise UserError("数据库和这个版本的程序不一致,没有动。请先运行 xueban migrate。")
            there = await uow.session.connection()
            new = await copying.is_empty(there)
            if new:
                await copying.copy(here, there)
            if wrong := await copying.differences(here, there):
                if not new:
                    raise UserError("目标数据库里已经有别的数据,没有动。请换一个空的数据库。")
                raise UserError(f"搬过去的和原来的不一致({'、'.join(wrong)}),已全部撤销,原来的没有动。")
            return await copying.size(here)


async def back_up(url: str, media: Path, file: Path, clock: Clock) -> int:
    """Write a backup to ``file``; how many rows it holds. A file that is there is replaced once the new one is whole.

    Raises ``UserError`` if the folder of ``file`` can't be written to.
    """
    made_at = clock.now()
    try:
        with _workshop(file.parent) as folder:
            copy, packed = folder / DATABASE, folder / "backup.zip"
            rows = await move(url, f"sqlite+aiosqlite:///{copy}", clock)
            how: dict[str, Any] = {"compresslevel": 1, "strict_timestamps": False}  # a clock may have stood at 1970
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, **how) as archive:
                archive.comment = made_at.isoformat().encode()
                archive.write(copy, DATABASE)
                if (key := media.parent / KEY_FILE).exists():
                    archive.write(key, KEY_FILE)
                for each in sorted(media.iterdir()) if media.is_dir() else ():
                    if is_name(each.name):
                        with suppress(FileNotFoundError):  # nothing needed it: it was deleted meanwhile
                            archive.write(each, MEDIA + each.name, zipfile.ZIP_STORED)
            packed.chmod(0o600)
            with packed.open("rb") as whole:
                os.fsync(whole.fileno())
            packed.replace(file)
    except OSError as error:
        raise UserError(f"写不了 {file}。请换一个能写、有空间的文件夹。") from error
    return rows


async def restore(url: str, media: Path, file: Path, clock: Clock, *, replace: bool = False) -> int:
    """Bring a backup back in one transaction; how many rows it held. What was waiting to be sent when it was made may
    have been sent since, so it is looked for on the platform before it is sent.

    Raises ``UserError`` if ``file`` is no backup, if the data folder can't be written to, if there are data and
    ``replace`` is False, or while messages are on the wire.
    """
    load_models()
    made_at = _made_at(file)
    try:
        media.mkdir(parents=True, exist_ok=True)
        with _workshop(media.parent) as folder:
            _unpack(file, folder, media)
            backup_url = f"sqlite+aiosqlite:///{folder / DATABASE}"
            with explained():
                return await _bring_back(backup_url, made_at, url, clock, replace=replace)
    except OSError as error:
        raise UserError(f"写不了 {media.parent},没有恢复。请腾出空间、检查权限再试。") from error


async def _bring_back(backup_url: str, made_at: datetime, url: str, clock: Clock, *, replace: bool) -> int:
    async with (
        _opened(backup_url, clock) as backup,
        _opened(url, clock) as database,
    ):
        async with backup.engine.connect() as connection:
            if await schema(connection) is Schema.EMPTY:
                raise UserError("备份里没有支部学伴的数据。什么都没有改动。")
        await upgrade(backup_url)
        await upgrade(url)
        async with copying.snapshot(backup.engine) as there, database.unit_of_work() as uow:
            here = await uow.session.connection()
            await copying.hold(here)
            uow.now = clock.now()  # until then others were at work
            if not await copying.is_empty(here):
                if not replace:
                    raise UserError("数据库里已经有数据,没有动。确定要全部换成备份里的,请加 --replace。")
                if await outbox.in_flight(uow):
                    raise UserError("有消息正在发,没有动。请过半分钟再试,或先停下机器人。")
                await copying.clear(here)
            await copying.copy(there, here)
            if wrong := await copying.differences(there, here):
                raise UserError(f"恢复出来的和备份里的不一致({'、'.join(wrong)}),已全部撤销。")
            await outbox.came_back(uow, made_at)
            return await copying.size(there)


@contextmanager
def _workshop(place: Path) -> Iterator[Path]:
    """A folder in ``place`` for what isn't finished. What somebody who was killed left in theirs, names and all, goes
    first; whoever is still at work has a lock on it."""
    for left in place.glob(f"{WORKSHOP}*"):
        with suppress(OSError), _locked(left):
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=WORKSHOP, dir=place) as folder, _locked(Path(folder)):
        yield Path(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises ``OSError`` if another process has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


@asynccontextmanager
async def _opened(url: str, clock: Clock) -> AsyncIterator[Database]:
    database = Database(url, clock)
    try:
        yield database
    finally:
        await database.close()


_DAMAGED = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What comes of reading a file that is no .zip, or no longer a whole one."""


def _made_at(file: Path) -> datetime:
    """When this backup, which is whole, was made."""
    try:
        with zipfile.ZipFile(file) as archive:
            archive.getinfo(DATABASE)
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
            return datetime.fromisoformat(archive.comment.decode())
    except _DAMAGED as error:
        raise UserError(f"{file} 不是完整的备份文件。什么都没有改动。") from error


def _unpack(file: Path, folder: Path, media: Path) -> None:
    """The database into ``folder``, pictures and files to where they belong."""
    with zipfile.ZipFile(file) as archive:
        archive.extract(DATABASE, folder)
        if KEY_FILE in archive.namelist() and not (media.parent / KEY_FILE).exists():
            archive.extract(KEY_FILE, folder)
            (folder / KEY_FILE).chmod(0o600)
            (folder / KEY_FILE).replace(media.parent / KEY_FILE)
        for entry in archive.namelist():
            name = entry.removeprefix(MEDIA)
            if entry != name and is_name(name) and not (media / name).exists():
                with archive.open(entry) as packed, (folder / name).open("wb") as kept:
                    shutil.copyfileobj(packed, kept)
                (folder / name).replace(media / name)
