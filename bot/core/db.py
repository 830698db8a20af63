"""One database, one way to change it: the unit of work.

A use case runs inside ``async with database.unit_of_work() as uow``: everything in it is on disk when the block ends,
or nothing is. Services take the ``uow`` and never commit. SQLite runs WAL with synchronous=FULL, so what was committed
survives a power cut; there, one writer at a time takes the lock at BEGIN, so a transaction never fails half-way for
want of it.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from operator import itemgetter
from time import monotonic
from typing import Any, ClassVar, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    DateTime,
    MetaData,
    Select,
    UpdateBase,
    and_,
    delete,
    event,
    func,
    inspect,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, QueryableAttribute
from sqlalchemy.types import TypeDecorator

from bot.core.clock import Clock
from bot.core.errors import DatabaseBusy, UserError
from bot.core.log import failed

log = logging.getLogger("xueban.database")

CONNECTIONS = 12
"""Connections of one process to PostgreSQL, which serves a hundred by default: room for eight processes. One listens,
one holds the locks of the clock's jobs, the rest is shared by these jobs and by what people type: a commit takes about
a millisecond, so a few serve thousands of messages a second."""

_TROUBLES = ("08", "40", "53", "57")
"""Classes of PostgreSQL's error codes: no connection; deadlock or serialisation; disk, memory or connections used up;
shut down, or not up yet. Said again a little later, the same may well be done."""


STANDSTILL = timedelta(minutes=1)
"""After so long within a transaction in which nothing is asked PostgreSQL breaks it off: its process stands still, and
others wait for what it has locked."""

LATELY = 40.0
"""Seconds for which a write that failed for want of a disk counts: each process writes every 15 s, to say it is there.
"""

SOME = 500
"""Rows that a job by the clock changes at a time: nobody waits for it longer than for a busy moment."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in and out, UTC on disk. A naive one is refused: its zone is unknown."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime in a UTC column")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table. Relationships are not used: a repository says what it loads."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


class UnitOfWork:
    """One transaction. ``now`` is its instant: every row it writes bears the same time."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self.session = session
        self.now = now
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called once the data is on disk; never, if the unit is rolled back."""
        self._after_commit.append(callback)


