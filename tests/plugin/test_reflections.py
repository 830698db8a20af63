"""心得: judged by the rule, alike ones told to the secretary alone, decided otherwise with a reason, taken back."""

import pytest
from sqlalchemy import select

from bot.app import App
from bot.branch.models import AuditEntry
from bot.study.models import Proof, Reflection
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.plugin.test_claims import in_a_branch_below
from tests.unit.study.test_proving import stands

MATERIAL = "抓党建促治理\n社区把网格建在楼栋里,党员在家门口亮身份、领任务。半年来解决停车、漏水、噪声等小事四百多件。"
OWN = "我住的楼道灯坏了半年没人管,读完想明天就去找物业登记,再拉上对门老李一起巡一遍各层,把问题列成单子。"
OTHER = "去年我们单位结对帮扶的村子也缺这样的网格员,年轻人外出打工,只能靠退休教师挨家挨户问需求。"


async def push(talk: Talk, how: str = "") -> None:
    await talk.whisper(EDITOR, f"推送 {MATERIAL}")
    await talk.whisper(EDITOR, "确认")
    if how:
        await talk.whisper(EDITOR, f"推送 资料 1 {how}")
        await talk.whisper(EDITOR, "确认")


async def stood(app: App, reading: int = 1) -> tuple[object, ...] | None:
    async with app.database.reading() as uow:
        return await stands(uow, reading)


async def told(talk: Talk, user: int) -> list[str]:
    return [text for where, text in await talk.enqueued() if where == f"private {user}"]


async def test_ones_own_words_complete_a_reading_and_count_for_more_than_a_claim(talk: Talk, app: App) -> None:
    await push(talk)
    await talk.whisper(MEMBER, "已学")
    assert await talk.whisper(MEMBER, f"心得 1 {OWN}") == "✅ 已登记学习 1《抓党建促治理》,现在 1/4 人完成。"
    assert (await stood(app) or ())[:3] == (Proof.REFLECTION, "reflection", "reflection:1")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("学习了,很有收获", "不到 20 个字"),
        ("社区把网格建在楼栋里,党员在家门口亮身份、领任务。半年来解决停车、漏水、噪声等小事", "大部分是材料里的原文"),
        ("支持支持" * 20, "重复的话太多"),
    ],
)
async def test_what_falls_short_is_told_why_and_completes_nothing(talk: Talk, app: App, text: str, why: str) -> None:
    await push(talk)
    answer = await talk.whisper(MEMBER, f"心得 1 {text}")
    assert answer.startswith(f"学习 1 的心得{why},还没有登记,补充后再发一次就行。\n达到字数与原创要求:20 字以上")
    assert await stood(app) is None
    assert "✅ 已登记" in await talk.whisper(MEMBER, f"心得 {OWN}")
    again = await talk.whisper(MEMBER, f"心得 1 {text}")
    assert again == f"这一篇{why},没有换;您先前交的学习 1 的心得还算数。"


async def test_in_private_of_who_shares_the_group_of_the_branch_above(talk: Talk) -> None:
    await in_a_branch_below(talk)
    await push(talk)
    assert "✅ 已登记学习 1" in await talk.whisper(MEMBER, f"心得 {OWN}")
    assert "学习 1 " in await talk.whisper(MEMBER, f"心得 1 {OTHER}")


async def test_in_the_group_it_is_heard_without_a_prefix_where_a_number_stands(talk: Talk, app: App) -> None:
    await push(talk)
    assert await talk.hear(MEMBER, "心得体会都交了吧") == []
    assert await talk.hear(MEMBER, f"心得 {OWN}") == []
    assert await stood(app) is None
    assert await talk.hear(MEMBER, f"心得 1\n{OWN}") == []
    assert (await stood(app) or ())[:2] == (Proof.REFLECTION, "reflection")
    ((where, text),) = await talk.hear(BOSS, "心得 1 收获很大")
    assert (where, text.startswith("学习 1 的心得不到 20 个字")) == (f"private {BOSS}", True)


