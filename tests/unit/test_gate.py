"""The web server's door: a small body passes, a large one doesn't, and nobody holds a connection for long."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.web.gate import LARGEST, Gate, Impatient
from tests.process import PATIENCE

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """A server that says how long the body was, and stands still for a body of one byte."""
    monkeypatch.setattr(Impatient, "PATIENCE", 0.2)

    async def count(request: Request) -> PlainTextResponse:
        body = await request.body()
        if len(body) == 1:
            await asyncio.Event().wait()
        return PlainTextResponse(str(len(body)))

    app = Gate(Starlette(routes=[Route("/", count, methods=["POST"])]))
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Impatient, lifespan="off", log_level="error", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listener]))
    yield int(listener.getsockname()[1])
    server.should_exit = server.force_exit = True
    await serving


async def answer(port: int, *pieces: bytes) -> bytes:
    """Everything that comes back until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    got = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                while piece := await reader.read(2**16):
                    got += piece
    finally:
        writer.transport.abort()
    return got


async def test_as_much_as_may_come_comes_through(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "PATIENCE", PATIENCE)
    last = REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert (await answer(port, last % LARGEST, b"x" * LARGEST)).endswith(str(LARGEST).encode())
    assert b" 413 " in (await answer(port, last % (LARGEST + 1), b"x" * (LARGEST + 1)))[:20]


@pytest.mark.parametrize(
    "pieces",
    [(), (b"POST / HT",), (REQUEST[:-4] % 9,), (REQUEST % 9, b"12345"), (REQUEST % 1, b"x")],
    ids=["silent", "half a line", "half a head", "half a body", "no answer"],
)
async def test_nobody_holds_a_connection_for_long(port: int, pieces: tuple[bytes, ...]) -> None:
    assert await answer(port, *pieces) == b""


async def test_a_second_request_is_not_waited_for_any_longer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "PATIENCE", 2.0)
    assert (await answer(port, REQUEST % 2, b"xx", b"POST / HTTP/1.1\r\n")).endswith(b"2")
