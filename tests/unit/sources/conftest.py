"""A web server of one's own, and fetchers with and without leave to visit it."""

from collections.abc import AsyncIterator

import pytest

from bot.sources.fetcher import Fetcher
from tests.web import Server, serving


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    made = Fetcher()
    yield made
    await made.close()


@pytest.fixture
async def inside() -> AsyncIterator[Fetcher]:
    made = Fetcher(allow_private=True)
    yield made
    await made.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running
