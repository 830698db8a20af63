"""The decisions of delivery by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.reference import marks_in, wire_units
from bot.delivery.rules import Circuit, Pacer, Settled, Step, settle
from bot.delivery.transport import Absent, Found, NoHistory
from bot.rendering.content import Card, Content, Mention, Text

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def decide(look: Found | Absent | NoHistory, absent_for: float | None, attempts: int = 1, looked: float = 0) -> Settled:
    return settle(
        look,
        now=NOW,
        looking_since=NOW - timedelta(seconds=looked),
        absent_since=None if absent_for is None else NOW - timedelta(seconds=absent_for),
        attempts=attempts,
        absent_gap=60,
        reconcile_for=180,
    )


@pytest.mark.parametrize(
    ("look", "absent_for", "attempts", "looked", "step", "wait"),
    [
        (Found("5"), None, 1, 0, Step.SENT, None),
        (Found("5"), 100, 2, 500, Step.SENT, None),
        (Absent(), None, 1, 0, Step.WAIT, 60),
        (Absent(), 20, 1, 20, Step.WAIT, 40),
        (Absent(), 60, 1, 60, Step.RETRY, None),
        (Absent(), 60, 2, 60, Step.HUMAN, None),
        (NoHistory(), None, 1, 0, Step.WAIT, 30),
        (NoHistory(), 30, 1, 170, Step.WAIT, 10),
        (NoHistory(), None, 1, 180, Step.HUMAN, None),
        (NoHistory(), 60, 1, 200, Step.HUMAN, None),
    ],
)
def test_settle(
    look: Found | Absent | NoHistory,
    absent_for: float | None,
    attempts: int,
    looked: float,
    step: Step,
    wait: float | None,
) -> None:
    settled = decide(look, absent_for, attempts, looked)
    assert settled.step is step
    assert settled.look_at == (None if wait is None else NOW + timedelta(seconds=wait))


def test_first_absence_is_remembered() -> None:
    assert decide(Absent(), None).absent_since == NOW
    assert decide(Absent(), 20).absent_since == NOW - timedelta(seconds=20)
    assert decide(NoHistory(), 20).absent_since == NOW - timedelta(seconds=20)


def test_pacer_rests_between_pace_and_pace_plus_jitter() -> None:
    pacer = Pacer(1.5, 0.5)
    assert pacer.wait(100) == 0
    pacer.take(100, 0.0)
    assert pacer.wait(100) == 1.5
    pacer.take(101.5, 0.9)
    assert pacer.wait(101.5) == pytest.approx(1.95)
    assert Pacer(0, 0.5).off


def test_circuit_opens_on_unknowns_in_a_row_only() -> None:
    circuit = Circuit(3, 100)
    assert not circuit.failed(0) and not circuit.failed(0)
    circuit.succeeded()
    assert [circuit.failed(1) for _ in range(4)] == [False, False, True, False]
    assert circuit.wait(51) == 50
    assert circuit.wait(101) == 0 and circuit.probing
    assert circuit.failed(102)
    circuit.succeeded()
    assert circuit.wait(103) == 0 and not circuit.probing


def test_reference_is_the_last_line_whatever_comes_before() -> None:
    for last in (Text(text="完"), Mention(user_id="3", name="张三"), Card(template="m", data={}, alt="卡片")):
        [(_, signed)] = wire_units(Content.of("开头〔学1123-01〕", last), "学1124-07")
        assert signed.plain.splitlines()[-1] == "〔学1124-07〕"
        assert marks_in(signed.plain)[-1] == "学1124-07"


def test_mark_of_a_part_is_not_the_mark_of_the_whole() -> None:
    assert marks_in("〔学1124-07-2〕") == ["学1124-07-2"]
    assert marks_in("〔注释〕 学1124-07") == []