class Database:
    """The engine and its units of work. ``url`` is any SQLAlchemy async URL (aiosqlite, asyncpg)."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.clock = clock
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            # the connection used last comes first: each keeps pages of its own, and forgets them when another writes
            how: dict[str, Any] = {"connect_args": {"isolation_level": None, "timeout": 5.0}, "pool_use_lifo": True}
        else:
            patience = str(STANDSTILL // timedelta(milliseconds=1))
            how = {
                "pool_size": CONNECTIONS,
                "max_overflow": 0,
                "pool_pre_ping": True,
                "connect_args": {"server_settings": {"idle_in_transaction_session_timeout": patience}},
            }
        self.engine = create_async_engine(url, hide_parameters=True, **how)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._writing = asyncio.Lock()
        self._locked_at = self._unwritable_at = float("-inf")
        self._locking = asyncio.Lock()
        self._locks: AsyncConnection | None = None
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _configure_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """A writing transaction: committed at the end of the block, rolled back if it raises.

        Raises ``DatabaseBusy`` if the database can't take the write; nothing was written then. Whoever queued behind a
        writer that waited in vain for another process's lock fails with it, instead of waiting just as long in turn.
        """
        asked_at = monotonic()
        async with self._writing if self.is_sqlite else nullcontext(), self._session() as session:
            if self._locked_at > asked_at:
                raise DatabaseBusy("locked")
            await self._connect(session, sqlite_begin="BEGIN IMMEDIATE")
            uow = UnitOfWork(session, self.clock.now())
            yield uow
            await session.commit()
        for callback in uow._after_commit:
            callback()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that only reads and takes no lock; what it writes is thrown away. Rows stay readable.

        Raises ``DatabaseBusy`` if the database can't be asked."""
        async with self._session() as session:
            await self._connect(session)
            yield UnitOfWork(session, self.clock.now())
            session.expunge_all()
            await session.rollback()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        """What is the database's own trouble, and no fault of what it was asked, comes out as ``DatabaseBusy``; that
        somebody else put the same thing there in the same moment as a ``UserError``: said again, it is found there."""
        try:
            async with self._sessions() as session:
                yield session
        except PoolTimeout as error:
            raise DatabaseBusy("no connection is free") from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                self._locked_at = monotonic()
            if _cannot_write(error.orig):
                self._unwritable_at = monotonic()
            if error.connection_invalidated or _its_own_trouble(error.orig):
                raise DatabaseBusy(type(error.orig).__name__) from error
            if isinstance(error, IntegrityError) and _is_there_already(error.orig):
                failed(log, "one of two at once", error)
                raise UserError("刚才有人正好也在弄这个。请看一眼现在的情况,要的话再发一次。") from error
            raise

    async def _connect(self, session: AsyncSession, **options: str) -> None:
        try:
            await session.connection(execution_options=options)
        except OSError as error:  # nobody listens there: asyncpg says so without a wrapping
            raise DatabaseBusy(type(error).__name__) from error

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator[bool]:
        """Whether no other process that shares the database is doing ``what``; none will before the block ends. SQLite
        needs no such word: there, one writer at a time is all there is."""
        if self.is_sqlite:
            yield True
            return
        key = int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), "big", signed=True)
        mine = await self._locked(select(func.pg_try_advisory_lock(key)))
        try:
            yield mine
        finally:
            if mine:
                await self._locked(select(func.pg_advisory_unlock(key)))

    async def _locked(self, statement: Select[tuple[bool]]) -> bool:
        """Ask by the one connection to which our locks belong; lost with it, they are free for others."""
        async with self._locking:
            try:
                if self._locks is None:
                    connection = await self.engine.connect()
                    self._locks = await connection.execution_options(isolation_level="AUTOCOMMIT")
                return bool(await self._locks.scalar(statement))
            except (DBAPIError, OSError):
                if self._locks is not None:
                    await self._locks.invalidate()
                    self._locks = None
                return False

    async def hear(self, channel: str, callback: Callable[[], None]) -> None:
        """Call ``callback`` whenever any process has rung ``channel`` (``ring``) and committed; until cancelled. After
        a lost connection once more, since something may have been missed. On SQLite there is nothing to hear."""
        while not self.is_sqlite:
            with suppress(DBAPIError, OSError):
                async with self.engine.connect() as connection:
                    await _hear(connection, channel, callback)
            await asyncio.sleep(1.0)

    async def drift(self) -> float:
        """How far this machine's clock is ahead of the database's (s); nothing where they are one. Raises
        ``DatabaseBusy``."""
        if self.is_sqlite:
            return 0.0
        async with self._session() as session:
            await self._connect(session)
            before = datetime.now(UTC)
            theirs = (await session.execute(select(func.clock_timestamp()))).scalar_one()
            return float((before + (datetime.now(UTC) - before) / 2 - theirs).total_seconds())

    async def scrub(self) -> None:
        """Keep nothing in SQLite's journal of what was deleted or overwritten: there, old pages stay until their place
        is needed. Somebody who reads just then, for seconds, keeps them there until the next time."""
        if not self.is_sqlite:
            return
        async with self._writing, self.engine.connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            with suppress(sqlite3.Error):
                await raw.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def unwritable(self) -> bool:
        """Whether something that was to be written lately found the disk full, broken or closed to us."""
        return monotonic() - self._unwritable_at < LATELY

    @property
    def in_use(self) -> int:
        """Connections that are in use just now."""
        return int(getattr(self.engine.pool, "checkedout", lambda: 0)())

    async def close(self) -> None:
        if self._locks is not None:
            await self._locks.close()
        await self.engine.dispose()


def _its_own_trouble(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode != sqlite3.SQLITE_ERROR  # that one is for statements that are wrong
    return str(getattr(error, "sqlstate", ""))[:2] in _TROUBLES


def _cannot_write(error: BaseException | None) -> bool:
    """Whether the disk is full or broken, or the files belong to somebody else."""
    sqlite_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    unwritable = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
    return sqlite_code in unwritable or getattr(error, "sqlstate", "") in ("53100", "58030")


def _is_there_already(error: BaseException | None) -> bool:
    taken = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
    return getattr(error, "sqlite_errorcode", None) in taken or getattr(error, "sqlstate", "") == "23505"


async def _hear(connection: AsyncConnection, channel: str, callback: Callable[[], None]) -> None:
    """Until the connection is lost. The notices come from asyncpg itself, outside of any transaction."""
    gone = asyncio.Event()
    raw: Any = (await connection.get_raw_connection()).driver_connection
    raw.add_termination_listener(lambda *_: gone.set())
    await raw.add_listener(channel, lambda *_: callback())
    callback()
    await gone.wait()


_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "cache_size=-16000",
    "secure_delete=ON",
)  # fmt: skip


