"""The tree as superusers and secretaries type it: founding, naming, moving, groups, and who may."""

import pytest
from sqlalchemy import select

from bot.branch import service
from bot.branch.models import AuditEntry, Branch, ChatGroup, Member, RoleGrant
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, SUPERUSER
from tests.plugin.talk import Talk


async def tree(talk: Talk) -> dict[str, tuple[str, str]]:
    """name → (kind, path in names)"""
    async with talk.app.database.reading() as uow:
        nodes = {node.id: node for node in await uow.session.scalars(select(Branch))}
        return {
            node.name: (node.kind, "/".join(nodes[one].name for one in service.ids_on(node.path)))
            for node in nodes.values()
        }


async def groups(talk: Talk) -> dict[str, int]:
    async with talk.app.database.reading() as uow:
        return {row.group_id: row.branch_id for row in await uow.session.scalars(select(ChatGroup))}


async def audited(talk: Talk) -> list[str]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


BEFORE = {"第一支部": ("支部", "第一支部")}


async def grown(talk: Talk) -> None:
    """红旗党委 → 机关党总支 → 第二支部 (no group), and 第一支部 below the 党委."""
    await talk.whisper(SUPERUSER, "支部 新建 红旗党委")
    await talk.whisper(SUPERUSER, "支部 新建 机关党总支 上级 红旗党委")
    await talk.whisper(SUPERUSER, "支部 新建 第二支部 上级 机关党总支")
    await talk.whisper(SUPERUSER, "支部 上级 第一支部 红旗党委")


async def test_a_superuser_grows_a_tree(talk: Talk) -> None:
    assert await talk.whisper(SUPERUSER, "支部 新建 红旗党委") == (
        "「红旗党委」(党委)建好了。\n在它的群里发「/支部 绑定 红旗党委」接上群。"
    )
    assert "(总支)建好了,上级是「红旗党委」" in await talk.whisper(SUPERUSER, "支部 新建 机关党总支 上级 红旗党委")
    assert "上级是「机关党总支」" in await talk.whisper(SUPERUSER, "支部 新建 第二支部 上级 机关党总支")
    assert await talk.whisper(SUPERUSER, "支部 上级 第一支部 红旗党委") == "「第一支部」的上级现在是「红旗党委」。"
    assert await talk.say(SUPERUSER, "/支部 新建 第一党小组") == (
        "「第一党小组」(党小组)建好了,上级是「第一支部」。\n在它的群里发「/支部 绑定 第一党小组」接上群。"
    )
    assert await tree(talk) == {
        "第一支部": ("支部", "红旗党委/第一支部"),
        "红旗党委": ("党委", "红旗党委"),
        "机关党总支": ("总支", "红旗党委/机关党总支"),
        "第二支部": ("支部", "红旗党委/机关党总支/第二支部"),
        "第一党小组": ("党小组", "红旗党委/第一支部/第一党小组"),
    }
    assert await talk.whisper(SUPERUSER, "支部 树") == (
        "红旗党委(4 人、1 个群)\n\u3000第一支部(4 人、1 个群)\n\u3000\u3000第一党小组(0 人)\n"
        "\u3000机关党总支(0 人)\n\u3000\u3000第二支部(0 人)"
    )
    assert await talk.whisper(BOSS, "支部 树") == "第一支部(4 人、1 个群) ← 这里\n\u3000第一党小组(0 人)"


async def test_a_name_that_does_not_say_its_level(talk: Talk) -> None:
    assert await talk.whisper(SUPERUSER, "支部 新建 红旗社区") == (
        "「红旗社区」是哪一级?回复:党委、总支、支部、党小组。"
    )
    assert "「红旗社区」(总支)建好了" in await talk.whisper(SUPERUSER, "总支")


async def test_roles_reach_down_and_no_further(talk: Talk) -> None:
    await grown(talk)
    async with talk.app.database.unit_of_work() as uow:
        committee = (await uow.session.scalars(select(Branch).where(Branch.name == "红旗党委"))).one()
        uow.session.add(RoleGrant(branch_id=committee.id, member_id=3, role="书记", granted_at=uow.now))
    assert "建好了,上级是「机关党总支」" in await talk.whisper(MEMBER, "支部 新建 第三支部 上级 机关党总支")
    assert (await talk.whisper(MEMBER, "支部 树")).startswith("红旗党委(")
    assert await talk.whisper(BOSS, "支部 新建 第四支部 上级 机关党总支") == "「机关党总支」由它的书记或上级来管。"
    assert await talk.whisper(BOSS, "支部 改名 第二支部 第九支部") == "「第二支部」由它的书记或上级来管。"
    assert "第九支部" not in await tree(talk)
    assert (await audited(talk))[-2:] == ["refused", "refused"]


