"""What was done to the roster can be taken back by who did it."""

import pytest
from sqlalchemy import select

from bot.branch import service, undo
from bot.branch.actor import Speaker
from bot.branch.models import Leave, Member, MemberAccount, RoleGrant
from bot.chat.table import TABLE
from bot.core.errors import UserError
from tests.plugin.conftest import BOSS
from tests.plugin.talk import Talk


async def roster(talk: Talk) -> list[object]:
    """All that undoing has to bring back."""
    columns = Member.id, Member.kind, MemberAccount.user_id, RoleGrant.role, Leave.reason
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(
            select(*columns)
            .outerjoin(MemberAccount, MemberAccount.member_id == Member.id)
            .outerjoin(RoleGrant, RoleGrant.member_id == Member.id)
            .outerjoin(Leave, Leave.member_id == Member.id)
            .where(Member.left_on.is_(None))
            .order_by(Member.id)
        )
        return [tuple(row) for row in rows]


async def take_back(talk: Talk) -> str:
    async with talk.app.database.unit_of_work() as uow:
        actor = await service.resolve_actor(uow, Speaker("onebot11", "1", str(BOSS)), frozenset())
        step = await undo.last(uow, actor)
        return (await undo.undo(uow, actor, step.id, TABLE.undos)).said


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        (("成员 添加 钱五",), "添加钱五"),
        (("移除 李秀英", "确认"), "移除李秀英"),
        (("成员 类别 张三 预备",), "把张三改为预备党员"),
        (("免学 赵德福 年老",), "赵德福免学"),
        (("请假 张三 住院 到11月30日",), "张三请假"),
    ],
)
async def test_taken_back(talk: Talk, acts: tuple[str, ...], said: str) -> None:
    before = await roster(talk)
    for act in acts:
        await talk.whisper(BOSS, act)
    assert await roster(talk) != before
    assert await take_back(talk) == said
    assert await roster(talk) == before


async def test_not_when_it_was_changed_again(talk: Talk) -> None:
    await talk.whisper(BOSS, "免学 赵德福 年老")
    async with talk.app.database.unit_of_work() as uow:
        (await uow.session.scalars(select(Leave))).one().reason = "别的依据"
    with pytest.raises(UserError, match="后来又改过"):
        await take_back(talk)
