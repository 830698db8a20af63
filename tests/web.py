"""A web server of one's own: what it answers is a dictionary that the test fills."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Server = tuple[str, dict[str, bytes], list[str]]
"""(address, answers by path, paths that were asked for)"""


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    answers: dict[str, bytes] = {}
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1].decode()
        asked.append(path)
        writer.write(answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        try:
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except ConnectionError:  # who asked has heard enough
            pass
        finally:
            writer.transport.abort()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = running.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", answers, asked
    running.close()
    await running.wait_closed()


def ok(body: bytes, *headers: bytes, kind: bytes = b"text/html") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Type: " + kind, *headers, b"Connection: close", b"", body])
