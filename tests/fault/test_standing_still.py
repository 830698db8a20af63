"""Two processes at work on one database, with the same account connected to both, as a platform may have it that dials
two addresses: what one has claimed and can't bring to its end is the other's, and only the other's."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.delivery.models import OutboxRow
from tests.databases import on_postgresql
from tests.nursery import Nursery

from .field import GROUPS, Field
from .house import sends

ONE, TWO, _ = GROUPS


@pytest.fixture
async def two(nursery: Nursery) -> AsyncIterator[tuple[Field, Field]]:
    """Processes to be; what either sends is seen by both."""
    url = await on_postgresql()
    async with Field(nursery, url) as first, Field(nursery, url) as second:
        yield first, second


async def row(field: Field) -> OutboxRow:
    return (await field.rows())[0]


async def let_go_on_alone(first: Field, second: Field) -> str:
    """The second dies, the first goes on; what it is given next and delivers, behind all that it had in hand."""
    first.go_on()
    second.kill()
    [reference] = await first.put(TWO)
    await first.settled("sent", "sent")
    return reference


async def test_what_it_claimed_is_not_sent_once_another_has_sent_it(two: tuple[Field, Field]) -> None:
    """It stood still before it wrote "about to send"; the lease ran out."""
    first, second = two
    sim = await first.account()
    [reference] = await first.put(ONE)
    first.bear(halt_on="claimed")
    await first.halted()
    assert (await row(first)).sending_at is None
    await second.connect(sim.world)
    second.bear()
    await second.settled("sent")
    before = await row(second)
    more = await let_go_on_alone(first, second)
    assert first.arrived() == {reference: 1, more: 1}
    assert (await row(first)).attempts == before.attempts == 1


async def test_what_it_marked_is_not_sent_while_another_sends_it(two: tuple[Field, Field]) -> None:
    """It stood still after it wrote "about to send". It neither sends nor puts back what the other has on the wire:
    that misses a message for longer than a lease before it sends it again, so the first knows that it is late."""
    first, second = two
    sim = await first.account()
    [reference] = await first.put(ONE)
    first.bear(halt_on="marked")
    await first.halted()
    assert (await row(first)).sending_at is not None
    again = await second.connect(sim.world)
    again.behaviour.seconds = 2
    again.behaviour.next("slow")
    second.bear(send_timeout=10, absent_gap=1.5, reconcile_for=10)
    await second.until(lambda _: sends(again, ONE) == 1)
    first.go_on()
    await second.settled("sent")
    more = await let_go_on_alone(first, second)
    assert (sends(sim, ONE), sends(again, ONE)) == (0, 1)
    assert first.arrived() == {reference: 1, more: 1}


async def test_what_was_marked_is_taken_back_though_no_connection_tells(two: tuple[Field, Field]) -> None:
    """The second has had its connection all along: that the first died is seen by its lease alone."""
    first, second = two
    sim = await second.account()
    second.bear()
    [before] = await first.put(TWO)
    await second.settled("sent")
    os.kill(second.pid, signal.SIGSTOP)
    [reference] = await first.put(ONE)
    await first.connect(sim.world)
    first.bear(die_on="send")
    await first.died()
    assert (await second.rows())[1].sending_at is not None
    second.go_on()
    await second.settled("sent", "sent")
    assert second.arrived() == {before: 1, reference: 1}


async def test_what_is_over_when_it_wakes_is_not_sent(field: Field) -> None:
    """Nobody else was there; but what was to leave by a certain time doesn't leave after it."""
    await field.account()
    await field.put(ONE)
    field.bear(halt_on="claimed", lease=0.5)
    await field.halted()
    async with field.database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).values(expires_at=uow.now))
    while field.database.clock.now() < ((await row(field)).lease_until or uow.now):  # noqa: ASYNC110 - time itself
        await asyncio.sleep(0.05)
    field.go_on()
    await field.settled("expired")
    assert field.arrived() == {}
