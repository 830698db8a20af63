"""The web server's door, before anybody has shown who they are: how much they may send, and how long they may take.

The sockets of the platform are past it once they are open; who they are is asked by ``bot.chat.adapter``.
"""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

LARGEST = 2 * 2**20
"""Bytes of a body. The largest that is meant to come is an event of the platform by HTTP."""


class Gate:
    """Takes in the whole body of a request, and refuses a large one, before anything of it is looked at."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > LARGEST:
                await PlainTextResponse("Content Too Large", 413, {"Connection": "close"})(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)


class Impatient(H11Protocol):
    """HTTP that ends a connection on which one request, from its first byte to the last of its answer, takes longer
    than ``PATIENCE`` (twice that at most). Its heads are small (16 KiB), as those of its parent are."""

    PATIENCE = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look(object())

    def _look(self, seen: object) -> None:
        """End it if it is still where it was at the last look; a connection that became a socket is no more ours."""
        if self not in self.connections:
            return
        if self.cycle is seen:
            self.transport.abort()
            return
        self.loop.call_later(self.PATIENCE, self._look, self.cycle)
