"""Fixtures that every kind of test shares: a clock that stands at 7:40 in the morning, and a fresh database."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings

from bot.core.clock import CHINA, ShiftableClock
from bot.core.db import Database, UnitOfWork
from tests.databases import on_sqlite
from tests.nursery import Nursery

settings.register_profile("xueban", deadline=None)  # the machine is shared: time says nothing
settings.load_profile("xueban")

MORNING = datetime(2026, 11, 24, 7, 40, tzinfo=CHINA)
"""A Tuesday and a workday."""


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


@pytest.fixture
def clock() -> ShiftableClock:
    return ShiftableClock(MORNING)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
async def database(clock: ShiftableClock, data_dir: Path) -> AsyncIterator[Database]:
    db = Database(on_sqlite(data_dir), clock)
    yield db
    await db.close()


@pytest.fixture
async def uow(database: Database) -> AsyncIterator[UnitOfWork]:
    async with database.unit_of_work() as unit:
        yield unit
