"""Putting messages into the outbox: once per key, together with its cause, with a reference in every wire message."""

from datetime import timedelta

import pytest

from bot.core.db import UnitOfWork
from bot.core.errors import NotFound
from bot.delivery import outbox, repository
from bot.delivery.models import HoldKind, lane_of
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.rendering.content import Attachment, Content, Forward

from .conftest import Bench

GROUP = Target("1", "group", "g1")


def message(key: str, prefix: str = "学") -> Outgoing:
    return Outgoing(None, GROUP, Content.of("今日学习"), "study.assignment:7", key, prefix)


async def test_same_key_is_enqueued_once(uow: UnitOfWork) -> None:
    assert await outbox.enqueue(uow, message("a")) == "学1124-01"
    assert await outbox.enqueue(uow, message("a")) is None
    assert await outbox.enqueue(uow, message("b")) == "学1124-02"
    assert await outbox.enqueue(uow, message("c", "告")) == "告1124-01"


async def test_many_at_once_are_as_one_by_one(uow: UnitOfWork) -> None:
    await outbox.enqueue(uow, message("b"))
    outs = [message("a"), message("b"), message("c", "告"), message("a"), message("d")]
    assert await outbox.enqueue_all(uow, outs) == ["学1124-02", None, "告1124-01", None, "学1124-03"]
    assert await outbox.enqueue_all(uow, []) == []


async def test_what_is_rolled_back_was_never_there(bench: Bench) -> None:
    with pytest.raises(RuntimeError):
        async with bench.database.unit_of_work() as uow:
            await outbox.enqueue(uow, message("a"))
            raise RuntimeError
    assert await bench.rows() == []


async def test_listeners_hear_of_it_after_the_commit(bench: Bench) -> None:
    heard: list[int] = []

    def hear() -> None:
        heard.append(1)

    outbox.listeners.add(hear)
    try:
        async with bench.database.unit_of_work() as uow:
            await outbox.enqueue(uow, message("a"))
            assert heard == []
        assert heard == [1]
    finally:
        outbox.listeners.discard(hear)


async def test_forward_and_file_travel_alone_with_their_own_references(bench: Bench) -> None:
    content = Content.of(
        "正文", Forward(title="全文", pages=("一", "二")), Attachment(sha256="f" * 64, name="讲义.pdf")
    )
    async with bench.database.unit_of_work() as uow:
        assert await outbox.enqueue(uow, Outgoing(None, GROUP, content, "x", "k", "学")) == "学1124-01"
    async with bench.running():
        await bench.settled("sent", "sent", "sent")
    assert bench.platform.texts("g1") == [
        "正文\n〔学1124-01〕",
        "全文\n一\n二\n〔学1124-01-2〕",
        "[文件 讲义〔学1124-01-3〕.pdf]",
    ]


async def test_cancel_withdraws_what_has_not_left(bench: Bench) -> None:
    async with bench.database.unit_of_work() as uow:
        await outbox.enqueue(uow, message("a"))
    async with bench.database.unit_of_work() as uow:
        assert await outbox.cancel(uow, "a")
        assert not await outbox.cancel(uow, "a")
    async with bench.running():
        await bench.put("g1")
        await bench.settled("cancelled", "sent")


async def test_a_person_decides_only_what_waits_for_one(bench: Bench) -> None:
    async with bench.database.unit_of_work() as uow:
        reference = await outbox.enqueue(uow, message("a"))
        assert reference is not None
        with pytest.raises(NotFound):
            await outbox.decide(uow, None, reference, arrived=True)


async def test_what_is_held_back_waits_or_expires(bench: Bench) -> None:
    bench.platform.closed.add("g1")
    async with bench.database.unit_of_work() as uow:
        await repository.hold(uow, lane_of(GROUP), HoldKind.REMOVED, "result 110")
    async with bench.running():
        await bench.put("g1")
        await bench.put("g1", expires_at=bench.now + timedelta(seconds=0.3))
        await bench.put("g2")
        await bench.settled("pending", "expired", "sent")
