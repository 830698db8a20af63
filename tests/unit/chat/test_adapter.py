"""The adapter with sockets of the test's own, for what a real one can't be made to do at will."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import Bot
from nonebot.adapters.onebot.v11.exception import ActionFailed
from nonebot.drivers import Request, WebSocket
from nonebot.exception import WebSocketClosed

from bot.chat.adapter import Listener, XuebanAdapter, read
from bot.chat.call import Call, Incoming, Reply
from bot.chat.commands import CaughtUp, Command, Where, Who
from bot.chat.scene import Routed, Scene
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


class Pen(Socket):
    """Keeps what is written to it, and says what it is told to say."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.written: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(self, data: str) -> None:
        self.written.put_nowait(json.loads(data))


@pytest.mark.parametrize("answer", [{"status": "ok", "retcode": 100}, {"status": "async", "retcode": 1}])
async def test_an_answer_with_a_code_of_failure_is_one(answer: dict[str, Any]) -> None:
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
    adapter, pen = XuebanAdapter(nonebot.get_driver()), Pen("10001")
    adapter.connections["10001"] = cast("WebSocket", pen)
    call = asyncio.create_task(Bot(adapter, "10001").call_api("upload_group_file", _timeout=PATIENCE))
    asked = await pen.written.get()
    adapter.take(cast("Bot", None), {**answer, "data": None, "echo": asked["echo"]})
    with pytest.raises(ActionFailed):
        await call


async def test_a_late_answer_to_a_call_of_the_process_before_is_none_to_ours() -> None:
    """NapCat answers by whatever connection it has when it is done, so a new process hears what the old one asked."""
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
    adapter = XuebanAdapter(nonebot.get_driver())
    adapter.serve(cast("Any", None), cast("Any", None), cast("Listener", Ear()))
    socket = Pen("10001")
    serving = asyncio.create_task(adapter._handle_ws(cast("WebSocket", socket)))
    async with asyncio.timeout(PATIENCE):
        while "10001" not in adapter.bots:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
    bot = cast("Bot", adapter.bots["10001"])
    call = asyncio.create_task(bot.call_api("send_group_msg", group_id=1, message="你好"))
    asked = await socket.written.get()
    for number in range(1000):  # all that a process may have asked in its first minutes
        adapter.take(bot, {"status": "ok", "retcode": 0, "data": {"message_id": 5}, "echo": str(number)})
    await asyncio.sleep(0)
    assert not call.done()
    adapter.take(bot, {"status": "ok", "retcode": 0, "data": {"message_id": 7}, "echo": asked["echo"]})
    assert await call == {"message_id": 7}
    socket.ended.set()
    await serving


async def test_a_repeated_message_is_served_once_and_another_with_its_number_too() -> None:
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
    adapter = XuebanAdapter(nonebot.get_driver())
    bot = Bot(adapter, "10001")
    frame = {"post_type": "message", "self_id": 10001, "message": [], "message_id": 5, "time": 7}
    here = frame | {"group_id": 1, "user_id": 2}
    assert [adapter._new(bot, one) for one in (here, here, here | {"user_id": 3}, here | {"group_id": 2})] == [
        True, False, True, True
    ]  # fmt: skip


async def test_a_message_in_the_string_format_is_read_as_its_segments() -> None:
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
    adapter = XuebanAdapter(nonebot.get_driver())
    seen: list[Any] = []

    class Eye:
        def message(self, frame: dict[str, Any]) -> None:
            seen.append(frame["message"])

    adapter.serve(cast("Any", Eye()), cast("Any", None), cast("Listener", Ear()))
    frame = {"post_type": "message", "self_id": 10001, "message": "[CQ:reply,id=-5]已学&#91;1&#93;"}
    adapter.take(Bot(adapter, "10001"), frame)
    assert seen == [[{"type": "reply", "data": {"id": "-5"}}, {"type": "text", "data": {"text": "已学[1]"}}]]


async def test_records_in_the_history_are_taken_whatever_the_format_of_their_frames(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each person's one after the other; what was heard when it was said, what makes no sense and a slip aren't."""
    nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
    adapter = XuebanAdapter(nonebot.get_driver())
    adapter.bots["10001"] = bot = Bot(adapter, "10001")

    async def handler(call: Call) -> Reply: ...

    kinds = {"已学": CaughtUp.RECORD, "点错了": CaughtUp.SLIP, "统计": CaughtUp.NO}
    commands = {
        word: Command("study", (word,), Who.MEMBER, Where.ANYWHERE, word, word, handler, caught_up=kind)
        for word, kind in kinds.items()
    }

    class Eye:
        def message(self, frame: dict[str, Any]) -> Routed | None:
            text = frame["message"][0]["data"]["text"]
            scene = Scene("onebot11", "10001", str(frame["user_id"]), "", frame["group_id"])
            said = Incoming(str(frame["message_id"]), text, text)
            return Routed("study", handler, scene, said, commands[text]) if text in commands else None

    adapter.serve(cast("Any", Eye()), cast("Any", None), cast("Listener", Ear()))
    taken: list[tuple[str, str, int]] = []

    async def pass_on(bot: Bot, routed: Routed) -> None:
        assert routed.message.said_at is not None
        taken.append((routed.scene.user_id, routed.message.message_id, int(routed.message.said_at.timestamp())))

    monkeypatch.setattr(adapter, "_pass_on", pass_on)

    def row(number: int, user: int, message: Any, **more: Any) -> dict[str, Any]:
        return {"message_id": number, "time": 1000 + number, "user_id": user, "message": message, **more}

    heard = row(6, 4, [{"type": "text", "data": {"text": "已学"}}], group_id=9)
    assert adapter._new(bot, heard)
    said = [
        row(1, 2, "已学"),
        row(2, 3, "已学"),
        row(3, 3, "点错了"),
        row(4, 0, "已学", sender={"user_id": 5}),
        row(5, 2, "统计"),
        heard,
        row(7, 2, [{}]),
        row(8, 6, "已学", time="?"),
        row(9, 2, "已学"),
    ]
    assert await adapter.make_up("10001", "9", said) == 3
    assert sorted(taken) == [("2", "1", 1001), ("2", "9", 1009), ("5", "4", 1004)]
    assert await adapter.make_up("10001", "9", said) == 0
    assert await adapter.make_up("10002", "9", said) == 0
