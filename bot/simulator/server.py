"""The web server of the simulated group, on this machine only: the page, its WebSocket and its buttons."""

import asyncio
import contextlib
import json
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from bot.core.errors import UserError
from bot.simulator import controls, told
from bot.simulator.happenings import Happening, OnlineChanged, Reset
from bot.simulator.link import Direction, require_loopback
from bot.simulator.local_web import EmbeddedServer, OnlyFromHere
from bot.simulator.multipart import first_file
from bot.simulator.segments import MOST_BYTES
from bot.simulator.simulator import Simulator

PAGE = Path(__file__).with_name("page")

_FRAMES_KEPT = 100
_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""Media types that a browser may show by itself; everything else is a download."""


Control = Callable[[Simulator, dict[str, Any]], Awaitable[dict[str, Any]]]


class PageServer:
    """Serves one simulator to any number of browsers.

    ``jump`` sets the clock (without it the page can't); ``on_reset`` is awaited when the world starts anew.
    """

    def __init__(
        self,
        sim: Simulator,
        *,
        host: str = "127.0.0.1",
        port: int = 8081,
        jump: controls.Jump | None = None,
        on_reset: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        require_loopback(host)
        self.sim = sim
        self.jump = jump
        self.on_reset = on_reset
        self.port = port
        self._host = host
        self._browsers: set[asyncio.Queue[str]] = set()
        self._frames: deque[dict[str, Any]] = deque(maxlen=_FRAMES_KEPT)
        self._ends: list[Callable[[], None]] = []
        self._server: EmbeddedServer | None = None
        self._serving: asyncio.Task[None] | None = None
        self.app = _application(self)

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}"

    async def start(self) -> None:
        """Raises ``OSError`` if the port is taken."""
        listener = socket.create_server((self._host, self.port), family=_family(self._host))
        self.port = int(listener.getsockname()[1])
        self.sim.world.file_base = self.url
        self._ends = [self.sim.world.listen(self._happened), self.sim.watch_frames(self._frame)]
        config = uvicorn.Config(
            self.app, log_level="warning", access_log=False, lifespan="off", ws="websockets-sansio", server_header=False
        )
        self._server = EmbeddedServer(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.ready.wait()

    async def stop(self) -> None:
        for end in self._ends:
            end()
        self._ends.clear()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = self._server.force_exit = True
            await self._serving

    # -- telling browsers

    def tell(self, *news: dict[str, Any]) -> None:
        for one in news:
            text = self.for_browser(one)
            for browser in self._browsers:
                browser.put_nowait(text)

    def tell_clock(self, now: datetime) -> None:
        """Tell the browsers that the clock was set."""
        self.tell({"type": "clock", "now": now.isoformat()})

    def for_browser(self, news: dict[str, Any]) -> str:
        """File addresses become relative: the page may be open under another name of this machine."""
        text = json.dumps(news, ensure_ascii=False)
        base = self.sim.world.file_base
        return text.replace(f'"{base}/sim/file/', '"/sim/file/') if base else text

    def _happened(self, happening: Happening) -> None:
        match happening:
            case Reset():
                self.tell(self._state())
            case OnlineChanged(online):
                self.tell({"type": "online", "online": online and self.sim.link.connected.is_set()})
            case _:
                self.tell(*told.increments(self.sim.world, happening))

    def _frame(self, direction: Direction, frame: dict[str, Any]) -> None:
        at = self.sim.clock.now().isoformat()
        news = {"type": "frame", "dir": direction, "at": at, "json": told.shortened(frame)}
        self._frames.append(news)
        self.tell(news)

    def _state(self) -> dict[str, Any]:
        online = self.sim.behaviour.online and self.sim.link.connected.is_set()
        return told.state(self.sim.world, online=online, fault=controls.describe_fault(self.sim))

    async def attend(self, browser: WebSocket) -> None:
        """Keep one browser up to date until it leaves."""
        await browser.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()
        for news in (self._state(), *self._frames):
            queue.put_nowait(self.for_browser(news))
        self._browsers.add(queue)
        tasks = [asyncio.create_task(job) for job in (_send(browser, queue), _drain(browser), self._report_link())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._browsers.discard(queue)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _report_link(self) -> None:
        """The connection to the bot comes and goes without a happening in the world: look at it."""
        last: bool | None = None
        while True:
            online = self.sim.behaviour.online and self.sim.link.connected.is_set()
            if online != last:
                self.tell({"type": "online", "online": online})
                last = online
            await asyncio.sleep(0.5)

    async def reset(self) -> dict[str, Any]:
        await controls.fault(self.sim, {})
        self._frames.clear()
        self.sim.reset()
        if self.on_reset is not None:
            await self.on_reset()
        return {}

    async def set_clock(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = await controls.clock(self.sim, body, self.jump)
        self.tell({"type": "clock", "now": answer["now"]})
        return answer

    async def set_fault(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = await controls.fault(self.sim, body)
        self.tell({"type": "fault", "fault": answer})
        return answer


def _application(server: PageServer) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(OnlyFromHere)

    @app.exception_handler(UserError)
    async def refuse(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 400)

    @app.exception_handler(controls.Unavailable)
    async def cannot(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 501)

    @app.get("/")
    async def page() -> Response:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})

    @app.websocket("/sim/ws")
    async def attend(browser: WebSocket) -> None:
        await server.attend(browser)

    async def with_sim(control: Control, request: Request) -> JSONResponse:
        return JSONResponse(await control(server.sim, await _body(request)))

    buttons: dict[str, Control] = {
        "say": controls.say,
        "react": controls.react,
        "recall": controls.recall,
        "essence": controls.essence,
        "announce": controls.announce,
        "member": controls.member,
        "clock": lambda sim, body: server.set_clock(body),
        "fault": lambda sim, body: server.set_fault(body),
        "reset": lambda sim, body: server.reset(),
    }

    @app.post("/sim/upload")
    async def upload(request: Request) -> JSONResponse:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise UserError(f"文件超过了 {MOST_BYTES // 2**20} MB。")
        found = first_file(request.headers.get("content-type", ""), bytes(body))
        if found is None or not found[1]:
            raise UserError("没有收到文件,或文件是空的。")
        stored = server.sim.world.shelf.put(found[1], found[0])
        url = f"/sim/file/{stored.file_id}"
        return JSONResponse({"file_id": stored.file_id, "url": url, "name": stored.name, "size": stored.size})

    @app.post("/sim/{button}")
    async def press(button: str, request: Request) -> JSONResponse:
        if button not in buttons:
            return JSONResponse({"error": "没有这个操作。"}, 404)
        return await with_sim(buttons[button], request)

    @app.get("/sim/file/{file_id}")
    async def file(file_id: str) -> Response:
        stored = server.sim.world.shelf.find(file_id)
        if stored is None or stored.file_id != file_id:
            return JSONResponse({"error": "没有这个文件。"}, 404)
        inline = stored.media_type in _INLINE
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Disposition": "inline"
            if inline
            else f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}",
        }
        data = server.sim.world.shelf.read(file_id)
        return Response(data, media_type=stored.media_type if inline else "application/octet-stream", headers=headers)

    app.mount("/static", StaticFiles(directory=PAGE, check_dir=False))
    return app


async def _send(browser: WebSocket, queue: asyncio.Queue[str]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await browser.send_text(await queue.get())


async def _drain(browser: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await browser.receive_text()


async def _body(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise UserError("请以 JSON 发送。")
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UserError("请以 JSON 对象发送。")
    return cast("dict[str, Any]", body)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
