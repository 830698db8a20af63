"""Binding accounts to people on the roster."""

import pytest
from sqlalchemy import select

from bot.branch.models import Branch, ChatGroup, MemberAccount
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk, at


async def bound(talk: Talk) -> dict[int, str]:
    """Member id by account, without those of the fixture."""
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(MemberAccount.member_id, MemberAccount.user_id))
        return {member_id: user_id for member_id, user_id in rows if member_id > 3}


@pytest.mark.parametrize("said", [("绑定 赵德福",), ("绑定+赵德福",), ("/绑定 赵德福",), (at(1), " 绑定 赵德福")])
async def test_in_the_group(talk: Talk, said: tuple[str, ...]) -> None:
    assert "绑定好了,赵德福" in await talk.say(STRANGER, *said)
    assert await bound(talk) == {4: str(STRANGER)}


@pytest.mark.parametrize("said", ["绑定赵德福", "绑定 手机号的方法", "我要绑定 赵德福", "绑定了"])
async def test_talk_about_binding_is_no_command(talk: Talk, said: str) -> None:
    assert await talk.say(STRANGER, said) == ""
    assert await bound(talk) == {}


async def test_unbinding_oneself_and_others(talk: Talk) -> None:
    assert "张三的账号已解绑" in await talk.whisper(MEMBER, "解绑")
    assert "还不认识您" in await talk.say(MEMBER, "/我的")
    assert "绑定好了,张三" in await talk.say(MEMBER, "绑定 张三")
    assert "由书记来做" in await talk.whisper(EDITOR, "解绑 张三")
    assert "张三的账号已解绑" in await talk.whisper(BOSS, "解绑 张三")
    assert await talk.whisper(BOSS, "解绑 张三") == "张三没有绑定账号。"


CARDS = [
    ("101", "王建国", "老王", False),
    ("777", "赵德福", "平安", False),
    ("778", "一支部-钱五", "钱", False),
    ("779", "孙六", "孙", False),
    ("780", "孙六", "假孙六", False),
    ("781", "周书记", "周", False),
    ("782", "", "无名", False),
    ("783", "赵德福", "机器人", True),
]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_cards_bind_those_of_whom_they_tell_plainly(talk: Talk) -> None:
    for name in ("钱五", "孙六"):
        await talk.whisper(BOSS, f"成员 添加 {name}")
    talk.telephone.cards["9"] = CARDS
    answer = await talk.say(BOSS, "/成员 读取")
    assert answer.splitlines() == [
        "对不上的名片:孙六、孙六、周书记。名册上有的请他发「绑定 姓名」,没有的先「成员 添加 姓名」。",
        "群名片和名册对上了 2 人:赵德福、钱五。",
        "回复「确认」绑定,「取消」不绑定。",
    ]
    assert await bound(talk) == {}
    assert await talk.say(BOSS, "确认") == "绑定好了 2 人:赵德福、钱五。"
    assert await bound(talk) == {4: "777", 5: "778"}
    assert "对不上的名片" in await talk.say(BOSS, "/成员 读取")


async def test_a_card_never_makes_a_secretary(talk: Talk) -> None:
    await talk.whisper(MEMBER, "解绑")
    await talk.whisper(EDITOR, "解绑")
    talk.telephone.cards["9"] = [("777", "李秀英", "x", False)]
    assert "对不上的名片:李秀英" in await talk.say(BOSS, "/成员 读取")
    assert "对上了 1 人:李秀英" in await talk.say(SUPERUSER, "/成员 读取")


async def test_cards_are_read_in_a_group(talk: Talk) -> None:
    assert "请在群里发" in await talk.whisper(BOSS, "成员 读取")


async def test_without_a_roster_the_cards_become_it(talk: Talk) -> None:
    for name in ("张三", "李秀英", "赵德福"):
        await talk.say(SUPERUSER, f"/移除 {name}")
        await talk.say(SUPERUSER, "确认")
    await talk.say(SUPERUSER, "/移除 王建国")
    await talk.say(SUPERUSER, "确认")
    talk.telephone.cards["9"] = [("777", "赵德福", "平安", False), ("783", "管家", "机器人", True)]
    assert "用群名片建立名册(1 人)吗" in await talk.say(SUPERUSER, "/成员 读取")
    assert await talk.say(SUPERUSER, "确认") == "名册建好了:1 人。"
    assert await bound(talk) == {5: "777"}


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_in_private_only_for_those_in_the_group(talk: Talk) -> None:
    talk.telephone.cards["9"] = [(str(STRANGER), "平安是福", "x", False)]
    assert "绑定好了,赵德福" in await talk.whisper(STRANGER, "绑定 赵德福")
    assert await bound(talk) == {4: str(STRANGER)}
    assert "您已经绑定为赵德福" in await talk.whisper(STRANGER, "绑定 赵德福")


@pytest.mark.parametrize("name", ["赵德福", "张三", "李四"])
async def test_in_private_strangers_learn_nothing(talk: Talk, name: str) -> None:
    talk.telephone.cards["9"] = [("778", "别人", "x", False)]
    assert await talk.whisper(STRANGER, f"绑定 {name}") == "私聊里没能认出您。请在支部的群里发「绑定 您的姓名」。"
    assert await bound(talk) == {}


async def test_in_private_a_group_stands_for_the_people_of_its_own_branch(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=6, parent_id=None, kind="支部", name="第二支部", path="/6/", created_at=uow.now))
        await uow.session.flush()
        uow.session.add(ChatGroup(branch_id=6, platform="onebot11", account="1", group_id="19", created_at=uow.now))
    talk.telephone.cards |= {"9": [("778", "别人", "x", False)], "19": [(str(STRANGER), "平安是福", "x", False)]}
    assert "没能认出您" in await talk.whisper(STRANGER, "绑定 赵德福")
    assert await bound(talk) == {}
