"""The ledger holds exactly what was settled last."""

from datetime import date

import pytest

from bot.branch.models import Branch, Member
from bot.core.db import UnitOfWork
from bot.hours import booking, repository
from bot.hours.booking import For
from bot.hours.models import Source

DAY = date(2026, 11, 20)
MEETING = For(1, Source.MEETING, "meeting:5", DAY, "支部党员大会")


@pytest.fixture
async def people(uow: UnitOfWork) -> UnitOfWork:
    uow.session.add(Branch(id=1, parent_id=None, kind="支部", name="一", path="/1/", created_at=uow.now))
    await uow.session.flush()
    uow.session.add(Branch(id=2, parent_id=1, kind="党小组", name="二", path="/1/2/", created_at=uow.now))
    await uow.session.flush()
    for i in range(1, 6):
        day = date(2020, 7, 1)
        row = Member(id=i, branch_id=1 if i < 4 else 2, name=f"党员{i}", joined_on=day, created_at=uow.now)
        uow.session.add(row)
    await uow.session.flush()
    return uow


async def ledger(uow: UnitOfWork) -> dict[int, int]:
    rows = await repository.sums(uow, range(1, 6), date(2026, 1, 1), date(2026, 12, 31))
    return {one: sum(halves for member, _, halves in rows if member == one) for one, _, _ in rows}


async def test_settling_again_changes_adds_and_takes_away(people: UnitOfWork) -> None:
    await booking.settle(people, MEETING, {1: 4, 2: 4, 3: 4})
    await booking.settle(people, MEETING, {1: 4, 2: 3, 4: 4, 5: 0})
    assert await ledger(people) == {1: 4, 2: 3, 4: 4}


async def test_two_things_add_up_and_one_can_be_withdrawn(people: UnitOfWork) -> None:
    await booking.settle(people, MEETING, {1: 4})
    await booking.settle(people, For(1, Source.TRAINING, "training:1", DAY, "党校"), {1: 16, 4: 16})
    assert await ledger(people) == {1: 20, 4: 16}
    assert await repository.by_branch(people, "/1/", DAY, DAY) == {
        1: {Source.MEETING: 4, Source.TRAINING: 16},
        2: {Source.TRAINING: 16},
    }
    await booking.withdraw(people, "training:1")
    assert await ledger(people) == {1: 4}


async def test_nobody_at_all_leaves_nothing(people: UnitOfWork) -> None:
    await booking.settle(people, MEETING, {1: 4})
    await booking.settle(people, MEETING, {})
    assert await ledger(people) == {}


async def test_hours_belong_to_their_day(people: UnitOfWork) -> None:
    await booking.settle(people, MEETING, {1: 4})
    assert await repository.sums(people, [1], date(2026, 11, 21), date(2026, 12, 31)) == []
    assert [entry.note for entry in await repository.entries(people, [1], DAY, DAY)] == ["支部党员大会"]
