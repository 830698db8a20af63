"""People come into the group and leave it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.branch.models import ChatGroup, Member, MemberAccount
from bot.core.clock import ShiftableClock
from bot.core.limits import RateLimit
from plugins.branch import coming
from plugins.branch.coming import commands
from tests.plugin.conftest import BOSS, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk

WELCOME = "欢迎!请在群里发「绑定 您的姓名」,以后好登记学习。"
ASKED = "张三退群了,要从名册移除吗?\n要移除请回复「移除 张三」,不用就不必理会。"


@pytest.fixture(autouse=True)
def _nobody_was_greeted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coming, "_greetings", RateLimit(burst=3, per_second=1 / 60))


async def owner(talk: Talk, user: int) -> int | None:
    async with talk.app.database.reading() as uow:
        query = select(MemberAccount.member_id).where(MemberAccount.user_id == str(user))
        return (await uow.session.scalars(query)).one_or_none()


async def test_a_newcomer_is_asked_to_bind(talk: Talk) -> None:
    assert WELCOME in await talk.signal(commands, "joined", STRANGER)
    assert await owner(talk, STRANGER) is None


async def test_a_newcomer_whose_card_names_one_person_is_bound(talk: Talk) -> None:
    talk.telephone.cards["9"] = [(str(STRANGER), "赵德福", "x", False)]
    assert "欢迎赵德福同志,已和名册对上。" in await talk.signal(commands, "joined", STRANGER)
    assert await owner(talk, STRANGER) == 4


@pytest.mark.parametrize(("card", "robot", "said"), [("张三", False, WELCOME), ("赵德福", True, ""), ("", True, "")])
async def test_a_taken_name_and_robots_are_not_bound(talk: Talk, card: str, robot: bool, said: str) -> None:
    talk.telephone.cards["9"] = [(str(STRANGER), card, "x", robot)]
    assert said in await talk.signal(commands, "joined", STRANGER)
    assert bool(said) == bool(talk.telephone.said)
    assert await owner(talk, STRANGER) is None


async def test_known_people_other_groups_and_the_night_are_left_alone(talk: Talk, clock: ShiftableClock) -> None:
    assert await talk.signal(commands, "joined", MEMBER) == ""
    assert await talk.signal(commands, "joined", STRANGER, group=10) == ""
    clock.set(clock.now() + timedelta(hours=15))
    assert await talk.signal(commands, "joined", STRANGER) == ""


async def test_many_at_once_are_not_greeted_one_by_one(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        group = ChatGroup(branch_id=1, platform="onebot11", account="1", group_id="11", created_at=uow.now)
        uow.session.add(group)
    said = [await talk.signal(commands, "joined", user, group=11) for user in range(2000, 2020)]
    assert sum(WELCOME in one for one in said) == 3


async def test_who_leaves_stays_on_the_roster_and_the_secretary_is_asked_once(talk: Talk) -> None:
    for _ in range(2):
        assert await talk.signal(commands, "left", MEMBER) == ""
    assert await talk.enqueued() == [(f"private {BOSS}", ASKED)]
    assert await owner(talk, MEMBER) == 3
    assert "把张三移出名册" in await talk.whisper(BOSS, "移除 张三")
    await talk.whisper(BOSS, "确认")
    async with talk.app.database.reading() as uow:
        assert (await uow.session.get_one(Member, 3)).left_on is not None


async def test_a_secretary_who_leaves_is_no_matter_for_themselves(talk: Talk) -> None:
    await talk.signal(commands, "left", BOSS)
    assert [where for where, _ in await talk.enqueued()] == [f"private {SUPERUSER}"]


async def test_strangers_and_other_groups_leave_unnoticed(talk: Talk) -> None:
    await talk.signal(commands, "left", STRANGER)
    await talk.signal(commands, "left", MEMBER, group=10)
    assert await talk.enqueued() == []


async def test_namesakes_are_told_apart(talk: Talk) -> None:
    await talk.whisper(BOSS, "成员 添加 张三 23456789")
    await talk.signal(commands, "left", 23456789)
    ((_, text),) = await talk.enqueued()
    assert "「移除 张三6789」" in text
    assert "把张三移出名册" in await talk.whisper(BOSS, "移除 张三6789")
