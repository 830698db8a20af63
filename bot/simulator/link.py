"""The wire: OneBot v11 over WebSocket, dialled (reverse) or listened for (forward), as NapCat does both.

The link knows connections, frames and faults of the network. What a call does is the business of ``Performer``.
"""

import asyncio
import contextlib
import ipaddress
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from bot.simulator.actions import failure
from bot.simulator.errors import ActionError

log = logging.getLogger("xueban.simulator")

Direction = Literal["in", "out"]
OnFrame = Callable[[Direction, dict[str, Any]], None]
Answerer = Callable[["Client", dict[str, Any]], Awaitable[dict[str, Any] | None]]

MOST_FRAME_BYTES = 50 * 2**20


def require_loopback(host: str | None) -> None:
    """Raises ``ValueError`` in Chinese for a host that isn't this machine: a simulator must never be in production."""
    with contextlib.suppress(ValueError):
        if host == "localhost" or ipaddress.ip_address(host or "").is_loopback:
            return
    raise ValueError(f"模拟群只能在本机使用,不能用于 {host or '未指定的地址'}。")


class Client:
    """One open connection. Frames leave it in the order in which they were put."""

    def __init__(self, connection: Connection, on_frame: OnFrame, *, events: bool = True) -> None:
        self.connection = connection
        self.events = events
        self.frozen = asyncio.Event()
        self._on_frame = on_frame
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def put(self, frame: dict[str, Any]) -> None:
        self._outgoing.put_nowait(frame)

    def freeze(self) -> None:
        """Half-open: the socket stays, but nothing is read or written any more, not even pings."""
        self.frozen.set()
        self.connection.transport.pause_reading()

    def abort(self) -> None:
        """The socket is gone at once, without a closing handshake."""
        self.connection.transport.abort()

    async def run(self, answerer: Answerer) -> None:
        """Serve until the connection ends."""
        writing = asyncio.create_task(self._write())
        calls: set[asyncio.Task[None]] = set()
        try:
            async for text in self.connection:
                if self.frozen.is_set():
                    continue
                call = asyncio.create_task(self._answer(text, answerer))
                calls.add(call)
                call.add_done_callback(calls.discard)
        except ConnectionClosed:
            pass
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _answer(self, text: str | bytes, answerer: Answerer) -> None:
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            self.put(failure(ActionError(1400, "json解析失败,请检查数据格式")))
            return
        if not isinstance(frame, dict):
            self.put(failure(ActionError(1400, "json解析失败,请检查数据格式")))
            return
        self._on_frame("out", frame)
        answer = await answerer(self, frame)
        if answer is not None:
            self.put(answer)

    async def _write(self) -> None:
        while True:
            frame = await self._outgoing.get()
            if self.frozen.is_set():
                continue
            self._on_frame("in", frame)
            with contextlib.suppress(ConnectionClosed):
                await self.connection.send(json.dumps(frame, ensure_ascii=False))