@pytest.mark.parametrize(
    ("user", "said", "answer"),
    [
        (EDITOR, "支部 新建 第二支部", "由书记使用"),
        (MEMBER, "支部 树", "由书记使用"),
        (BOSS, "支部 新建 第二支部", "支部不能放在支部「第一支部」下面"),
        (SUPERUSER, "支部 新建 第一党小组", "党小组要建在支部下面"),
        (SUPERUSER, "支部 新建 第一支部", "已经有「第一支部」了"),
        (SUPERUSER, "支部 新建 党", "名称请写 2 到 40 个字"),
        (SUPERUSER, "支部 新建 第二支部 上级 蓝天党委", "没有找到「蓝天党委」"),
        (SUPERUSER, "支部 上级 第一支部 第一支部", "不能当它的上级"),
        (SUPERUSER, "支部 上级 第一支部", "请在它的群里发"),
        (SUPERUSER, "支部 改名 第五支部", "请在它的群里发"),
        (SUPERUSER, "支部 绑定 第一支部", "请在要绑定的群里发"),
        (SUPERUSER, "支部 解散", "没有「支部 解散」"),
        (BOSS, "支部 改名 第一支部", "现在就叫"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(talk: Talk, user: int, said: str, answer: str) -> None:
    assert answer in await talk.whisper(user, said)
    assert await tree(talk) == BEFORE
    assert await groups(talk) == {"9": 1}


async def test_no_circles_and_no_wrong_order(talk: Talk) -> None:
    await grown(talk)
    before = await tree(talk)
    assert "不能当它的上级" in await talk.whisper(SUPERUSER, "支部 上级 红旗党委 机关党总支")
    assert "总支不能放在支部「第一支部」下面" in await talk.whisper(SUPERUSER, "支部 上级 机关党总支 第一支部")
    assert "上级已经是" in await talk.whisper(SUPERUSER, "支部 上级 第一支部 红旗党委")
    assert await tree(talk) == before


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_a_whole_subtree_moves(talk: Talk) -> None:
    await grown(talk)
    await talk.whisper(SUPERUSER, "支部 新建 蓝天党委")
    await talk.whisper(SUPERUSER, "支部 上级 机关党总支 蓝天党委")
    assert (await tree(talk))["第二支部"] == ("支部", "蓝天党委/机关党总支/第二支部")
    assert (await tree(talk))["第一支部"] == ("支部", "红旗党委/第一支部")


async def test_names_that_fit_several_are_asked_about(talk: Talk) -> None:
    await grown(talk)
    await talk.whisper(SUPERUSER, "支部 新建 蓝天党委")
    await talk.whisper(SUPERUSER, "支部 新建 第二支部 上级 蓝天党委")
    assert await talk.say(SUPERUSER, "/支部 绑定 第二支部", group=22) == (
        "是哪一个?回复前面的数字:\n1. 第二支部(机关党总支)\n2. 第二支部(蓝天党委)"
    )
    assert await talk.say(SUPERUSER, "2", group=22) == "这个群绑定好了:「第二支部」。推送会发到这里。"
    async with talk.app.database.reading() as uow:
        bound = await uow.session.get_one(Branch, (await groups(talk))["22"])
        assert (await service.get(uow, int(bound.parent_id or 0))).name == "蓝天党委"
    assert "是哪一个" in await talk.whisper(SUPERUSER, "支部 新建 第三支部 上级 党委")
    assert "上级是「蓝天党委」" in await talk.whisper(SUPERUSER, "2")
    assert "是哪一个" in await talk.whisper(SUPERUSER, "支部 上级 第三支部 党委")
    assert "的上级现在是「红旗党委」" in await talk.whisper(SUPERUSER, "1")


async def test_binding_another_group_and_letting_it_go(talk: Talk) -> None:
    await grown(talk)
    assert "这个群绑定好了" in await talk.say(SUPERUSER, "/支部 绑定 红旗党委", group=22)
    assert "改绑到「第二支部」" in await talk.say(SUPERUSER, "/支部 绑定 第二支部", group=22)
    assert await talk.say(SUPERUSER, "确认", group=22) == "这个群改绑到「第二支部」了。"
    assert "以后推送不再发到这里" in await talk.say(SUPERUSER, "/支部 解绑", group=22)
    assert len(await groups(talk)) == 2
    assert "解开了" in await talk.say(SUPERUSER, "确认", group=22)
    assert await groups(talk) == {"9": 1}
    assert "没有绑定支部" in await talk.say(SUPERUSER, "/支部 解绑", group=22)


async def test_renaming_and_taking_it_back(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "支部 改名 红旗社区第一党支部") == (
        "「第一支部」改名为「红旗社区第一党支部」。改错了发「撤销」。"
    )
    assert "撤销「第一支部改名为红旗社区第一党支部」" in await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert await tree(talk) == BEFORE


async def test_party_groups(talk: Talk) -> None:
    await talk.whisper(BOSS, "支部 新建 第一党小组")
    assert await talk.whisper(BOSS, "支部 分组 张三 赵德福 第一党小组") == "张三、赵德福分到「第一党小组」了。"
    assert "(2 人)" in await talk.whisper(BOSS, "支部 树")
    assert "张三现在是「第一党小组」的党小组长" in await talk.whisper(BOSS, "任命 张三 党小组长")
    assert "已经在" in await talk.whisper(BOSS, "支部 分组 张三 第一党小组")
    assert await talk.whisper(BOSS, "支部 分组 张三 第一支部") == "张三分到「第一支部」了。"
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(Member.name, Member.branch_id).order_by(Member.id))
        assert [tuple(row) for row in rows] == [("王建国", 1), ("李秀英", 1), ("张三", 1), ("赵德福", 2)]
        assert "党小组长" not in list(await uow.session.scalars(select(RoleGrant.role)))
        assert len(await service.readers(uow, 1, service.today(uow))) == 4
    await talk.whisper(BOSS, "撤销")
    assert "已撤销「张三分到第一支部」" in await talk.whisper(BOSS, "确认")
