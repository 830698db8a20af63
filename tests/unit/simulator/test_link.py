"""The wire: who is let in, what a dialled connection says of itself, and how it breaks and comes back."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from bot.simulator import Simulator
from bot.simulator.link import require_loopback
from bot.simulator.sample import GROUP_ID, SECRETARY
from tests.process import PATIENCE

from .conftest import TOKEN, Caller


class Bot:
    """A bot that listens, as a reverse WebSocket server; it keeps every frame of every connection."""

    def __init__(self) -> None:
        self.connections: list[tuple[ServerConnection, list[dict[str, Any]]]] = []
        self._heard = asyncio.Condition()

    async def attend(self, connection: ServerConnection) -> None:
        frames: list[dict[str, Any]] = []
        self.connections.append((connection, frames))
        with contextlib.suppress(ConnectionClosed):
            async for text in connection:
                async with self._heard:
                    frames.append(json.loads(text))
                    self._heard.notify_all()

    async def until(self, connections: int, frames: int = 1) -> None:
        """Wait until so many connections have said something, the last of them so many frames."""

        def said() -> bool:
            heard = [frames for _, frames in self.connections if frames]
            return len(heard) >= connections and len(heard[connections - 1]) >= frames

        async with asyncio.timeout(PATIENCE), self._heard:
            await self._heard.wait_for(said)


@pytest.fixture
async def bot() -> AsyncIterator[tuple[Bot, str]]:
    bot = Bot()
    server: Server = await serve(bot.attend, "127.0.0.1", 0, ping_interval=None)
    yield bot, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/onebot/v11/ws"
    server.close()
    await server.wait_closed()


async def test_dials_as_napcat_does(bot: tuple[Bot, str]) -> None:
    listener, url = bot
    async with Simulator(url, token=TOKEN, heartbeat=0.05) as sim:
        await sim.ready()
        await listener.until(1, frames=2)
        connection, frames = listener.connections[0]
    headers = connection.request.headers if connection.request is not None else {}
    assert headers["X-Self-ID"] == "10001"
    assert headers["X-Client-Role"] == "Universal"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert (frames[0]["meta_event_type"], frames[0]["sub_type"]) == ("lifecycle", "connect")
    assert frames[1]["status"] == {"online": True, "good": True}
    assert frames[1]["interval"] == 50


async def test_comes_back_after_a_drop_and_replays_nothing(bot: tuple[Bot, str]) -> None:
    listener, url = bot
    async with Simulator(url, heartbeat=0, reconnect=0.1) as sim:
        await sim.ready()
        await listener.until(1)
        sim.drop()
        while sim.link.connected.is_set():  # noqa: ASYNC110 - nothing is set when a connection has gone
            await asyncio.sleep(0)
        await sim.say(GROUP_ID, SECRETARY, "没人听见")
        await listener.until(2)
        await sim.say(GROUP_ID, SECRETARY, "听见了")
        await listener.until(2, frames=2)
    heard = [f["raw_message"] for _, frames in listener.connections for f in frames if f["post_type"] == "message"]
    assert heard == ["听见了"]


async def test_half_open(bot: tuple[Bot, str]) -> None:
    listener, url = bot
    async with Simulator(url, heartbeat=0, reconnect=0.05) as sim:
        await sim.ready()
        await listener.until(1)
        sim.freeze()
        await listener.until(2)
        old, _ = listener.connections[0]
        await old.send(json.dumps({"action": "send_group_msg", "params": {"group_id": GROUP_ID, "message": "x"}}))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(await old.ping(), 0.2)
        assert sim.sent == []
        await sim.say(GROUP_ID, SECRETARY, "新连接")
        await listener.until(2, frames=2)
    assert [len(frames) for _, frames in listener.connections] == [1, 2]


async def test_stays_away_until_connected_again(bot: tuple[Bot, str]) -> None:
    listener, url = bot
    async with Simulator(url, heartbeat=0, reconnect=0.05) as sim:
        await sim.ready()
        await listener.until(1)
        await sim.disconnect()
        assert not sim.link.connected.is_set()
        await asyncio.sleep(0.15)
        assert len(listener.connections) == 1
        await sim.connect()
        await sim.ready()


async def test_a_wrong_token_is_told_and_closed(sim: Simulator) -> None:
    for address in (f"ws://127.0.0.1:{sim.port}/", f"ws://127.0.0.1:{sim.port}/?access_token=wrong"):
        async with connect(address, proxy=None) as socket:
            assert json.loads(await socket.recv())["retcode"] == 1403
            with pytest.raises(ConnectionClosed):
                await socket.recv()


async def test_forward_paths(sim: Simulator) -> None:
    base = f"ws://127.0.0.1:{sim.port}"
    async with connect(f"{base}/event?access_token={TOKEN}", proxy=None) as events:
        assert json.loads(await events.recv())["meta_event_type"] == "lifecycle"
        async with connect(f"{base}/api?access_token={TOKEN}", proxy=None) as api:
            await sim.say(GROUP_ID, SECRETARY, "您好")
            assert json.loads(await events.recv())["raw_message"] == "您好"
            await api.send(json.dumps({"action": "get_status", "echo": 1}))
            assert json.loads(await api.recv())["echo"] == 1
    async with connect(f"{base}/elsewhere?access_token={TOKEN}", proxy=None) as nowhere:
        with pytest.raises(ConnectionClosed):
            await nowhere.recv()


async def test_no_web_page_is_let_in(sim: Simulator) -> None:
    """Any page in a browser could dial this machine; a browser says where the page is from."""
    address = f"ws://127.0.0.1:{sim.port}/?access_token={TOKEN}"
    async with connect(address, proxy=None, origin=Origin("http://evil.example")) as page:
        with pytest.raises(ConnectionClosed):
            await page.recv()


@pytest.mark.parametrize("frame", ["{", "[]", "7", "[" * 5000, "\x00"])
async def test_broken_frames_are_1400_and_end_nothing(call: Caller, frame: str) -> None:
    await call.socket.send(frame)
    assert (await call("get_status"))["good"] is True


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "", None, "::", "10.0.0.1"])
async def test_only_this_machine(host: str | None) -> None:
    with pytest.raises(ValueError, match="本机"):
        require_loopback(host)


async def test_refuses_to_dial_elsewhere() -> None:
    with pytest.raises(ValueError, match="本机"):
        async with Simulator("ws://192.0.2.1:8080/"):
            pass
