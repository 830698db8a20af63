"""Two accounts in one world, each with a client of its own: what one does, the other is told in its own terms."""

from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect

from bot.simulator import Simulator
from bot.simulator.sample import GROUP_ID, PROPAGANDIST, SECRETARY, SELF_ID
from bot.simulator.seat import Seat

from .conftest import TOKEN, Caller


@pytest.fixture
async def owner(sim: Simulator) -> AsyncIterator[Caller]:
    """The client of the group's owner; ``call`` is the bot's."""
    async with Simulator(
        world=Seat(sim.world, SECRETARY), listen=("127.0.0.1", 0), token=TOKEN, clock=sim.clock, heartbeat=0
    ) as seat:
        caller = Caller(await connect(f"ws://127.0.0.1:{seat.port}/?access_token={TOKEN}", proxy=None))
        await seat.ready()
        yield caller
        await caller.close()


async def test_in_the_group_each_hears_the_other(call: Caller, owner: Caller) -> None:
    assert (await owner("get_login_info"))["user_id"] == SECRETARY
    said = (await owner("send_group_msg", group_id=GROUP_ID, message="同志们好"))["message_id"]
    heard = await call.event(post_type="message", message_id=said)
    assert (heard["self_id"], heard["user_id"], heard["raw_message"]) == (SELF_ID, SECRETARY, "同志们好")
    assert (await owner.event(post_type="message_sent", message_id=said))["self_id"] == SECRETARY
    await call("set_msg_emoji_like", message_id=said, emoji_id="76")
    assert (await owner.event(notice_type="group_msg_emoji_like"))["user_id"] == SELF_ID
    await call("upload_group_file", group_id=GROUP_ID, file="base64://SGk=", name="a.txt")
    assert (await owner.event(notice_type="group_upload"))["file"]["name"] == "a.txt"
    assert not [event for event in call.events if event.get("notice_type") == "group_upload"]


async def test_their_private_chat_has_two_ends(sim: Simulator, call: Caller, owner: Caller) -> None:
    said = (await owner("send_private_msg", user_id=SELF_ID, message="在吗"))["message_id"]
    heard = await call.event(post_type="message", message_type="private")
    assert (heard["user_id"], heard["message_id"], heard["sub_type"]) == (SECRETARY, said, "friend")
    answered = (await call("send_private_msg", user_id=SECRETARY, message="在"))["message_id"]
    assert (await owner.event(post_type="message", message_id=answered))["user_id"] == SELF_ID
    assert (await owner.event(post_type="message_sent", message_id=said))["target_id"] == SELF_ID
    rows = (await owner("get_friend_msg_history", user_id=SELF_ID))["messages"]
    assert [row["raw_message"] for row in rows] == ["在吗", "在"]
    await owner("delete_msg", message_id=said)
    assert (await call.event(notice_type="friend_recall"))["user_id"] == SECRETARY
    # what others talk about with the bot is none of the owner's business
    secret = await sim.whisper(PROPAGANDIST, "意见")
    await call.event(message_id=secret)
    await owner("get_status")
    assert not [event for event in owner.events if event.get("message_id") == secret]
    assert await owner.refusal("get_msg", message_id=secret) == 1200
    assert await owner.refusal("send_private_msg", user_id=PROPAGANDIST, message="x") == 1200


async def test_the_owner_runs_the_group_and_the_bot_is_told(sim: Simulator, call: Caller, owner: Caller) -> None:
    await owner("set_group_ban", group_id=GROUP_ID, user_id=SELF_ID, duration=60)
    assert (await call.event(notice_type="group_ban"))["user_id"] == SELF_ID
    await owner("set_group_special_title", group_id=GROUP_ID, user_id=SELF_ID, special_title="学习标兵")
    assert (await call.event(notice_type="notify", sub_type="title"))["title"] == "学习标兵"
    await owner("set_group_kick", group_id=GROUP_ID, user_id=SELF_ID)
    assert (await call.event(notice_type="group_decrease"))["sub_type"] == "kick_me"
    assert (await owner.event(notice_type="group_decrease"))["sub_type"] == "kick"


async def test_one_that_is_logged_out_leaves_the_other_alone(sim: Simulator, call: Caller, owner: Caller) -> None:
    sim.set_online(False)
    await call.event(notice_type="bot_offline")
    await owner("send_group_msg", group_id=GROUP_ID, message="还在")
    assert not [event for event in owner.events if event.get("notice_type") == "bot_offline"]
