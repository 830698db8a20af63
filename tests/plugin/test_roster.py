"""What a secretary types about the people of the branch."""

import pytest
from sqlalchemy import select

from bot.branch.models import AuditEntry, Member
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, SUPERUSER
from tests.plugin.talk import Talk, at


async def on_roster(talk: Talk) -> list[tuple[str, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(
            select(Member.name, Member.kind).where(Member.left_on.is_(None)).order_by(Member.id)
        )
        return [(name, kind) for name, kind in rows]


async def audited(talk: Talk) -> list[str]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


async def test_the_roster_is_told_privately(talk: Talk) -> None:
    heard = await talk.hear(BOSS, "/成员 列表")
    assert heard[0] == (
        f"private {BOSS}",
        "第一支部名册 4 人\n王建国(书记)\n李秀英(宣传委员)\n张三\n赵德福(未绑定)\n"
        "还没绑定账号 1 人:赵德福。请他们在群里发「绑定 姓名」。",
    )
    assert heard[1][0] == "group 9"
    assert "赵德福" not in heard[1][1]
    assert await talk.whisper(BOSS, "成员") == heard[0][1]


@pytest.mark.parametrize("user", [EDITOR, MEMBER])
async def test_only_a_leader_may(talk: Talk, user: int) -> None:
    assert "由书记使用" in await talk.say(user, "/成员 添加 钱五")
    assert len(await on_roster(talk)) == 4


async def test_adding(talk: Talk) -> None:
    assert "名册加上了钱五(预备党员)" in await talk.whisper(BOSS, "成员 添加 钱五 预备党员")
    assert "名册加上了孙六(正式党员)" in await talk.whisper(BOSS, "成员添加孙六")
    assert (await on_roster(talk))[4:] == [("钱五", "预备党员"), ("孙六", "正式党员")]
    assert await audited(talk) == ["roster.add"] * 2


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("成员 添加", "不像姓名"),
        ("成员 添加 12345", "不像姓名"),
        ("成员 添加 钱五 民主党员", "没有「民主党员」这个类别"),
        ("成员 添加 张三", "名册上已有张三"),
        ("成员 添加 赵德福 23456789", "名册上已有赵德福"),
        ("成员 添加 钱五 103", "已经绑定了名册上的人"),
        ("成员 移除 王建国", "不能移除自己"),
        ("成员 移除 李四", "名册上没有「李四」"),
        ("成员 移除 李小英", "是李秀英吗"),
        ("成员 恢复 李四", "没有移除过"),
        ("成员 恢复 张三", "已经在名册上"),
        ("成员 类别 张三 群众", "类别有"),
        ("成员 类别 张三 正式党员", "已经登记为正式党员"),
        ("成员 表扬 张三", "没有「成员 表扬」"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(talk: Talk, said: str, answer: str) -> None:
    said_back = await talk.whisper(BOSS, said)
    if "确认" in said_back:
        said_back = await talk.whisper(BOSS, "确认")
    assert answer in said_back
    assert await on_roster(talk) == [(name, "正式党员") for name in ("王建国", "李秀英", "张三", "赵德福")]


async def test_namesakes_are_told_apart_by_their_accounts(talk: Talk) -> None:
    assert "名册加上了张三" in await talk.whisper(BOSS, "成员 添加 张三 23456789")
    assert "有 2 位张三(QQ 尾号 103、6789)" in await talk.whisper(BOSS, "移除 张三")
    assert "把张三移出名册" in await talk.whisper(BOSS, "移除 张三6789")
    assert "移出名册" in await talk.say(BOSS, "/移除 ", at(MEMBER))


async def test_removal_asks_ends_offices_and_can_be_undone(talk: Talk) -> None:
    assert "现任宣传委员" in await talk.whisper(BOSS, "移除 李秀英")
    assert len(await on_roster(talk)) == 4
    assert "已移出名册" in await talk.whisper(BOSS, "确认")
    assert [name for name, _ in await on_roster(talk)] == ["王建国", "张三", "赵德福"]
    assert await talk.say(EDITOR, "/推送 你好") == "还不认识您。请发「绑定 您的姓名」,绑定后就可以用了。"
    assert "回到名册" in await talk.whisper(BOSS, "成员 恢复 李秀英")
    async with talk.app.database.reading() as uow:
        assert set(await uow.session.scalars(select(Member.id).where(Member.left_on.is_(None)))) == {1, 2, 3, 4}
    assert "还不认识您" in await talk.say(EDITOR, "/推送 你好")
    assert await audited(talk) == ["roster.remove", "refused", "roster.restore", "refused"]
    assert "绑定好了,李秀英" in await talk.say(EDITOR, "绑定 李秀英")
    assert "由宣传委员使用" in await talk.say(EDITOR, "/推送 你好")


async def test_removal_can_be_called_off(talk: Talk) -> None:
    await talk.whisper(BOSS, "移除 张三")
    await talk.whisper(BOSS, "取消")
    assert len(await on_roster(talk)) == 4


async def test_kinds_can_be_changed(talk: Talk) -> None:
    assert await talk.whisper(SUPERUSER, "成员 类别 张三 预备") == "这里还没有绑定支部。请管理员先发「/开始」。"
    assert await talk.say(SUPERUSER, "/成员 类别 张三 预备") == "张三:正式党员 → 预备党员。"
    assert "张三(预备党员)" in await talk.whisper(BOSS, "成员")
