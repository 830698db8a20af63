"""Fields and houses, ready for use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests import databases
from tests.nursery import Nursery
from tests.postgres import server

from . import house as houses
from .field import Field
from .house import House


@pytest.fixture
async def field(nursery: Nursery, data_dir: Path) -> AsyncIterator[Field]:
    async with Field(nursery, databases.on_sqlite(data_dir)) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def fields(request: pytest.FixtureRequest, nursery: Nursery, data_dir: Path) -> AsyncIterator[list[Field]]:
    """Eight fields that are tried at the same time, on either database."""
    async with AsyncExitStack() as stack:
        made = []
        for number in range(8):
            url = await databases.on(request.param, data_dir, f"fault{number}.db")
            made.append(await stack.enter_async_context(Field(nursery, url)))
        yield made


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample branch, to be copied."""
    folder = tmp_path_factory.mktemp("furnished")
    houses.furnish(folder, f"sqlite+aiosqlite:///{folder / 'xueban.db'}")
    return folder


@pytest.fixture(scope="session")
def furnished_postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database on PostgreSQL with the sample branch, to be copied."""
    url = asyncio.run(server().fresh())
    houses.furnish(tmp_path_factory.mktemp("furnished"), url)
    return url


@pytest.fixture
async def house(nursery: Nursery, furnished: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with House(nursery, tmp_path, houses.copy(furnished, tmp_path)) as made:
        yield made
