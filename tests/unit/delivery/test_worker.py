"""What delivery promises, on both databases: nothing lost, nothing doubled, in order, and people are told."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from bot.core.clock import ShiftableClock
from bot.delivery import outbox, repository
from bot.delivery import worker as work
from bot.delivery.models import HoldKind, OutboxRow, State
from bot.delivery.transport import Refusal, Refused, Target
from bot.delivery.trouble import TroubleKind
from bot.rendering.content import Content

from .conftest import Bench


async def test_a_message_leaves_once_and_is_known_by_its_id(bench: Bench) -> None:
    async with bench.running():
        [reference] = await bench.put("g1")
        await bench.settled("sent")
    assert reference == "通1124-01"
    assert bench.platform.texts("g1") == ["你好\n〔通1124-01〕"]
    async with bench.database.reading() as uow:
        assert await outbox.origin_of(uow, "onebot11", "g1", bench.platform.messages[0].id) == "test"
        assert await outbox.origin_of(uow, "onebot11", "g2", bench.platform.messages[0].id) is None


async def test_a_number_longer_than_any_stops_nobody(bench: Bench) -> None:
    bench.platform.first_id = 10**119
    async with bench.running():
        await bench.put("g1", "g2")
        await bench.settled("sent", "sent")


async def test_messages_to_one_target_keep_their_order(bench: Bench) -> None:
    bench.platform.latency = 0.01
    async with bench.running():
        await bench.put(*["g1"] * 5, text="同一群")
        await bench.settled(*["sent"] * 5)
    marks = [text[-3:-1] for text in bench.platform.texts("g1")]
    assert marks == ["01", "02", "03", "04", "05"]
    assert bench.platform.most_in_flight == 1


async def test_an_unknown_message_does_not_hold_up_the_next(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["lost"]
    bench.platform.history = False
    async with bench.running(reconcile_for=600):
        await bench.put("g1", "g1")
        await bench.settled("unknown", "sent")


async def test_what_is_not_due_waits_and_does_not_block(bench: Bench, clock: ShiftableClock) -> None:
    async with bench.running():
        await bench.put("g1", not_before=bench.now + timedelta(hours=1))
        await bench.put("g1", text="现在")
        await bench.settled("pending", "sent")
        clock.set(bench.now + timedelta(hours=1))
        await bench.settled("sent", "sent")
    assert bench.platform.texts("g1")[0].startswith("现在")


async def test_answer_lost_but_delivered_is_found_in_the_history(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["delivered"]
    async with bench.running():
        await bench.put("g1")
        await bench.settled("sent")
    assert len(bench.platform.texts("g1")) == 1
    assert (await bench.rows())[0].message_id == bench.platform.messages[0].id


async def test_lost_message_is_sent_again_once_after_two_looks(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["lost"]
    async with bench.running():
        begun = time.monotonic()
        await bench.put("g1")
        await bench.settled("sent")
    assert time.monotonic() - begun >= 0.2
    assert bench.platform.looks >= 2
    assert bench.platform.calls == ["g1", "g1"]
    assert len(bench.platform.texts("g1")) == 1


async def test_second_loss_goes_to_a_person(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["lost", "lost"]
    async with bench.running():
        await bench.put("g1")
        await bench.settled("needs_human")
    assert bench.platform.calls == ["g1", "g1"]
    assert [trouble.kind for trouble in bench.troubles] == [TroubleKind.NEEDS_HUMAN]


async def test_without_history_nothing_is_sent_again(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["lost"]
    bench.platform.history = False
    async with bench.running():
        [reference] = await bench.put("g1")
        await bench.settled("needs_human")
    assert bench.platform.calls == ["g1"]
    assert [(t.kind, t.reference, t.branch_id) for t in bench.troubles] == [(TroubleKind.NEEDS_HUMAN, reference, None)]


async def test_echo_proves_arrival_where_there_is_no_history(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["delivered"]
    bench.platform.history = False
    async with bench.running(reconcile_for=30) as worker:
        await bench.put("g1")
        await bench.settled("unknown")
        text = bench.platform.texts("g1")[0]
        await worker.echo("onebot11", "1", "77", text, Target("1", "group", "another"))
        assert await bench.states() == ["unknown"]
        await worker.echo("onebot11", "1", "77", text, Target("1", "group", "g1"))
        assert await bench.states() == ["sent"]
    assert (await bench.rows())[0].message_id == "77"


async def test_echo_ends_the_wait_for_a_lost_answer(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["hang"]
    async with bench.running(send_timeout=600) as worker:
        await bench.put("g1")
        await bench.until(lambda: bool(bench.platform.messages))
        await worker.echo("onebot11", "1", "5", bench.platform.texts("g1")[0], Target("1", "group", "g1"))
        await bench.settled("sent")


async def test_dropped_connection_makes_it_unknown_at_once_and_reconnect_settles(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["hang"]
    async with bench.running(send_timeout=600, absent_gap=600) as worker:
        await bench.put("g1")
        await bench.until(lambda: bool(bench.platform.messages))
        bench.platform.online.clear()
        worker.disconnected("1")
        await bench.settled("unknown")
        bench.platform.online.add("1")
        worker.connected("1")
        await bench.settled("sent")
    assert bench.platform.calls == ["g1"]


async def test_offline_costs_no_attempt_and_ends_by_the_deadline(bench: Bench) -> None:
    bench.platform.online.clear()
    async with bench.running() as worker:
        await bench.put("g1", expires_at=bench.now + timedelta(seconds=0.4))
        await bench.put("g2")
        await bench.settled("expired", "pending")
        assert [row.attempts for row in await bench.rows()] == [0, 0]
        bench.platform.online.add("1")
        worker.connected("1")
        await bench.settled("expired", "sent")
    assert [trouble.kind for trouble in bench.troubles] == [TroubleKind.EXPIRED]
    async with bench.database.reading() as uow:
        assert [row.state for row in await outbox.troubles(uow, None)] == ["expired"]


async def test_connection_lost_before_the_write_costs_no_attempt(bench: Bench) -> None:
    bench.platform.faults["g1"] = ["offline"]
    async with bench.running():
        await bench.put("g1")
        await bench.settled("sent")
    assert (await bench.rows())[0].attempts == 1


async def test_removed_from_the_group_is_final_and_pauses_it(bench: Bench) -> None:
    """Until the platform says, when it is asked, that the account is back there."""
    bench.platform.faults["g1"] = [Refused(Refusal.REMOVED, "result 110")]
    bench.platform.closed.add("g1")
    async with bench.running():
        await bench.put("g1", "g1", "g2")
        await bench.settled("rejected", "pending", "sent")
        assert bench.removed == [Target("1", "group", "g1")]
        assert [trouble.kind for trouble in bench.troubles] == [TroubleKind.REMOVED]
        bench.platform.closed.clear()
        await bench.settled("rejected", "sent", "sent")
        assert bench.removed == []


async def test_back_in_the_group_while_nobody_was_connected(bench: Bench) -> None:
    """Asked at once when the account connects, however seldom it is asked else."""
    bench.platform.faults["g1"] = [Refused(Refusal.REMOVED, "result 110")]
    bench.platform.closed.add("g1")
    async with bench.running(reopen=3600) as worker:
        await bench.put("g1", "g1")
        await bench.settled("rejected", "pending")
        bench.platform.closed.clear()
        worker.connected("1")
        await bench.settled("rejected", "sent")


async def test_a_platform_that_refuses_what_it_says_may_be_sent_is_not_believed(bench: Bench) -> None:
    for group in ("g1", "g2"):
        bench.platform.faults[group] = [Refused(Refusal.MUTED, "result 120")]
    bench.platform.closed.add("g2")
    async with bench.running(reopen=0.05) as worker:
        await bench.put("g1", "g2")
        await bench.until(lambda: bench.platform.asked["g2"] >= 5)
        assert (bench.platform.asked["g1"], bench.platform.calls.count("g1")) == (1, 1)
        worker.connected("1")
        await bench.until(lambda: bench.platform.asked["g2"] >= 10)
        assert (bench.platform.asked["g1"], bench.platform.calls.count("g1")) == (1, 1)
        await worker.may_write(Target("1", "group", "g1"), HoldKind.MUTED)
        await bench.settled("sent", "pending")


@pytest.mark.parametrize("told", [True, False])
async def test_muted_waits_for_the_unmute(bench: Bench, told: bool) -> None:
    """Whether somebody lifts it or it runs out by itself, of which nobody is told."""
    bench.platform.faults["g1"] = [Refused(Refusal.MUTED, "result 120")]
    bench.platform.closed.add("g1")
    async with bench.running(reopen=3600 if told else 0.1) as worker:
        await bench.put("g1")
        await bench.until(lambda: [trouble.kind for trouble in bench.troubles] == [TroubleKind.MUTED])
        await bench.settled("pending")
        assert (await bench.rows())[0].attempts == 0
        bench.platform.closed.clear()
        if told:
            await worker.may_write(Target("1", "group", "g1"), HoldKind.MUTED)
        await bench.settled("sent")
        assert len(bench.platform.calls) == 2


async def test_what_the_platform_will_not_take_goes_to_a_person_who_decides(bench: Bench) -> None:
    bench.platform.faults["g1"] = [Refused(Refusal.INVALID, "bad segment")]
    async with bench.running():
        [reference] = await bench.put("g1")
        await bench.settled("needs_human")
        async with bench.database.unit_of_work() as uow:
            await outbox.decide(uow, None, reference, arrived=False)
        await bench.settled("sent")
    assert [trouble.kind for trouble in bench.troubles] == [TroubleKind.NEEDS_HUMAN]


async def test_what_cannot_be_read_is_told_and_holds_up_nobody(bench: Bench) -> None:
    """A row that another version of the program wrote, or somebody by hand."""
    [reference] = await bench.put("g1")
    async with bench.database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).values(content='{"parts": [{"type": "hologram"}]}'))
    async with bench.running():
        await bench.put("g1", "g2")
        await bench.settled("rejected", "sent", "sent")
        async with bench.database.unit_of_work() as uow:
            await uow.session.execute(update(OutboxRow).values(content=Content.of("第一条").model_dump_json()))
            await outbox.decide(uow, None, reference, arrived=False)
        await bench.settled("sent", "sent", "sent")
    assert sorted(bench.platform.calls) == ["g1", "g1", "g2"]
    assert [(trouble.kind, trouble.reference) for trouble in bench.troubles] == [(TroubleKind.UNREADABLE, reference)]


async def test_five_unknowns_open_the_circuit_of_one_account_only(bench: Bench) -> None:
    bench.platform.online.add("2")
    bench.platform.history = False
    for number in range(8):
        bench.platform.faults[f"g{number}"] = ["lost"]
    async with bench.running(burst=1, reconcile_for=60):
        await bench.put(*[f"g{number}" for number in range(8)])
        await bench.until(lambda: any(trouble.kind is TroubleKind.CIRCUIT for trouble in bench.troubles))
        await bench.put("h1", account="2")
        await bench.settled(*["unknown"] * 5, *["pending"] * 3, "sent")
        await asyncio.sleep(0.3)
    assert len(bench.platform.calls) == 6
    assert [(t.kind, t.account) for t in bench.troubles] == [(TroubleKind.CIRCUIT, "1")]


async def test_circuit_closes_after_its_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.platform.faults["g1"] = ["delivered"]
    bench.platform.faults["g2"] = ["delivered"]
    async with bench.running(burst=1, circuit_after=2, circuit_for=600):
        await bench.put("g1", "g2", "g3")
        await bench.settled("sent", "sent", "pending")
        monkeypatch.setattr(work, "monotonic", lambda: time.monotonic() + 600)
        await bench.settled("sent", "sent", "sent")


async def test_platform_says_offline_and_the_operator_hears_of_it(bench: Bench) -> None:
    async with bench.running():
        await bench.put("g1")
        await bench.settled("sent")
        bench.platform.online.clear()
        await bench.put("g2")
        await bench.until(lambda: [t.kind for t in bench.troubles] == [TroubleKind.OFFLINE])
    assert bench.platform.calls == ["g1"]


async def test_lease_of_a_dead_worker_runs_out(bench: Bench) -> None:
    await bench.put("g1", "g2")
    async with bench.database.unit_of_work() as uow:
        dead = await repository.claim(uow, "1", 5, "dead", lease=0.3)
    async with bench.database.unit_of_work() as uow:
        assert await repository.mark_sending(uow, [dead[1].id], "dead", lease=0.3) == {dead[1].id}
    bench.platform.history = False
    async with bench.running(reconcile_for=30):
        await bench.settled("sent", "unknown")


async def test_zombie_cannot_write_over_what_came_after_it(bench: Bench) -> None:
    await bench.put("g1")
    async with bench.database.unit_of_work() as uow:
        [old] = await repository.claim(uow, "1", 5, "zombie", lease=0)
    await asyncio.sleep(0.05)
    async with bench.database.unit_of_work() as uow:
        assert await repository.recover_leases(uow, "other", []) == (1, 0)
        [new] = await repository.claim(uow, "1", 5, "other", lease=60)
        assert new.fence == old.fence + 1
    async with bench.database.unit_of_work() as uow:
        assert await repository.mark_sending(uow, [old.id], "zombie", lease=60) == set()
        assert not await repository.set_unknown(uow, old.id, old.fence, "late")
        assert not await repository.set_sent(uow, old.id, old.fence, "1")
        assert not await repository.set_final(uow, old.id, old.fence, State.REJECTED, "late")
    assert await bench.states() == ["sending"]


async def test_late_answer_after_the_lease_still_counts(bench: Bench) -> None:
    await bench.put("g1")
    async with bench.database.unit_of_work() as uow:
        [mine] = await repository.claim(uow, "1", 5, "slow", lease=60)
    async with bench.database.unit_of_work() as uow:
        await repository.mark_sending(uow, [mine.id], "slow", lease=0)
    await asyncio.sleep(0.05)
    async with bench.database.unit_of_work() as uow:
        assert await repository.recover_leases(uow, "other", []) == (0, 1)
    async with bench.database.unit_of_work() as uow:
        assert await repository.set_sent(uow, mine.id, mine.fence, "9")
    assert await bench.states() == ["sent"]


async def test_two_workers_share_the_work_without_doubling(bench: Bench) -> None:
    bench.platform.latency = 0.005
    await bench.put(*[f"g{number % 20}" for number in range(100)])
    async with bench.running(), bench.running():
        await bench.settled(*["sent"] * 100)
    assert len(bench.platform.messages) == 100
    assert len({message.text + message.target.id for message in bench.platform.messages}) == 100


async def test_account_that_moves_is_served_where_it_is_connected(bench: Bench) -> None:
    there = Bench(bench.database)
    there.platform.online.clear()
    async with bench.running() as here_worker, there.running():
        await bench.put("g1")
        await bench.settled("sent")
        bench.platform.online.clear()
        here_worker.disconnected("1")
        there.platform.online.add("1")
        await bench.put("g2")
        await bench.settled("sent", "sent")
    assert (bench.platform.calls, there.platform.calls) == (["g1"], ["g2"])


async def test_pacing_spaces_the_messages_of_an_account(bench: Bench) -> None:
    async with bench.running(pace=0.2):
        begun = time.monotonic()
        await bench.put("g1", "g2", "g3", "g4")
        await bench.settled(*["sent"] * 4)
    assert time.monotonic() - begun >= 0.6


async def test_trouble_that_cannot_be_told_loses_nothing(bench: Bench) -> None:
    async def broken(uow: object, trouble: object) -> None:
        raise RuntimeError("no secretary")

    bench._troubled = broken  # type: ignore[method-assign]
    bench.platform.faults["g1"] = [Refused(Refusal.INVALID, "bad")]
    async with bench.running():
        await bench.put("g1", "g2")
        await bench.settled("needs_human", "sent")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_two_hundred_groups_are_sent_side_by_side(bench: Bench) -> None:
    """How quickly, ``benchmarks.chat`` tells."""
    bench.platform.latency = 0.005
    async with bench.running():
        await bench.put(*[f"g{number}" for number in range(200)])
        await bench.settled(*["sent"] * 200)
    assert len(bench.platform.messages) == 200
    assert bench.platform.most_in_flight > 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_thousand_queued_cost_one_statement_each(bench: Bench) -> None:
    """Claims and marks are shared by all that leave together; only the result is written row by row."""
    await bench.put(*[f"g{number}" for number in range(1000)])
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    engine = bench.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    async with bench.running(poll=600, lease=600, absent_gap=600):
        await bench.until(lambda: len(bench.platform.messages) == 1000)
    event.remove(engine, "before_cursor_execute", count)
    assert await bench.states() == ["sent"] * 1000
    assert statements < 1500
