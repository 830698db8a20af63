"""A bot that this project did not write, aiocqhttp, lives in the simulated group: it must notice nothing odd."""

import asyncio
import base64
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiocqhttp
import pytest
import uvicorn
from aiocqhttp import ActionFailed, CQHttp, Event, MessageSegment, NetworkError

from bot.simulator import Fault, Simulator
from bot.simulator.sample import GROUP_ID, MEMBERS, PROPAGANDIST, SECRETARY, SELF_ID
from tests.process import PATIENCE

TOKEN = "foreign-client"
MEMBER = MEMBERS[5]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
async def foreign() -> AsyncIterator[tuple[CQHttp, str]]:
    """The bot and the address at which it waits."""
    bot = CQHttp(access_token=TOKEN, api_timeout_sec=2, message_class=aiocqhttp.Message)
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(bot.asgi, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield bot, f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
    server.should_exit = True
    await serving


@pytest.fixture
async def met(foreign: tuple[CQHttp, str]) -> AsyncIterator[tuple[CQHttp, Simulator]]:
    bot, url = foreign
    connected = asyncio.Event()

    @bot.on_meta_event("lifecycle.connect")
    async def hello(event: Event) -> None:
        connected.set()

    async with Simulator(url, token=TOKEN, heartbeat=0, reconnect=0.1) as sim:
        await asyncio.wait_for(connected.wait(), PATIENCE)
        yield bot, sim


async def test_it_hears_and_answers(met: tuple[CQHttp, Simulator]) -> None:
    bot, sim = met

    @bot.on_message("group")
    async def answer(event: Event) -> dict[str, Any] | None:
        if event.message.extract_plain_text() == "已学":
            return {"reply": f"✅ {event.sender['card']}", "at_sender": False}
        return None

    @bot.on_message("private.friend")
    async def in_private(event: Event) -> None:
        await bot.send(event, MessageSegment.text("[CQ:at,qq=all]"))

    await sim.say(GROUP_ID, MEMBER, "早上好")
    await sim.say(GROUP_ID, MEMBER, "已学")
    sent = await sim.wait_sent(lambda s: s.group_id == GROUP_ID)
    assert sent.text == "✅ 赵德福"
    await sim.whisper(MEMBER, "在吗")
    private = await sim.wait_sent(lambda s: s.user_id == MEMBER)
    assert private.segments == [{"type": "text", "data": {"text": "[CQ:at,qq=all]"}}]


async def test_it_calls_actions(met: tuple[CQHttp, Simulator]) -> None:
    bot, sim = met
    assert (await bot.get_login_info())["user_id"] == SELF_ID
    assert [group["group_id"] for group in await bot.get_group_list()] == [GROUP_ID]
    assert len(await bot.get_group_member_list(group_id=GROUP_ID)) == 14
    picture = base64.b64encode(b"\x89PNG").decode()
    message = MessageSegment.at(MEMBER) + MessageSegment.image(f"base64://{picture}")
    sent = await bot.send_group_msg(group_id=GROUP_ID, message=message)
    got = await bot.get_msg(message_id=sent["message_id"])
    assert [segment["type"] for segment in got["message"]] == ["at", "image"]
    history = await bot.call_action("get_group_msg_history", group_id=GROUP_ID, count=5)
    assert [m["message_id"] for m in history["messages"]] == [sent["message_id"]]
    await bot.delete_msg(message_id=sent["message_id"])
    await bot.set_group_card(group_id=GROUP_ID, user_id=MEMBER, card="赵德福(老党员)")
    assert sim.world.groups[GROUP_ID].members[MEMBER].card == "赵德福(老党员)"


async def test_it_is_refused_as_by_the_platform(met: tuple[CQHttp, Simulator]) -> None:
    bot, sim = met
    for action, retcode, params in (
        ("no_such_action", 1404, {}),
        ("send_group_msg", 1400, {"message": "x"}),
        ("get_msg", 1200, {"message_id": 5}),
        ("set_group_kick", 1200, {"group_id": GROUP_ID, "user_id": SECRETARY}),
    ):
        with pytest.raises(ActionFailed) as failed:
            await bot.call_action(action, **params)
        assert failed.value.retcode == retcode
    sim.behaviour.next(Fault.LOST_ANSWER)
    with pytest.raises(NetworkError):
        await bot.send_group_msg(group_id=GROUP_ID, message="有去无回")
    assert [sent.text for sent in sim.sent] == ["有去无回"]


async def test_it_understands_notices_and_requests(met: tuple[CQHttp, Simulator]) -> None:
    bot, sim = met
    heard: asyncio.Queue[str] = asyncio.Queue()

    @bot.on_notice
    async def notice(event: Event) -> None:
        await heard.put(event.name)

    @bot.on_request("friend")
    async def request(event: Event) -> dict[str, Any]:
        return {"approve": True}

    mid = await sim.say(GROUP_ID, MEMBER, "写错了")
    await sim.react(mid, PROPAGANDIST)
    sim.world.recall(mid, MEMBER)
    sim.world.ban(GROUP_ID, MEMBER, 60, SECRETARY)
    sim.world.leave(GROUP_ID, MEMBER)
    sim.world.join(GROUP_ID, MEMBER)
    await sim.send_file(f"group:{GROUP_ID}", PROPAGANDIST, b"%PDF-", "材料.pdf")
    sim.world.poke(MEMBER, SELF_ID, GROUP_ID)
    sim.world.ask(MEMBER, "加好友")
    names = {await asyncio.wait_for(heard.get(), PATIENCE) for _ in range(8)}
    assert names == {
        "notice.group_msg_emoji_like",
        "notice.group_recall",
        "notice.group_ban.ban",
        "notice.group_decrease.leave",
        "notice.group_increase.approve",
        "notice.group_upload",
        "notice.notify.poke",
        "notice.friend_add",
    }


async def test_it_meets_us_again_after_a_drop(met: tuple[CQHttp, Simulator]) -> None:
    bot, sim = met
    again = asyncio.Event()

    @bot.on_meta_event("lifecycle.connect")
    async def hello(event: Event) -> None:
        again.set()

    sim.drop()
    await asyncio.wait_for(again.wait(), PATIENCE)
    await bot.call_action("send_private_msg", self_id=SELF_ID, user_id=MEMBER, message="回来了")
    assert [sent.text for sent in sim.sent] == ["回来了"]


async def test_a_wrong_token_is_never_let_in(foreign: tuple[CQHttp, str]) -> None:
    bot, url = foreign
    async with Simulator(url, token="wrong", heartbeat=0, reconnect=0.05) as sim:
        with pytest.raises(TimeoutError):
            await sim.ready(0.5)
        with pytest.raises(aiocqhttp.ApiNotAvailable):
            await bot.get_status()
