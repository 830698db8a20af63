"""``GET /healthz``: can this process serve? Asked by the container's health check and by ``xueban doctor``.

Anybody may ask, so the answer is one word and holds no data.
"""

import asyncio

from nonebot.drivers import URL, ASGIMixin, HTTPServerSetup, Request, Response
from sqlalchemy import text

from bot.core.db import Database

PATH = "/healthz"
PATIENCE = 3.0
"""Seconds within which the database must answer."""


def serve(driver: ASGIMixin, database: Database) -> None:
    """Add the page: 200 ``ok``, or 503 ``database`` while the database doesn't answer."""

    async def answer(_: Request) -> Response:
        return Response(200, content="ok") if await reachable(database) else Response(503, content="database")

    driver.setup_http_server(HTTPServerSetup(URL(PATH), "GET", "health", answer))


async def reachable(database: Database) -> bool:
    """Whether the database answers within ``PATIENCE``."""
    try:
        async with asyncio.timeout(PATIENCE), database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception:
        return False
    return True