async def test_only_a_reflection_is_enough_where_a_push_says_so(talk: Talk, app: App) -> None:
    await push(talk, "凭心得")
    assert (await talk.whisper(MEMBER, "已学 2")).startswith("学习 2 要凭心得完成,还没有登记:看完发「心得 2」")
    assert (await talk.whisper(MEMBER, "心得 2")).startswith("请把心得写在后面,比如:心得 2 ")
    assert "已登记学习 2" in await talk.whisper(MEMBER, f"心得 2:{OWN}")
    assert (await talk.whisper(MEMBER, f"心得 {OTHER}")).startswith("✅ 已登记学习 1")
    assert await talk.whisper(MEMBER, "心得 9 嗯") == "没有学习 9。发「补学」看看有哪些。"


async def test_that_two_are_alike_is_told_to_the_secretary_alone_and_changes_nothing(talk: Talk, app: App) -> None:
    await push(talk)
    await talk.whisper(EDITOR, f"心得 1 {OWN}")
    answer = await talk.whisper(MEMBER, f"心得 1 {OWN}说得对。")
    assert answer == "✅ 已登记学习 1《抓党建促治理》,现在 2/4 人完成。"
    (flag,) = await told(talk, BOSS)
    assert flag.startswith("学习 1:张三的心得 2 和李秀英的心得 1 有 ")
    assert "只告诉您,已照常登记。" in flag
    assert await told(talk, MEMBER) == await told(talk, EDITOR) == []
    listed = await talk.whisper(BOSS, "心得列表")
    assert "心得 2 · 张三(已登记,和心得 1 大部分相同)" in listed
    assert await talk.whisper(MEMBER, "心得列表") == "「心得列表」由书记使用,您可以发「帮助」看看能做什么。"


async def test_a_leader_decides_otherwise_with_a_reason_and_takes_that_back(talk: Talk, app: App) -> None:
    await push(talk)
    await talk.whisper(MEMBER, "心得 1 党员就该站出来,我报名")
    assert (await talk.whisper(BOSS, "心得通过 1")).startswith("请写上理由")
    assert "心得 1 算数了" in await talk.whisper(BOSS, "心得通过 1 写得短,但说到了点子上")
    assert (await stood(app) or ())[:3] == (Proof.REFLECTION, "reflection", "reflection:1")
    assert await told(talk, MEMBER) == ["书记看了您学习 1 的心得,已登记完成(写得短,但说到了点子上)。"]
    assert await talk.whisper(BOSS, "心得通过 1 再来") == "心得 1 现在就是算数的,没有改动。"
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert await stood(app) is None
    async with app.database.reading() as uow:
        acts = [one.action for one in await uow.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts[-3:] == ["study.reflection_passed", "study.reflection_undone", "undo"]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_one_that_is_refused_leaves_the_claim_below(talk: Talk, app: App) -> None:
    await push(talk)
    await talk.whisper(MEMBER, "已学")
    await talk.whisper(MEMBER, f"心得 1 {OWN}")
    assert "心得 1 不算数了" in await talk.whisper(BOSS, "心得退回 1 请写本支部的事")
    assert (await stood(app) or ())[:2] == (Proof.WORD, "private")
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert (await stood(app) or ())[:2] == (Proof.REFLECTION, "reflection")
    assert (await talk.whisper(MEMBER, "心得退回 1 不服")).startswith("「心得通过」由书记使用")


async def test_whoever_takes_it_back_may_write_again_and_nothing_of_the_erased_stays(talk: Talk, app: App) -> None:
    await push(talk)
    await talk.whisper(MEMBER, f"心得 1 {OWN}")
    assert await talk.whisper(MEMBER, "撤回打卡") == "已撤回学习 1 的打卡。撤错了发「撤销」。"
    assert await stood(app) is None
    assert "不到 20 个字" in await talk.whisper(MEMBER, "心得 1 很好")
    assert "✅" in await talk.whisper(MEMBER, f"心得 1 {OWN}")
    assert "心得:1 篇" in await talk.whisper(MEMBER, "我的数据")
    await talk.whisper(MEMBER, "删除我的信息")
    await talk.whisper(MEMBER, "确认")
    async with app.database.reading() as uow:
        assert [one.text for one in await uow.session.scalars(select(Reflection))] == [""]
    assert await talk.whisper(BOSS, "心得列表 1") == "学习 1 还没有人写心得。"