def _configure_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


async def ring(uow: UnitOfWork, channel: str) -> None:
    """Let the other processes know, once this unit of work is on disk, that ``channel`` has news."""
    if uow.session.get_bind().dialect.name == "postgresql":
        await uow.session.execute(select(func.pg_notify(channel, "")))


def upsert(session: AsyncSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """The INSERT of this database that can say ON CONFLICT; both databases understand the same words there."""
    return (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(table)


async def changed(session: AsyncSession, statement: UpdateBase) -> int:
    """Execute what inserts, changes or deletes rows; how many it did."""
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


async def insert_ignore(session: AsyncSession, table: type[Base], rows: list[dict[str, Any]], unique: list[str]) -> int:
    """Insert ``rows``, leaving out those whose ``unique`` columns exist already; how many are new.

    One statement on both databases, so two processes that insert the same row are decided by the database: in the order
    of keys, so that neither waits for a row of the other while that waits for one of its own.
    """
    if not rows:
        return 0
    statement = upsert(session, table).values(sorted(rows, key=itemgetter(*unique)))
    return await changed(session, statement.on_conflict_do_nothing(index_elements=unique))


async def add_up(session: AsyncSession, table: type[Base], rows: list[dict[str, Any]], unique: list[str]) -> None:
    """Insert ``rows``, one for all that are alike in their ``unique`` columns: the others are added up, and so they are
    to what is there already. In the order of keys, so that two who do it don't wait for each other."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        known = sums.setdefault(tuple(row[name] for name in unique), dict.fromkeys(row, 0))
        known.update({name: value if name in unique else known[name] + value for name, value in row.items()})
    added = [sums[key] for key in sorted(sums)]
    for start in range(0, len(added), SOME):
        statement = upsert(session, table).values(added[start : start + SOME])
        more = {c.name: c + statement.excluded[c.name] for c in table.__table__.columns if c.name not in unique}
        await session.execute(statement.on_conflict_do_update(index_elements=unique, set_=more))


async def keep_sums(
    session: AsyncSession,
    table: type[Base],
    unique: list[str],
    keys: Collection[tuple[Any, ...]],
    query: Select[*tuple[Any, ...]],
) -> None:
    """Keep in the rows with these ``keys`` (of the columns ``unique``) what ``query`` finds for each: its key and then
    the other columns. A row for which it finds nothing goes.

    The rows are locked first, so that what others did until then is seen by the query."""
    names = [*unique, *(column.name for column in table.__table__.columns if column.name not in unique)]
    rows = {key: dict(zip(names, [*key, *[0] * (len(names) - len(key))], strict=True)) for key in keys}
    await add_up(session, table, list(rows.values()), unique)
    found = {tuple(row[: len(unique)]): row for row in await session.execute(query)}
    kept = [dict(zip(names, found[key], strict=True)) for key in rows if key in found]
    for start in range(0, len(kept), SOME):
        statement = upsert(session, table).values(kept[start : start + SOME])
        sums = {name: statement.excluded[name] for name in names[len(unique) :]}
        await session.execute(statement.on_conflict_do_update(index_elements=unique, set_=sums))
    gone = [key for key in rows if key not in found]
    for start in range(0, len(gone), SOME):
        these = among([getattr(table, name) for name in unique], gone[start : start + SOME])
        await session.execute(delete(table).where(these), execution_options={"synchronize_session": False})


def among(columns: Sequence[QueryableAttribute[Any]], keys: Collection[Sequence[Any]]) -> ColumnElement[bool]:
    """Whether the columns are one of ``keys``, together. The first is named apart too: for keys alone SQLite looks
    through the whole table."""
    return and_(columns[0].in_({key[0] for key in keys}), tuple_(*columns).in_(keys))


async def delete_some(session: AsyncSession, table: type[Base], *where: ColumnElement[bool]) -> int:
    """Delete ``SOME`` of these rows at most; how many that were (0: none is left)."""
    key = list(inspect(table).primary_key)
    some = select(*key).where(*where).limit(SOME)
    statement = delete(table).where((key[0] if len(key) == 1 else tuple_(*key)).in_(some))
    return await changed(session, statement.execution_options(synchronize_session=False))
