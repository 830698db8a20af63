"""A claim belongs to the message it answers, else to the number it names, else to the only open reading."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.branch.actor import Actor
from bot.branch.models import Branch, Member
from bot.core.clock import ShiftableClock
from bot.core.db import Database, UnitOfWork
from bot.core.errors import NotFound, UserError
from bot.delivery import outbox
from bot.delivery.models import OutboxRow, State
from bot.delivery.transport import Target
from bot.rendering.content import Content
from bot.study import repository
from bot.study.checking_in import CheckedIn, Claim, NothingOpen, NotOurs, Several, check_in_all
from bot.study.models import Assignment, Completion, Material, Method

GROUP = "22"


@pytest.fixture
async def uow(database: Database):  # type: ignore[no-untyped-def]
    """Two branches; in the first readings 1 (overdue), 2 and 3 (open), in the second reading 1 (open)."""
    async with database.unit_of_work() as unit:
        add, now = unit.session.add_all, unit.now
        for branch in (1, 2):
            add([Branch(id=branch, kind="支部", name=f"支部{branch}", path=f"/{branch}/", created_at=now)])
        await unit.session.flush()
        for branch in (1, 2):
            text = {"title": "党章", "text": "文", "minutes": 1, "key_terms": "[]", "sha256": "0" * 64}
            add([Material(id=branch, branch_id=branch, no=1, created_at=now, **text)])
        for member, branch in ((1, 1), (2, 1), (3, 2)):
            joined = date(2020, 7, 1)
            add([Member(id=member, branch_id=branch, name=f"党员{member}", joined_on=joined, created_at=now)])
        await unit.session.flush()
        for i, branch, no, days in ((11, 1, 1, -1), (12, 1, 2, 2), (13, 1, 3, 3), (21, 2, 1, 1)):
            due = now + timedelta(days=days)
            pushed = now - timedelta(days=3)
            add([Assignment(id=i, branch_id=branch, no=no, material_id=branch, pushed_at=pushed, due_at=due)])
        await unit.session.flush()
        yield unit


def actor(member: int | None, branch: int | None = 1, group: str | None = GROUP) -> Actor:
    return Actor("q", "1", f"20{member}", group_id=group, branch_id=branch, member_id=member)


def claim(member: int | None, no: int | None = None, reply_to: str | None = None, branch: int | None = 1) -> Claim:
    return Claim(actor(member, branch), Method.PHRASE, "m", no, reply_to)


async def say(uow: UnitOfWork, *claims: Claim) -> list[object]:
    """What each claim comes to: (number, first, late) where it is recorded."""
    found = await check_in_all(uow, claims)
    return [(o.reading.no, o.first, o.late) if isinstance(o, CheckedIn) else o for o in found]


async def sent(uow: UnitOfWork, origin: str, message_id: str) -> None:
    """A message of ours that has arrived in the group."""
    target = Target("1", "group", GROUP, "q")
    await outbox.enqueue(uow, outbox.Outgoing(1, target, Content.of("学习"), origin, key="push"))
    await uow.session.execute(update(OutboxRow).values(message_id=message_id, state=State.SENT))


async def test_the_number_decides_and_a_late_one_is_marked(uow: UnitOfWork) -> None:
    assert await say(uow, claim(1, 2), claim(1, 1)) == [(2, True, False), (1, True, True)]
    row = await uow.session.get_one(Completion, (11, 1))
    assert (row.late, row.method, row.at, row.message_id) == (True, "phrase", uow.now, "m")


async def test_what_a_clock_that_is_ahead_says_was_said_now(uow: UnitOfWork) -> None:
    ahead = uow.now + timedelta(days=365)
    said = [replace(one, said_at=ahead) for one in (claim(1, 2), claim(2, 2))]
    assert await say(uow, *said) == [(2, True, False), (2, True, False)]
    assert await say(uow, replace(claim(1), said_at=ahead)) == [(3, True, False)]
    assert (await uow.session.get_one(Completion, (12, 1))).at == uow.now


async def test_a_repeat_is_recorded_once_and_says_so(uow: UnitOfWork) -> None:
    at_once = await say(uow, claim(1, 2), claim(1, 2), claim(2, 2))
    assert at_once == [(2, True, False), (2, False, False), (2, True, False)]
    assert await say(uow, claim(1, 2)) == [(2, False, False)]
    assert set(await repository.completed(uow, 12)) == {1, 2}


async def test_with_several_open_it_is_asked_and_nothing_is_recorded(uow: UnitOfWork) -> None:
    (found,) = await check_in_all(uow, [claim(1)])
    assert isinstance(found, Several)
    assert [reading.no for reading in found.readings] == [2, 3]
    assert await repository.completed(uow, 12) == []


async def test_the_only_one_open_is_meant_then_a_repeat_of_the_newest(uow: UnitOfWork) -> None:
    await say(uow, claim(1, 2))
    assert await say(uow, claim(1)) == [(3, True, False)]
    assert await say(uow, claim(1)) == [(3, False, False)]


async def test_nothing_open_is_nothing(uow: UnitOfWork, clock: ShiftableClock) -> None:
    for assignment in (12, 13):
        (await uow.session.get_one(Assignment, assignment)).due_at = uow.now - timedelta(minutes=1)
    await uow.session.flush()
    assert await say(uow, claim(1), claim(1, None, "5")) == [NothingOpen(), NothingOpen()]


async def test_a_reply_to_the_push_is_that_reading_and_to_anything_else_is_not_ours(uow: UnitOfWork) -> None:
    await sent(uow, "study.assignment:3", "900")
    assert await say(uow, claim(1, None, "900"), claim(1, None, "901")) == [(3, True, False), NotOurs()]
    assert await repository.completed(uow, 12) == []


async def test_branches_don_t_see_each_other(uow: UnitOfWork) -> None:
    first, second = await check_in_all(uow, [claim(3, branch=2), claim(3, 2, branch=2)])
    assert isinstance(first, CheckedIn)
    assert first.reading.id == 21
    assert isinstance(second, NotFound)


async def test_somebody_on_no_roster_is_told_how_to_get_on_it(uow: UnitOfWork) -> None:
    found = await check_in_all(uow, [claim(None, 2), claim(1, 9)])
    assert [type(one) for one in found] == [UserError, NotFound]
    assert "绑定" in str(found[0])
