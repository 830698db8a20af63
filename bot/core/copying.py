"""Every row of one database into another, whatever the two are: SQLite or PostgreSQL. The basis of moving, backing up
and restoring; nothing here knows what a table is about."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, String, Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.db import Base

CHUNK = 1000
"""Rows that are in memory at a time."""


@asynccontextmanager
async def snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The database as it is at this moment, however long the reading takes and whatever is written meanwhile."""
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


async def copy(source: AsyncConnection, target: AsyncConnection) -> None:
    """Copy everything. The two must have the same schema, and ``target`` be empty."""
    for table in Base.metadata.sorted_tables:
        await _copy_table(source, target, table)
        await _continue_numbers(target, table)


async def size(connection: AsyncConnection) -> int:
    """How many rows there are in all tables."""
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in Base.metadata.sorted_tables]
    return sum((await connection.execute(select(*counts))).one())


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether no table has a row."""
    for table in Base.metadata.sorted_tables:
        if (await connection.execute(select(text("1")).select_from(table).limit(1))).first() is not None:
            return False
    return True


async def hold(connection: AsyncConnection) -> None:
    """Wait for whoever is writing; nobody else writes to any table before the transaction ends."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        await connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


async def clear(connection: AsyncConnection) -> None:
    """Delete every row of every table."""
    for table in reversed(Base.metadata.sorted_tables):
        await connection.execute(delete(table))


async def differences(one: AsyncConnection, other: AsyncConnection) -> list[str]:
    """The tables that aren't the same, compared row by row."""
    found = []
    for table in Base.metadata.sorted_tables:
        if not await _same(_rows(one, table), _rows(other, table)):
            found.append(table.name)
    return found


async def _same(ours: AsyncIterator[Sequence[Row[Any]]], theirs: AsyncIterator[Sequence[Row[Any]]]) -> bool:
    async for chunk in ours:
        if chunk != await anext(theirs, None):
            return False
    return await anext(theirs, None) is None


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
    """All rows, in the order of the primary key, which is the same on both databases."""
    order = [_bytewise(column, connection) for column in table.primary_key]
    result = await connection.stream(select(table).order_by(*order).execution_options(yield_per=CHUNK))
    async for chunk in result.partitions(CHUNK):
        yield chunk


def _bytewise(column: Column[Any], connection: AsyncConnection) -> ColumnElement[Any]:
    bytewise = isinstance(column.type, String) and connection.dialect.name == "postgresql"
    return column.collate("C") if bytewise else column


async def _copy_table(source: AsyncConnection, target: AsyncConnection, table: Table) -> None:
    """Rows that refer to rows of their own table are linked once all are there."""
    links = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    linked: list[dict[str, Any]] = []
    async for chunk in _rows(source, table):
        rows = [dict(row._mapping) for row in chunk]
        if links:
            linked += [{f"_{name}": value for name, value in row.items()} for row in rows]
            rows = [row | {column.name: None for column in links} for row in rows]
        await target.execute(insert(table), rows)
    if linked:
        await _link(target, table, links, linked)


async def _link(target: AsyncConnection, table: Table, links: list[Column[Any]], rows: list[dict[str, Any]]) -> None:
    this = (column == bindparam(f"_{column.name}") for column in table.primary_key)
    values: dict[str, Any] = {column.name: bindparam(f"_{column.name}") for column in links}
    await target.execute(update(table).where(*this).values(values), rows)


async def _continue_numbers(target: AsyncConnection, table: Table) -> None:
    """Have PostgreSQL count on from the highest id that was copied; SQLite does by itself. It is undone with the
    transaction, as ``setval`` is not: then numbers that are taken would be given out."""
    column = table.autoincrement_column
    if column is not None and target.dialect.name == "postgresql":
        sequence = await target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        following = await target.scalar(select(func.coalesce(func.max(column), 0) + 1))
        if sequence is not None:
            await target.execute(text(f"ALTER SEQUENCE {sequence} RESTART WITH {following}"))
