"""The platform misbehaves; a message is delivered once, or somebody is told that nobody can tell."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.models import OutboxRow
from bot.simulator import events
from bot.simulator.happenings import Said
from tests.process import PATIENCE

from .field import GROUPS, MEMBER, Field

ONE, TWO, THREE = GROUPS


async def test_time_out_though_delivered(field: Field) -> None:
    """Case 5."""
    sim = await field.account()
    sim.behaviour.next("timeout_delivered")
    sim.behaviour.echo = False
    [reference] = await field.put(ONE)
    field.bear()
    await field.settled("sent")
    assert field.arrived() == {reference: 1}
    assert sum(call["action"] == "send_group_msg" for call in sim.calls) == 1


async def test_time_out_and_not_delivered_is_sent_once_more(field: Field) -> None:
    """Case 6."""
    sim = await field.account()
    sim.behaviour.next("timeout_lost")
    [reference] = await field.put(ONE)
    field.bear()
    await field.settled("sent")
    assert field.arrived() == {reference: 1}
    assert sum(call["action"] == "send_group_msg" for call in sim.calls) == 2


@pytest.mark.parametrize("history", ["empty", "failing"])
async def test_without_history_a_person_is_asked(field: Field, history: str) -> None:
    """Case 7."""
    sim = await field.account()
    sim.behaviour.next("timeout_lost", group_id=ONE)
    sim.behaviour.history = "empty" if history == "empty" else "failing"
    [reference] = await field.put(ONE)
    field.bear()
    await field.settled("needs_human")
    told = await sim.wait_sent(lambda sent: sent.user_id is not None)
    assert reference in told.text
    assert sum(call["action"] == "send_group_msg" for call in sim.calls) == 1


async def test_no_answer_is_unknown_and_no_failure(field: Field) -> None:
    """Case 8: nothing ever answers; later the history does."""
    sim = await field.account()
    sim.behaviour.next("lost_answer", group_id=ONE)
    sim.behaviour.echo = False
    sim.behaviour.history = "failing"
    [reference] = await field.put(ONE)
    field.bear(reconcile_for=60, absent_gap=1)
    await field.settled("unknown")
    sim.behaviour.heal()
    await field.settled("sent")
    assert field.arrived() == {reference: 1}


async def test_answer_after_the_time_out(field: Field) -> None:
    """Case 9: the echo settles it, the late answer is dropped, the connection lives on."""
    sim = await field.account()
    known = asyncio.Event()

    async def keep_the_answer(stage: str, frame: dict[str, object]) -> None:
        if stage == "stored":
            await known.wait()

    sim.behaviour.watch = keep_the_answer
    sim.behaviour.next("late")
    sim.behaviour.seconds = 0
    sim.behaviour.echo = False
    sim.behaviour.history = "failing"
    [reference] = await field.put(ONE)
    field.bear(reconcile_for=60)
    await field.settled("unknown")
    [message] = sim.sent
    echo = events.event(sim.world, Said(sim.world.messages[message.message_id]), report_self=True)
    assert echo is not None
    sim.link.emit(echo)
    await field.settled("sent")
    known.set()
    await asyncio.sleep(0.5)  # time for the late answer to do harm
    await field.put(TWO)
    await field.settled("sent", "sent")
    assert field.arrived()[reference] == 1
    assert sim.link.dials == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_socket_drops_in_the_middle_of_a_call(field: Field, fault: str) -> None:
    """Case 10: unknown within 5 s though the answer might take 600, settled after the reconnect."""
    sim = await field.account()
    calls: list[float] = []
    sim.behaviour.watch = lambda stage, frame: calls.append(time.monotonic())
    sim.behaviour.next(fault)
    field.bear(send_timeout=600)
    await sim.ready()
    sim.link.reconnect = 600
    [reference] = await field.put(ONE)
    await field.settled("unknown")
    assert time.monotonic() - calls[-1] < 5
    await sim.connect()
    await field.settled("sent")
    assert field.arrived() == {reference: 1}


async def test_offline_at_the_due_time(field: Field) -> None:
    """Case 11: no attempt is spent; sent after the reconnect, or expired by the deadline."""
    async with field.database.reading() as uow:
        soon = uow.now + timedelta(seconds=1)
    await field.put(ONE, expires_at=soon)
    [_, reference] = [*await field.put(TWO), *await field.put(THREE)]
    field.bear()
    await field.settled("expired", "pending", "pending")
    assert [row.attempts for row in await field.rows()] == [0, 0, 0]
    sim = await field.account()
    await field.settled("expired", "sent", "sent")
    assert field.arrived()[reference] == 1
    await sim.wait_sent(lambda sent: sent.user_id is not None and "expired" in sent.text)


async def test_removed_from_the_group(field: Field) -> None:
    """Case 12: refused, never tried again, the group paused, the secretary told."""
    sim = await field.account()
    sim.world.leave(ONE, 10001, operator_id=int(MEMBER))
    await field.put(ONE, ONE, TWO)
    field.bear()
    await field.settled("rejected", "pending", "sent")
    told = await sim.wait_sent(lambda sent: sent.user_id is not None)
    assert "removed" in told.text
    await asyncio.sleep(0.5)
    assert sum(call["action"] == "send_group_msg" for call in sim.calls) == 2


async def test_muted_until_the_unmute(field: Field) -> None:
    """Case 13."""
    sim = await field.account()
    sim.world.ban(ONE, 10001, 600, MEMBER)
    [reference] = await field.put(ONE)
    field.bear()
    told = await sim.wait_sent(lambda sent: sent.user_id is not None)
    assert "muted" in told.text
    await asyncio.sleep(0.6)
    assert await field.states() == ["pending"]
    assert sum(call["action"] == "send_group_msg" for call in sim.calls) == 1
    sim.world.ban(ONE, 10001, 0, MEMBER)
    await field.settled("sent")
    assert field.arrived() == {reference: 1}


async def test_circuit_opens_for_one_account_only(field: Field) -> None:
    """Case 14."""
    sim = await field.account(10001)
    await field.account(10002)
    sim.behaviour.always("timeout_lost")
    sim.behaviour.history = "failing"
    await field.put(*[ONE, TWO, THREE] * 3)
    field.bear(burst=1, reconcile_for=60)
    await field.until(lambda states: states.count("unknown") == 5)
    await field.put(ONE, account=10002)
    await field.settled(*["unknown"] * 5, *["pending"] * 4, "sent")
    await asyncio.sleep(1)
    assert sum(call["action"] == "send_group_msg" for call in sim.calls) == 5


async def test_account_logged_out_by_the_platform(field: Field) -> None:
    """Case 16: claims stop while the socket stays; they go on when the account is back."""
    sim = await field.account()
    field.bear()
    await sim.ready()
    sim.set_online(False, "被踢下线")
    async with asyncio.timeout(PATIENCE), field.database.engine.connect() as database:
        while not await database.scalar(select(OutboxRow.id).where(OutboxRow.key.startswith("trouble:offline:"))):
            await database.rollback()
            await asyncio.sleep(0.03)
    [reference] = await field.put(ONE)
    await asyncio.sleep(1)
    assert await field.states() == ["pending"]
    assert not any(call["action"] == "send_group_msg" for call in sim.calls)
    sim.set_online(True)
    await field.settled("sent")
    assert field.arrived() == {reference: 1}
    told = await sim.wait_sent(lambda sent: sent.user_id is not None)
    assert "offline 10001" in told.text