class Link:
    """All connections of one account: the one it dials and those that dialled in.

    ``hello`` makes the first frame of a connection, ``beat`` the heartbeat, sent every ``heartbeat`` seconds.
    """

    def __init__(
        self,
        self_id: int,
        token: str,
        answerer: Answerer,
        on_frame: OnFrame,
        hello: Callable[[], dict[str, Any]],
        beat: Callable[[], dict[str, Any]],
        *,
        heartbeat: float = 30.0,
        reconnect: float = 3.0,
    ) -> None:
        self._self_id = self_id
        self._token = token
        self._answerer = answerer
        self._on_frame = on_frame
        self._hello = hello
        self._beat = beat
        self._heartbeat = heartbeat
        self.reconnect = reconnect
        self.clients: list[Client] = []
        self.connected = asyncio.Event()
        self.dials = 0
        """How many times a dialled connection came about."""
        self._dialling: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._server: Server | None = None
        self._kept: list[Client] = []

    # -- out and in

    def emit(self, event: dict[str, Any]) -> None:
        """Report an event to every client that listens; without one it is lost, as it is with NapCat."""
        for client in self.clients:
            if client.events:
                client.put(event)

    def dial(self, url: str) -> None:
        """Connect to a bot at ``url`` (reverse WebSocket) and keep the connection up."""
        require_loopback(urlsplit(url).hostname)
        self._dialling = asyncio.create_task(self._keep_dialling(url))
        self._start_beating()

    async def listen(self, host: str, port: int) -> int:
        """Wait for bots to connect (forward WebSocket); the port."""
        require_loopback(host)
        self._server = await serve(
            self._accept, host, port, max_size=MOST_FRAME_BYTES, compression=None, ping_interval=None
        )
        self._start_beating()
        return int(self._server.sockets[0].getsockname()[1])

    async def hang_up(self) -> None:
        """End the dialled connection and dial no more."""
        if self._dialling is not None:
            self._dialling.cancel()
            await asyncio.gather(self._dialling, return_exceptions=True)
            self._dialling = None

    async def close(self) -> None:
        await self.hang_up()
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        for client in (*self.clients, *self._kept):
            client.abort()

    # -- faults of the network

    def drop(self) -> None:
        """Break every connection at once; the dialled one comes back after ``reconnect`` seconds."""
        for client in tuple(self.clients):
            client.abort()

    def freeze(self) -> None:
        """Make every connection half-open. The dialled one is given up silently and dialled anew."""
        for client in tuple(self.clients):
            client.freeze()
            self._kept.append(client)
            self._forget(client)

    # -- inside

    def _start_beating(self) -> None:
        if self._heartbeat > 0 and self._beating is None:
            self._beating = asyncio.create_task(self._keep_beating())

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            self.emit(self._beat())

    async def _keep_dialling(self, url: str) -> None:
        headers = {"X-Self-ID": str(self._self_id), "X-Client-Role": "Universal"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        while True:
            try:
                connection = await connect(
                    url,
                    additional_headers=headers,
                    user_agent_header="OneBot/11",
                    compression=None,
                    max_size=MOST_FRAME_BYTES,
                    ping_interval=None,
                    open_timeout=5,
                    close_timeout=1,
                    proxy=None,
                )
            except (OSError, TimeoutError, InvalidHandshake, InvalidURI, EOFError) as error:
                log.info("no connection to %s: %s", url, error)
            else:
                self.dials += 1
                await self._serve_until_gone(Client(connection, self._on_frame))
            await asyncio.sleep(self.reconnect)

    async def _serve_until_gone(self, client: Client) -> None:
        serving = asyncio.create_task(self._serve(client))
        frozen = asyncio.create_task(client.frozen.wait())
        try:
            await asyncio.wait({serving, frozen}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await asyncio.wait_for(client.connection.close(), 2)
            raise
        finally:
            frozen.cancel()
            if not client.frozen.is_set():
                serving.cancel()
            await asyncio.gather(frozen, *(() if client.frozen.is_set() else (serving,)), return_exceptions=True)

    async def _serve(self, client: Client) -> None:
        if client.events:
            client.put(self._hello())
        self.clients.append(client)
        self.connected.set()
        try:
            await client.run(self._answerer)
        finally:
            self._forget(client)

    def _forget(self, client: Client) -> None:
        if client in self.clients:
            self.clients.remove(client)
        if not self.clients:
            self.connected.clear()

    async def _accept(self, connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        address = urlsplit(request.path)
        if address.path.rstrip("/") not in ("", "/api", "/event"):
            await connection.close(1008, HTTPStatus.NOT_FOUND.phrase)
            return
        if "Origin" in request.headers:  # only browsers say where a page is from: it may be anybody's
            await connection.close(1008, HTTPStatus.FORBIDDEN.phrase)
            return
        given = parse_qs(address.query).get("access_token", [""])[0]
        given = given or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if self._token and given != self._token:
            await connection.send(json.dumps(failure(ActionError(1403, "token验证失败")), ensure_ascii=False))
            await connection.close(1008, HTTPStatus.UNAUTHORIZED.phrase)
            return
        await self._serve(Client(connection, self._on_frame, events=address.path.rstrip("/") != "/api"))
