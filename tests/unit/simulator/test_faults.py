"""Every fault does what it says: whether it was delivered, and what the bot is told."""

import asyncio
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from bot.simulator import Fault, Simulator
from bot.simulator.sample import GROUP_ID, SECRETARY
from tests.process import PATIENCE

from .conftest import Caller


def _send(call: Caller, text: str = "学1124-07", **more: Any) -> Any:
    return call.raw("send_group_msg", {"group_id": GROUP_ID, "message": text}, **more)


@pytest.mark.parametrize(
    ("fault", "retcode", "words", "delivered"),
    [
        (Fault.TIMEOUT_DELIVERED, 1200, "Timeout: NTEvent", 1),
        (Fault.TIMEOUT_LOST, 1200, "Timeout: NTEvent", 0),
        (Fault.REMOVED, 1200, '"result": 110', 0),
        (Fault.MUTED, 1200, '"result": 120', 0),
        (Fault.REFUSED, 1200, "EventChecker Failed", 0),
    ],
)
async def test_answered_faults(
    sim: Simulator, call: Caller, fault: Fault, retcode: int, words: str, delivered: int
) -> None:
    sim.behaviour.next(fault)
    answer = await _send(call)
    assert (answer["retcode"], len(sim.sent)) == (retcode, delivered)
    assert words in answer["message"]
    assert (await _send(call))["status"] == "ok"


@pytest.mark.parametrize(("fault", "delivered"), [(Fault.LOST_ANSWER, 1), (Fault.LOST, 0)])
async def test_unanswered_faults(sim: Simulator, call: Caller, fault: Fault, delivered: int) -> None:
    sim.behaviour.next(fault)
    with pytest.raises(TimeoutError):
        await _send(call, timeout=0.2)
    await call("get_status")  # so what was sent before it has been taken in
    assert len(sim.sent) == delivered


@pytest.mark.parametrize(("fault", "delivered"), [(Fault.DROP_AFTER, 1), (Fault.DROP_BEFORE, 0)])
async def test_dropped_socket(sim: Simulator, call: Caller, fault: Fault, delivered: int) -> None:
    sim.behaviour.next(fault)
    sending = asyncio.create_task(_send(call, timeout=0.3))
    await asyncio.wait_for(call.socket.wait_closed(), PATIENCE)
    with pytest.raises((TimeoutError, ConnectionClosed)):
        await sending
    assert len(sim.sent) == delivered


async def test_late_answer_comes_after_the_echo(sim: Simulator, call: Caller) -> None:
    frames: list[dict[str, Any]] = []
    sim.watch_frames(lambda direction, frame: frames.append(frame) if direction == "in" else None)
    sim.behaviour.seconds = 0.2
    sim.behaviour.next(Fault.LATE)
    answer = await _send(call)
    echoed = await call.event(post_type="message_sent")
    assert [frame.get("post_type", "answer") for frame in frames] == ["message_sent", "answer"]
    assert answer["data"]["message_id"] == echoed["message_id"]


async def test_slow_delivers_late(sim: Simulator, call: Caller) -> None:
    stages: list[tuple[str, float]] = []
    sim.behaviour.watch = lambda stage, frame: stages.append((stage, time.monotonic()))
    sim.behaviour.seconds = 0.1
    sim.behaviour.next(Fault.SLOW)
    assert (await _send(call))["status"] == "ok"
    (first, received), (second, stored), _ = stages
    assert (first, second) == ("received", "stored")
    assert stored - received >= 0.1


async def test_echo_can_fail_with_the_answer(sim: Simulator, call: Caller) -> None:
    sim.behaviour.echo = False
    sim.behaviour.next(Fault.TIMEOUT_DELIVERED)
    await _send(call, "甲")
    sim.behaviour.heal()
    await _send(call, "乙")
    await call.event(post_type="message_sent", raw_message="乙")
    assert [e["raw_message"] for e in call.events if e["post_type"] == "message_sent"] == ["乙"]


async def test_faults_may_be_of_one_group(sim: Simulator, call: Caller) -> None:
    sim.behaviour.next(Fault.REMOVED, times=2, group_id=GROUP_ID)
    whisper = await call.raw("send_private_msg", user_id=SECRETARY, message="您好")
    assert whisper["status"] == "ok"
    assert [(await _send(call))["status"] for _ in range(3)] == ["failed", "failed", "ok"]


async def test_rates_are_kept(sim: Simulator, call: Caller) -> None:
    sim.behaviour.rates = {Fault.TIMEOUT_LOST: 0.5}
    answers = [(await _send(call))["status"] for _ in range(100)]
    assert 30 <= answers.count("failed") <= 70
    sim.behaviour.always(Fault.NONE)
    assert (await _send(call))["status"] == "ok"


@pytest.mark.parametrize("history", ["empty", "failing"])
async def test_history_that_cannot_answer(sim: Simulator, call: Caller, history: Any) -> None:
    await sim.say(GROUP_ID, SECRETARY, "在吗")
    sim.behaviour.history = history
    answer = await call.raw("get_group_msg_history", group_id=GROUP_ID)
    assert answer["data"] == ({"messages": []} if history == "empty" else None)


async def test_offline_account(sim: Simulator, call: Caller) -> None:
    sim.set_online(False, "被挤下线")
    assert (await call.event(notice_type="bot_offline"))["message"] == "被挤下线"
    assert (await call.event(meta_event_type="heartbeat"))["status"]["online"] is False
    await sim.say(GROUP_ID, SECRETARY, "没人听见")
    assert "Timeout" in (await _send(call))["message"]
    assert (await call("get_status"))["online"] is False
    sim.set_online(True)
    await sim.say(GROUP_ID, SECRETARY, "听见了")
    await call.event(raw_message="听见了")
    assert [e["raw_message"] for e in call.events if e["post_type"] == "message"] == ["听见了"]
    assert sim.sent == []


async def test_reactions_may_be_unknown(sim: Simulator, call: Caller) -> None:
    mid = await sim.say(GROUP_ID, SECRETARY, "已学")
    sim.behaviour.reactions = False
    assert await call.refusal("set_msg_emoji_like", message_id=mid, emoji_id="76") == 1404


async def test_watch_sees_every_stage(sim: Simulator, call: Caller) -> None:
    stages: list[str] = []
    sim.behaviour.watch = lambda stage, frame: stages.append(stage)
    await _send(call)
    sim.behaviour.next(Fault.TIMEOUT_LOST)
    await _send(call)
    assert stages == ["received", "stored", "answered", "received", "answered"]
