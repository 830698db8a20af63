"""「/开始」, question by question: the shortest way, and every way to answer wrongly."""

import pytest
from sqlalchemy import select

from bot.app import App
from bot.branch.models import Branch, ChatGroup, Member, MemberAccount, RoleGrant
from tests.plugin.conftest import MEMBER, SUPERUSER
from tests.plugin.talk import Talk

CARDS = [
    ("201", "王建国", "老王", False),
    ("202", "一支部-李秀英", "秀英", False),
    ("203", "", "云淡风轻", False),
    ("204", "群管家", "", True),
]


@pytest.fixture
def fresh(app: App) -> Talk:
    """A bot that nobody has set up."""
    talk = Talk(app)
    talk.telephone.cards["9"] = CARDS
    return talk


async def stored(talk: Talk) -> tuple[list[tuple[str, str]], list[tuple[str, str | None]], list[str]]:
    """Branches with their kinds, people with their accounts, offices."""
    async with talk.app.database.reading() as uow:
        branches = await uow.session.execute(select(Branch.name, Branch.kind).order_by(Branch.id))
        people = await uow.session.execute(
            select(Member.name, MemberAccount.user_id)
            .outerjoin(MemberAccount, MemberAccount.member_id == Member.id)
            .order_by(Member.id)
        )
        offices = await uow.session.execute(
            select(Member.name, RoleGrant.role).join(Member, Member.id == RoleGrant.member_id)
        )
        return (
            [(name, kind) for name, kind in branches],
            [(name, user) for name, user in people],
            [f"{name} {role}" for name, role in offices],
        )


async def test_the_shortest_way(fresh: Talk) -> None:
    assert await fresh.say(SUPERUSER, "/开始") == "支部叫什么名称?直接回复,比如「红旗社区第一党支部」。"
    assert await fresh.say(SUPERUSER, "红旗社区第一党支部") == (
        "「红旗社区第一党支部」建好了,级别是支部(不对就回复:党委、总支)。\n"
        "用群名片建立名册(2 人)吗?另有 1 人名片看不出姓名。\n王建国、李秀英\n回复「确认」;想用表格就回复「以后」。"
    )
    assert await fresh.say(SUPERUSER, "确认") == "名册建好了:2 人。书记是哪一位?回复姓名,还没定就回复「以后」。"
    assert await fresh.say(SUPERUSER, "王建国") == (
        "「红旗社区第一党支部」可以用了:2 人,书记王建国。\n接着发:「任命 姓名 宣传委员」「推送 链接」。用法看「帮助」。"
    )
    assert await stored(fresh) == (
        [("红旗社区第一党支部", "支部")],
        [("王建国", "201"), ("李秀英", "202")],
        ["王建国 书记"],
    )
    assert await fresh.enqueued() == [("private 201", "您现在是「红旗社区第一党支部」的书记。发「帮助」看能做什么。")]
    assert await fresh.say(SUPERUSER, "/开始") == (
        "这个群已经绑定「红旗社区第一党支部」。发「/支部 树」看全貌,「帮助」看能做什么。"
    )


async def test_the_level_can_be_corrected(fresh: Talk) -> None:
    await fresh.say(SUPERUSER, "/开始")
    assert "级别是支部" in await fresh.say(SUPERUSER, "红旗社区")
    assert "级别是党委(不对就回复:总支、支部)" in await fresh.say(SUPERUSER, "党委")
    assert (await stored(fresh))[0] == [("红旗社区", "党委")]
    assert "名册建好了" in await fresh.say(SUPERUSER, "确认")
    assert "级别是总支" in await fresh.say(SUPERUSER, "总支")


async def test_a_table_later(fresh: Talk) -> None:
    await fresh.say(SUPERUSER, "/开始")
    await fresh.say(SUPERUSER, "第一支部")
    assert await fresh.say(SUPERUSER, "以后") == "书记是哪一位?回复姓名,还没定就回复「以后」。"
    assert "请钱五在群里发「绑定 钱五」" in await fresh.say(SUPERUSER, "钱五")
    assert (await stored(fresh))[1:] == ([("钱五", None)], ["钱五 书记"])


async def test_a_secretary_who_is_only_in_the_group(fresh: Talk) -> None:
    await fresh.say(SUPERUSER, "/开始")
    await fresh.say(SUPERUSER, "第一支部")
    await fresh.say(SUPERUSER, "以后")
    assert "书记李秀英" in await fresh.say(SUPERUSER, "李秀英")
    assert (await stored(fresh))[1:] == ([("李秀英", "202")], ["李秀英 书记"])


async def test_wrong_answers_are_asked_again(fresh: Talk) -> None:
    await fresh.say(SUPERUSER, "/开始")
    assert "2 到 40 个字" in await fresh.say(SUPERUSER, "党")
    assert "党小组建在支部下面" in await fresh.say(SUPERUSER, "第一党小组")
    assert await stored(fresh) == ([], [], [])
    assert "建好了" in await fresh.say(SUPERUSER, "第一支部")
    assert await fresh.say(SUPERUSER, "好吧") == ""
    await fresh.say(SUPERUSER, "确认")
    assert "名册上没有「赵六」" in await fresh.say(SUPERUSER, "赵六")
    assert "书记王建国" in await fresh.say(SUPERUSER, "王建国")


async def test_only_superusers_begin(fresh: Talk) -> None:
    assert await fresh.say(MEMBER, "/开始") == ""
    assert "请在支部的群里发" in await fresh.whisper(SUPERUSER, "开始")


async def test_a_group_without_cards(fresh: Talk) -> None:
    fresh.telephone.cards["9"] = CARDS[2:]
    await fresh.say(SUPERUSER, "/开始")
    assert (await fresh.say(SUPERUSER, "机关党总支")).endswith(
        "群名片里没看到姓名,名册以后再交。书记是哪一位?回复姓名,还没定就回复「以后」。"
    )
    assert "可以用了:1 人" in await fresh.say(SUPERUSER, "钱五")


async def test_a_branch_that_is_in_the_tree_already(fresh: Talk) -> None:
    await fresh.whisper(SUPERUSER, "支部 新建 红旗党委")
    await fresh.whisper(SUPERUSER, "支部 新建 第一支部 上级 红旗党委")
    assert "还没有群的:第一支部、红旗党委" in await fresh.say(SUPERUSER, "/开始")
    assert "这个群已接上「第一支部」(支部)。\n用群名片" in await fresh.say(SUPERUSER, "第一支部")
    async with fresh.app.database.reading() as uow:
        rows = await uow.session.scalars(select(ChatGroup.branch_id))
        assert list(rows) == [2]
        assert len(list(await uow.session.scalars(select(Branch)))) == 2


async def test_a_secretary_may_be_named_later(fresh: Talk) -> None:
    await fresh.say(SUPERUSER, "/开始")
    await fresh.say(SUPERUSER, "红旗社区第一党支部")
    await fresh.say(SUPERUSER, "确认")
    assert await fresh.say(SUPERUSER, "还没定") == (
        "「红旗社区第一党支部」可以用了:2 人,还没有书记。\n书记定了发「任命 姓名 书记」;用法看「帮助」。"
    )
    assert "任命王建国为「红旗社区第一党支部」的书记?" in await fresh.say(SUPERUSER, "/任命 王建国 书记")
