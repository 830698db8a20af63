"""Delivery by whole processes: ``xueban run`` as an operator has it, with its commands, clock and alerts."""

import asyncio
import json
import os
import random
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.delivery.models import OutboxRow
from bot.simulator import events, sample
from bot.simulator.happenings import Said
from tests.process import SUPERUSER

from .house import EVERYBODY, GROUP, House, answered, delivery, sends

HELD = {
    "the mark": "UPDATE OF sending_at ON outbox WHEN NEW.sending_at IS NOT NULL AND NEW.origin = 'test'",
    "the result": "UPDATE OF state ON outbox WHEN NEW.state = 'sent' AND NEW.origin = 'test'",
}
"""Steps that the database can be made to refuse, so that a process stands just before them when it is killed."""

OTHER = 10002
"""A second account of the bot."""


async def hold(house: House, step: str) -> None:
    async with house.database.unit_of_work() as uow:
        await uow.session.execute(
            text(f"CREATE TRIGGER held BEFORE {HELD[step]} BEGIN SELECT RAISE(ABORT, 'held'); END")
        )


async def let_go(house: House) -> None:
    async with house.database.unit_of_work() as uow:
        await uow.session.execute(text("DROP TRIGGER held"))


async def test_killed_after_the_claim_and_before_the_write(house: House) -> None:
    """Case 1."""
    await hold(house, "the mark")
    sim = await house.open()
    [reference] = await house.put(GROUP)
    await house.settled("sending")
    house.bot.kill()
    [row] = await house.rows()
    assert (row.state, row.sending_at, sends(sim)) == ("sending", None, 0)
    await let_go(house)
    await house.bot.start()
    await house.settled("sent")
    assert house.arrived() == {reference: 1}


async def test_killed_when_the_platform_has_it_and_has_not_answered(house: House) -> None:
    """Case 2."""
    sim = await house.open()
    sim.behaviour.watch = lambda stage, _: os.kill(house.bot.pid, signal.SIGKILL) if stage == "stored" else None
    [reference] = await house.put(GROUP)
    await answered(sim, lambda: list(house.arrived()))
    sim.behaviour.watch = None
    house.bot.kill()
    assert await house.states() == ["sending"]
    await house.bot.start()
    await house.settled("sent")
    assert (house.arrived(), sends(sim)) == ({reference: 1}, 1)


async def test_killed_after_the_answer_and_before_its_commit(house: House) -> None:
    """Case 3."""
    await hold(house, "the result")
    sim = await house.open()
    [reference] = await house.put(GROUP)
    await answered(sim, lambda: list(house.arrived()))
    await asyncio.sleep(0.2)
    house.bot.kill()
    assert await house.states() == ["sending"]
    await let_go(house)
    await house.bot.start()
    await house.settled("sent")
    assert (house.arrived(), sends(sim)) == ({reference: 1}, 1)


async def test_told_to_stop_it_waits_for_what_is_under_way_and_begins_nothing(house: House) -> None:
    """An update of the program leaves no message in doubt."""
    house.bot.environment |= delivery(send_timeout=20)
    sim = await house.open()
    sim.behaviour.seconds = 2.0
    sim.behaviour.next("slow", 2)
    first, second = await house.put(GROUP, GROUP)
    await house.settled("sending", "pending")
    await answered(sim, lambda: ["a send"] * sends(sim))
    await asyncio.to_thread(house.bot.stop)
    assert await house.states() == ["sent", "pending"]
    await house.bot.start()
    await house.settled("sent", "sent")
    assert (house.arrived(), sends(sim)) == ({first: 1, second: 1}, 2)


