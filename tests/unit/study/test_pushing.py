"""What a push fixes for ever: the days on which it may be read, what it counts, who was expected."""

from datetime import date

from sqlalchemy import select

from bot.branch.models import Member
from bot.core.db import Database
from bot.study import pushing, repository
from bot.study.models import Completion, Material
from tests.unit.study.house import settle


async def test_the_days_and_the_hours_of_a_push(database: Database) -> None:
    async with database.unit_of_work() as uow:
        await settle(uow, 2)
        short, long = (await uow.session.scalars(select(Material).order_by(Material.no))).all()
        long.minutes = 100
        first, second = [(await pushing.push(uow, 1, one)).assignment for one in (short, long)]
        assert (first.first_day, first.last_day) == (date(2026, 11, 24), date(2026, 11, 27))
        assert (first.halves, second.halves) == (1, 4)


async def test_a_completion_by_somebody_who_was_not_expected_is_marked(database: Database) -> None:
    async with database.unit_of_work() as uow:
        await settle(uow, 1)
        material = (await uow.session.scalars(select(Material))).one()
        reading = (await pushing.push(uow, 1, material)).assignment
        uow.session.add(Member(id=9, branch_id=1, name="新来的", joined_on=date(2026, 11, 24), created_at=uow.now))
        await uow.session.flush()
        rows: list[dict[str, object]] = [
            {"assignment_id": reading.id, "member_id": i, "at": uow.now, "method": "phrase", "late": False}
            for i in (3, 9)
        ]
        await repository.complete(uow, rows)
        found = (await uow.session.scalars(select(Completion).order_by(Completion.member_id))).all()
        assert [(one.member_id, one.extra) for one in found] == [(3, False), (9, True)]
