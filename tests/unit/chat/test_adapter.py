"""The adapter with sockets of the test's own, for what a real one can't be made to do at will."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import nonebot
import pytest
from nonebot.drivers import Request, WebSocket
from nonebot.exception import WebSocketClosed

from bot.chat.adapter import Listener, XuebanAdapter, read
from tests.process import PATIENCE


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\\ud83d"', "a\ufffd"),
        ('"\\uDE00b"', "\ufffdb"),
        ('{"\\ud800": ["\\udfff"]}', {"\ufffd": ["\ufffd"]}),
        ('"a\\u0000b"', "ab"),
        ('{"message_id": 1, "x": null}', {"message_id": 1, "x": None}),
    ],
)
def test_what_no_database_takes_is_mended(sent: str, taken: object) -> None:
    assert read(sent) == taken
    assert read(sent.encode()) == taken
    json.dumps(read(sent), ensure_ascii=False).encode()


class Socket:
    """Half-open: it swallows what is sent, and ends only when the test says so."""

    def __init__(self, account: str) -> None:
        self.request = Request("GET", "/onebot/v11/ws", headers={"x-self-id": account})
        self.ended = asyncio.Event()

    async def accept(self) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None: ...

    async def receive(self) -> str:
        await self.ended.wait()
        raise WebSocketClosed(1006)


class Ear:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda account: self.heard.append(name)


async def test_the_late_clean_up_of_a_replaced_connection_changes_nothing() -> None:
    """Case 15: the half-open socket is given up by its pings long after the account has come back."""
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
    adapter = XuebanAdapter(nonebot.get_driver())
    ear = Ear()
    adapter.serve(cast("Any", None), cast("Any", None), cast("Listener", ear))
    old, new = Socket("10001"), Socket("10001")
    serving = [asyncio.create_task(adapter._handle_ws(cast("WebSocket", old)))]
    await asyncio.sleep(0)
    serving.append(asyncio.create_task(adapter._handle_ws(cast("WebSocket", new))))
    async with asyncio.timeout(PATIENCE):
        while adapter.connections.get("10001") is not cast("Any", new):  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
    old.ended.set()
    await serving[0]
    assert adapter.connections["10001"] is cast("Any", new)
    assert ear.heard == ["connected", "disconnected", "connected"]
    assert "10001" in adapter.bots
    new.ended.set()
    await serving[1]
    assert (dict(adapter.connections), dict(adapter.bots)) == ({}, {})
    assert ear.heard == ["connected", "disconnected", "connected", "disconnected"]