async def test_killed_again_and_again_at_any_moment(house: House) -> None:
    """Case 4, in small: a dozen kills of the whole bot, 0 lost, 0 doubled."""
    seed = int(os.environ.get("XUEBAN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")
    dice = random.Random(seed)
    sim = await house.account()
    promised: list[str] = []
    for _ in range(12):
        promised += await house.put(*[GROUP] * dice.randint(1, 4))
        await house.bot.start()
        await sim.ready()
        await asyncio.sleep(dice.uniform(0, 0.25))
        house.bot.kill()
    await house.bot.start()
    await house.until(lambda states: set(states) == {"sent"})
    assert house.arrived() == dict.fromkeys(promised, 1)


async def test_time_out_though_delivered(house: House) -> None:
    """Case 5."""
    sim = await house.open()
    sim.behaviour.next("timeout_delivered")
    sim.behaviour.echo = False
    [reference] = await house.put(GROUP)
    await house.settled("sent")
    assert (house.arrived(), sends(sim)) == ({reference: 1}, 1)


async def test_time_out_and_not_delivered_is_sent_once_more(house: House) -> None:
    """Case 6."""
    sim = await house.open()
    sim.behaviour.next("timeout_lost")
    [reference] = await house.put(GROUP)
    await house.settled("sent")
    assert (house.arrived(), sends(sim)) == ({reference: 1}, 2)


@pytest.mark.parametrize("history", ["empty", "failing"])
async def test_without_history_the_secretary_is_asked(house: House, history: str) -> None:
    """Case 7."""
    sim = await house.open()
    sim.behaviour.next("timeout_lost", group_id=GROUP)
    sim.behaviour.history = "empty" if history == "empty" else "failing"
    [reference] = await house.put(GROUP)
    await house.settled("needs_human")
    [line] = await answered(sim, lambda: [sent.text for sent in house.told()], reference)
    assert "请到群里看一眼" in line
    assert sends(sim) == 1


async def test_no_answer_is_unknown_and_a_late_one_changes_nothing(house: House) -> None:
    """Cases 8 and 9: never answered; answered after the time-out, settled by the echo."""
    house.bot.environment |= delivery(reconcile_for=60, absent_gap=1)
    sim = await house.open()
    stages: list[str] = []
    late = asyncio.Event()

    async def keep_the_answer(stage: str, frame: dict[str, object]) -> None:
        stages.append(stage)
        if stage == "stored":
            await late.wait()

    sim.behaviour.watch = keep_the_answer
    sim.behaviour.next("late")
    sim.behaviour.seconds = 0
    sim.behaviour.echo = False
    sim.behaviour.history = "failing"
    [reference] = await house.put(GROUP)
    await house.settled("unknown")
    [message] = [sent for sent in sim.sent if reference in sent.text]
    echo = events.event(sim.world, Said(sim.world.messages[message.message_id]), report_self=True)
    assert echo is not None
    sim.link.emit(echo)
    await house.settled("sent")
    sim.behaviour.next("lost_answer")
    await house.put(GROUP)
    await house.settled("sent", "unknown")
    sim.behaviour.heal()
    await house.settled("sent", "sent")
    assert "answered" not in stages
    late.set()
    await answered(sim, lambda: stages, "answered")
    assert await house.states() == ["sent", "sent"]
    assert set(house.arrived().values()) == {1}
    assert (sends(sim), sim.link.dials) == (2, 1)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
async def test_socket_drops_in_the_middle_of_a_call(house: House, fault: str) -> None:
    """Case 10: unknown within 5 s though an answer might take 600, settled after the reconnect."""
    house.bot.environment |= delivery(send_timeout=600)
    sim = await house.open()
    calls: list[float] = []
    sim.behaviour.watch = lambda stage, frame: calls.append(time.monotonic())
    sim.behaviour.next(fault)
    sim.link.reconnect = 600
    [reference] = await house.put(GROUP)
    await house.settled("unknown")
    assert time.monotonic() - calls[-1] < 5
    await sim.connect()
    await house.settled("sent")
    assert house.arrived() == {reference: 1}


async def test_offline_at_the_due_time(house: House) -> None:
    """Case 11: no attempt is spent; what is past its deadline expires and is told, the rest leaves on reconnect."""
    await house.bot.start()
    async with house.database.reading() as uow:
        soon = uow.now + timedelta(seconds=1)
    [late] = await house.put(GROUP, expires_at=soon)
    [reference] = await house.put(GROUP)
    await house.settled("expired", "pending")
    assert [row.attempts for row in await house.rows()] == [0, 0]
    sim = await house.account()
    await house.settled("expired", "sent")
    assert house.arrived() == {reference: 1}
    await answered(sim, lambda: [sent.text for sent in house.told()], late)


async def test_removed_from_the_group(house: House) -> None:
    """Case 12: refused, never tried again, the group paused, the secretary told, and nothing else sent there."""
    sim = await house.open()
    sim.behaviour.next("removed", group_id=GROUP)
    [reference, _] = await house.put(GROUP, GROUP)
    await house.settled("rejected", "pending")
    await answered(sim, lambda: [sent.text for sent in house.told()], reference)
    assert "停发:机器人已不在群里,拉回来就接着发。" in await house.asked(sim, EVERYBODY[0], "消息状态", "停发")
    await asyncio.sleep(0.6)
    assert (await house.states(), sends(sim)) == (["rejected", "pending"], 1)


async def test_muted_until_the_unmute(house: House) -> None:
    """Case 13: refused, the secretary told, and tried again only when the bot hears that it may speak."""
    sim = await house.open()
    sim.world.ban(GROUP, sample.SELF_ID, 600, sample.SECRETARY)
    [reference] = await house.put(GROUP)
    [line] = await answered(sim, lambda: [sent.text for sent in house.told()], reference)
    assert "禁言" in line
    await asyncio.sleep(0.6)
    assert (await house.states(), sends(sim)) == (["pending"], 1)
    sim.world.ban(GROUP, sample.SELF_ID, 0, sample.SECRETARY)
    await house.settled("sent")
    assert (house.arrived(), sends(sim)) == ({reference: 1}, 2)


async def test_circuit_opens_for_one_account_only(house: House) -> None:
    """Case 14."""
    house.bot.environment |= delivery(burst=1, reconcile_for=60, circuit_for=60)
    sim = await house.open()
    other = await house.account(self_id=OTHER)
    await other.ready()
    sim.behaviour.always("timeout_lost")
    sim.behaviour.history = "failing"
    await house.put(*[GROUP] * 8)
    await house.until(lambda states: states.count("unknown") == 5)
    await house.put(GROUP, account=OTHER)
    await house.settled(*["unknown"] * 5, *["pending"] * 3, "sent")
    await asyncio.sleep(1)
    assert (sends(sim), sends(other)) == (5, 1)
    async with house.database.reading() as uow:
        told = await uow.session.scalars(
            select(OutboxRow.target_id).where(OutboxRow.key.startswith("trouble:circuit:"))
        )
        assert list(told) == [SUPERUSER]


async def test_logged_out_by_the_platform(house: House) -> None:
    """Case 16: claims stop though the socket stays, and the operator reads of it as soon as that is possible."""
    sim = await house.open()
    sim.set_online(False, "被踢下线")
    await answered(sim, lambda: house.bot.written.splitlines(), "offline: account 10001")
    [reference] = await house.put(GROUP)
    await asyncio.sleep(1)
    assert (await house.states(), sends(sim)) == (["pending"], 0)
    sim.set_online(True)
    await house.settled("sent")
    assert house.arrived() == {reference: 1}
    await answered(sim, lambda: [sent.text for sent in house.told()], "机器人账号 10001")


async def test_logged_out_with_a_webhook(house: House) -> None:
    """Case 16: beside the platform there is a door by which the operator hears at once, though the account is away."""
    heard: list[str] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        heard.append(json.loads(await reader.readexactly(size))["text"]["content"])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as robot:
        port = robot.sockets[0].getsockname()[1]
        house.bot.environment["XUEBAN__ALERT_WEBHOOK"] = f"http://127.0.0.1:{port}/"
        sim = await house.open()
        sim.set_online(False, "被踢下线")
        line = "支部学伴:机器人账号 10001 掉线了,消息先等着。请看看 NapCat 的登录。"
        [told] = await answered(sim, lambda: heard, "掉线了")
        assert told.partition("\n")[0] == line
