"""A web server inside another program that only the people on this machine may use."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import uvicorn
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}


class OnlyFromHere:
    """Refuses what a foreign web page could make a browser send here: other host names, other origins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
        if host in _LOCAL_NAMES and not foreign:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await JSONResponse({"error": "模拟群只能在本机打开。"}, 403)(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})


class EmbeddedServer(uvicorn.Server):
    """A server inside another program, which keeps its own signals."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
