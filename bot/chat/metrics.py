"""``GET /metrics`` for Prometheus: queue, sends, answers, the clock and the event loop. No text, no name, no member.

It is there only if the operator has set a token, and only for who shows it.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from nonebot.drivers import URL, ASGIMixin, HTTPServerSetup, Request, Response

from bot.core.errors import DatabaseBusy
from bot.core.measures import TYPE, Readings
from bot.delivery import outbox
from bot.delivery.outbox import Standing

if TYPE_CHECKING:
    from bot.app import App

PATH = "/metrics"


def serve(driver: ASGIMixin, app: "App", messages: Callable[[], tuple[int, int]]) -> None:
    """Add the page if ``XUEBAN__METRICS_TOKEN`` is set. ``messages`` tells how many were said, and how many of them
    were for the bot."""
    token = app.settings.xueban.metrics_token
    if not token:
        return
    watched = _Watched(app, messages)

    async def answer(request: Request) -> Response:
        shown = str(request.headers.get("Authorization", ""))
        if not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return Response(401, content="Unauthorized")
        return Response(200, headers={"Content-Type": TYPE}, content=await watched.page())

    driver.setup_http_server(HTTPServerSetup(URL(PATH), "GET", "metrics", answer))


class _Watched:
    def __init__(self, app: "App", messages: Callable[[], tuple[int, int]]) -> None:
        self._app, self._messages = app, messages
        self._standing: Standing | None = None
        self._drift = 0.0
        readings = self._readings = Readings()
        readings.gauge("database_up", "1 if the database answered", lambda: {(): float(self._standing is not None)})
        readings.gauge("outbox_messages", "messages that haven't arrived, by state", self._waiting, "state")
        readings.gauge("outbox_oldest_due_seconds", "how long the oldest due message has been waiting", self._oldest)
        readings.gauge("clock_error_seconds", "how far the clock here is ahead of the database's", self._clock)
        readings.gauge("account_connected", "1 if the account's connection is held here", self._connected, "account")
        readings.gauge("account_circuit_open", "1 while nothing is sent for the account", self._circuits, "account")
        readings.counter("heard", "messages of the chats, by whether they were for the bot", self._heard, "ours")

    async def page(self) -> bytes:
        try:
            async with self._app.database.reading() as uow:
                self._standing = await outbox.standing(uow)
            self._drift = await self._app.database.drift()
        except DatabaseBusy:
            self._standing = None
        return self._readings.page()

    def _waiting(self) -> Mapping[tuple[str, ...], float]:
        return {(state,): count for state, count in self._standing.by_state.items()} if self._standing else {}

    def _oldest(self) -> Mapping[tuple[str, ...], float]:
        return {(): self._standing.oldest_due.total_seconds()} if self._standing else {}

    def _clock(self) -> Mapping[tuple[str, ...], float]:
        return {(): self._drift} if self._standing else {}

    def _connected(self) -> Mapping[tuple[str, ...], float]:
        return {(account,): float(there) for account, (there, _) in self._app.worker.accounts().items()}

    def _circuits(self) -> Mapping[tuple[str, ...], float]:
        return {(account,): float(opened) for account, (_, opened) in self._app.worker.accounts().items()}

    def _heard(self) -> Mapping[tuple[str, ...], float]:
        heard, ours = self._messages()
        return {("yes",): ours, ("no",): heard - ours}
