"""The corner of the bot's web server for what people open by a link: reading pages, the calendar of their meetings.

It lists nothing, knows no sign-in and sets no cookie: who has a link sees what it is to. Whatever else is asked for
gets one friendly page.
"""

import logging
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.core.db import Database
from bot.core.errors import DatabaseBusy
from bot.core.limits import RateLimit
from bot.core.signing import Links
from bot.meeting import feed
from bot.study import visiting
from bot.study.pages import Pages
from bot.web import views

log = logging.getLogger("xueban.web")

HEADERS = {
    "Content-Security-Policy": views.POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
LONGEST_FORM = 1024
"""Bytes that a page sends at most."""


def serve(database: Database, pages: Pages) -> Starlette:
    """The application, to be mounted at ``bot.core.signing.PATH``."""
    door = _Door()
    return Starlette(
        routes=[
            Route(f"/{{token}}{feed.ENDING}", _Calendar(database, pages.links, door).answer),
            Route("/{token}", _Reading(database, pages, door).answer, methods=["GET", "POST"]),
        ],
        exception_handlers={HTTPException: _elsewhere, DatabaseBusy: _elsewhere},
    )


class _Door:
    """How often an address may come, and how often with what is none of our links."""

    def __init__(self) -> None:
        self._visitors = RateLimit(burst=300, per_second=5)
        """A whole office may come from one address."""
        self._guessers = RateLimit(burst=20, per_second=1 / 30)

    def enter(self, request: Request) -> None:
        """Raises ``HTTPException`` for who comes too often."""
        if not self._visitors.allow(_address(request)):
            raise HTTPException(429)

    def wrong(self, request: Request) -> HTTPException:
        """What to raise for a link that isn't ours."""
        return HTTPException(404 if self._guessers.allow(_address(request)) else 429)


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


class _Calendar:
    """Somebody's meetings, for the phone that has their link."""

    def __init__(self, database: Database, links: Links, door: _Door) -> None:
        self._database, self._links, self._door = database, links, door

    async def answer(self, request: Request) -> Response:
        """The .ics. Raises ``HTTPException``."""
        self._door.enter(request)
        wanted = feed.read(self._links, request.path_params["token"])
        if wanted is None:
            raise self._door.wrong(request)
        async with self._database.reading() as uow:
            found = await feed.feed(uow, wanted)
        if found is None:
            raise HTTPException(410)
        return Response(found, headers=HEADERS, media_type="text/calendar")


class _Reading:
    """One material, for who has a link to it."""

    def __init__(self, database: Database, pages: Pages, door: _Door) -> None:
        self._database, self._pages, self._door = database, pages, door

    async def answer(self, request: Request) -> Response:
        """The page; on POST with what its end says. Raises ``HTTPException``."""
        self._door.enter(request)
        link = self._pages.read(request.path_params["token"])
        if link is None:
            raise self._door.wrong(request)
        form = await _form(request) if request.method == "POST" else {}
        visit, end = form.get("visit", ""), None
        opened = self._pages.opened(visit, link) if form else None
        if form and opened is None:
            raise self._door.wrong(request)
        if opened is None:
            async with self._database.reading() as uow:
                page, now = await visiting.page(uow, link), uow.now
                visit = self._pages.open(link, now)
        else:
            async with self._database.unit_of_work() as uow:
                page, now = await visiting.page(uow, link), uow.now
                end = await visiting.reach_end(uow, page, opened) if page is not None else None
        if page is None:
            raise HTTPException(410)
        return HTMLResponse(views.reading(page, visit, link.member_id is not None, end, now), headers=HEADERS)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form. Raises ``HTTPException`` for a large one, and for what is none."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            raise HTTPException(413)
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=5)
    except ValueError:
        fields = {}
    if not fields:
        raise HTTPException(404)
    return {name: values[0] for name, values in fields.items()}


async def _elsewhere(_: Request, error: Exception) -> Response:
    """Everything that isn't a page, in the words of one who was looking for one."""
    status = error.status_code if isinstance(error, HTTPException) else 503
    said = {410: views.GONE, 429: views.MUCH, 503: views.TROUBLE}.get(status, views.WRONG)
    return HTMLResponse(views.message(*said), status, HEADERS)
