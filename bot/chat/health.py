"""``GET /healthz``: can this process serve? Asked by the container's health check and by ``xueban doctor``.

Anybody may ask, so the answer is one word and a count, and holds no data.
"""

import asyncio
from collections.abc import Callable

from nonebot.drivers import URL, ASGIMixin, HTTPServerSetup, Request, Response
from sqlalchemy import text

from bot.core.db import Database

PATH = "/healthz"
CONNECTED = "X-Connected-Accounts"
PATIENCE = 3.0
"""Seconds within which the database must answer."""


def serve(driver: ASGIMixin, database: Database, accounts: Callable[[], int]) -> None:
    """Add the page: 200 ``ok``, or 503 ``database`` while the database doesn't answer and ``disk`` while it can't
    write; how many accounts are connected stands in a header."""

    async def answer(_: Request) -> Response:
        connected = {CONNECTED: str(accounts())}
        wrong = "disk" if database.unwritable else "" if await reachable(database) else "database"
        return Response(503 if wrong else 200, headers=connected, content=wrong or "ok")

    driver.setup_http_server(HTTPServerSetup(URL(PATH), "GET", "health", answer))


async def reachable(database: Database) -> bool:
    """Whether the database answers within ``PATIENCE``."""
    try:
        async with asyncio.timeout(PATIENCE), database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception:
        return False
    return True
