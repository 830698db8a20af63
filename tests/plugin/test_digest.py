"""From a dozen voices to a summary: themes, quotations, the picture, what may be changed before it is posted."""

import io

import pytest
from openpyxl import load_workbook

from bot.branch.models import MemberAccount
from plugins.discussion.clockwork import listen
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import ACCOUNT, Talk, exempt, reply
from tests.plugin.test_voices import CARD, open_one

VOICES = (
    "费用分摊要按楼层来算,一楼住户少出或者不出,高层住户多出一些,大家坐下来商量才公平。",
    "我家四楼,费用分摊方案改了三次,最后请居委会出面做公证,账目贴在门口,没有人再吵架。",
    "采光问题要请专业机构测算,一楼的王大爷担心屋里变暗,光靠嘴说他不会放心签字。",
    "除了采光还有噪声,电机离卧室太近,设计的时候就要避开,最好能先看看别的小区样板。",
    "老人上下楼最辛苦,我母亲腿脚不好,已经半年没有下过楼,早点动工她就能去公园晒太阳。",
    "老人意愿很强可是拿不出钱,能不能用维修基金先垫付一部分,再慢慢还上也行。",
    "后期保养谁来管也要写进协议,电梯坏了没人修比没有更麻烦,物业公司要有承诺。",
    "保养费每户每月交多少要提前讲清楚,隔壁小区就是因为没人交保养费停了两个月。",
)
POOR = ("👍", "支持", "好好好好好好好好好好好好好好好好好好好好好好")


@pytest.fixture
async def said(talk: Talk) -> Talk:
    """Eight good voices of three people and a few poor ones."""
    await open_one(talk)
    people = (MEMBER, BOSS, EDITOR)
    for at, text in enumerate(VOICES):
        await talk.say(people[at % 3], reply(CARD), text)
    for text in POOR:
        await talk.say(MEMBER, reply(CARD), text)
    return talk


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_the_end_of_a_discussion(said: Talk) -> None:
    heard = await said.hear(EDITOR, "结束讨论")
    assert [where for where, _ in heard] == [f"private {EDITOR}", "group 9"]
    assert heard[1][1].endswith("讨论 1「老旧小区加装电梯新规出台」结束了,谢谢 3 位同志的 8 条发言。")
    draft = heard[0][1]
    assert draft.startswith("大家提到最多的:")
    assert "【讨论 1 小结】老旧小区加装电梯新规出台\n3/4 人发言,共 8 条。" in draft
    assert "一、" in draft
    assert "三、" in draft
    assert "——" not in draft
    assert not any(name in draft for name in ("张三", "王建国", "李秀英", "赵德福"))
    quoted = [line.strip(" “”") for line in draft.splitlines() if line.startswith("  “")]
    assert quoted
    assert all(any(text.startswith(line.rstrip("…")) for text in VOICES) for line in quoted)
    before = len(await said.enqueued())
    assert await said.whisper(EDITOR, "确认") == "小结已发到群里。"
    assert len(await said.enqueued()) == before + 1
    assert (await said.enqueued())[-1][0] == "group 9"
    assert "一、" in await said.whisper(MEMBER, "讨论 1")
    assert "一、" not in await said.whisper(MEMBER, "讨论 搜索 采光")
    assert (await said.whisper(MEMBER, "讨论 搜索 采光")).startswith("1. 老旧小区加装电梯")
    assert "太长了" in await said.whisper(MEMBER, "讨论 搜索 " + "采光 " * 2000)


async def test_names_only_where_the_branch_wants_them(said: Talk) -> None:
    await said.whisper(BOSS, "设置 引用署名 开")
    assert "”——" in await said.whisper(EDITOR, "小结")
    await said.whisper(BOSS, "设置 小结引用 关")
    assert "“" not in await said.whisper(EDITOR, "小结 1")


async def test_what_was_copied_and_mended_is_the_new_text_and_no_command(said: Talk) -> None:
    await said.whisper(EDITOR, "小结")
    mended = "【讨论 1 小结】老旧小区加装电梯新规出台\n费用要公平。"
    assert mended in await said.whisper(EDITOR, mended)
    await said.whisper(EDITOR, "确认")
    assert mended in (await said.enqueued())[-1][1]


async def test_ending_shows_what_was_mended_and_nothing_again_once_it_is_out(said: Talk) -> None:
    await said.whisper(EDITOR, "小结")
    await said.whisper(EDITOR, "大家谈得很好:费用要公平,采光要测算。")
    draft, _ = await said.hear(EDITOR, "结束讨论")
    assert "大家谈得很好:费用要公平" in draft[1]
    await said.whisper(EDITOR, "确认")
    await said.whisper(EDITOR, "撤销")
    await said.whisper(EDITOR, "确认")
    out = len(await said.enqueued())
    assert await said.whisper(EDITOR, "结束讨论") == (
        "讨论 1「老旧小区加装电梯新规出台」结束了,谢谢 3 位同志的 8 条发言。\n小结已经发过,要再发一次发「小结 1」。"
    )
    assert len(await said.enqueued()) == out
    assert "一、" in await said.whisper(EDITOR, "小结 1")


@pytest.mark.parametrize("mended", [False, True])
async def test_who_leaves_while_a_draft_waits_isnt_quoted(said: Talk, mended: bool) -> None:
    draft = await said.whisper(EDITOR, "小结")
    quoted = [line.strip(" “”") for line in draft.splitlines() if line.startswith("  “")]
    theirs = [line for line in quoted for at, text in enumerate(VOICES) if at % 3 == 0 and text.startswith(line[:20])]
    assert theirs
    if mended:
        await said.whisper(EDITOR, "【小结】大家说:" + ";".join(quoted))
    await said.say(MEMBER, "别统计我")
    await said.whisper(EDITOR, "确认")
    posted = (await said.enqueued())[-1][1]
    assert "已按本人意愿略去" in posted
    shown = await said.whisper(BOSS, "讨论 1")
    assert not any(line in posted or line in shown for line in theirs)


async def test_who_has_lost_the_office_meanwhile_posts_nothing(said: Talk) -> None:
    await said.whisper(EDITOR, "小结")
    await said.whisper(BOSS, "免去 李秀英 宣传委员")
    await said.whisper(BOSS, "确认")
    before = await said.enqueued()
    refused = "做这件事要有「第一支部」的职务,您现在没有,请找书记。"
    assert await said.whisper(EDITOR, "确认") == refused
    assert await said.enqueued() == before


async def test_two_who_post_at_once_post_one(said: Talk) -> None:
    for user in (BOSS, EDITOR):
        await said.whisper(user, "小结")
    before = len(await said.enqueued())
    assert await said.whisper(BOSS, "确认") == "小结已发到群里。"
    heard = await said.whisper(EDITOR, "确认")
    assert heard == "讨论 1 的小结刚才已经发到群里了。要再发一份,请先发「小结 1」看看。"
    assert len(await said.enqueued()) == before + 1
    await said.whisper(EDITOR, "小结 1")
    assert await said.whisper(EDITOR, "确认") == "小结已发到群里。"


async def test_it_may_be_edited_before_it_is_posted(said: Talk) -> None:
    await said.whisper(EDITOR, "小结")
    again = await said.whisper(EDITOR, "大家谈得很好:费用要公平,采光要测算,保养要写进协议。")
    assert "大家谈得很好:费用要公平" in again
    assert "一、" not in again
    await said.whisper(EDITOR, "确认")
    assert "大家谈得很好" in (await said.enqueued())[-1][1]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_recalls_and_dont_count_me_reach_into_what_was_posted(said: Talk) -> None:
    draft = await said.whisper(EDITOR, "小结")
    await said.whisper(EDITOR, "确认")
    quoted = [text for at, text in enumerate(VOICES) if at % 3 == 0 and text[:20] in draft]
    assert quoted
    await said.whisper(MEMBER, "别统计我")
    shown = await said.whisper(BOSS, "讨论 1")
    assert not any(text[:20] in shown for text in quoted)
    assert "已按本人意愿略去" in shown
    assert "2 人、5 条发言" in shown


async def test_who_doesnt_want_to_be_counted_is_no_part_of_the_count(said: Talk) -> None:
    async with said.app.database.unit_of_work() as uow:
        account = {"platform": "onebot11", "user_id": "104", "via": ACCOUNT, "bound_at": uow.now}
        uow.session.add(MemberAccount(member_id=4, **account))
    await said.whisper(104, "别统计我")
    assert "3/3 人发言,共 8 条。" in await said.whisper(EDITOR, "小结")


async def test_leave_and_exemption_are_no_part_of_the_count(said: Talk) -> None:
    async with said.app.database.unit_of_work() as uow:
        account = {"platform": "onebot11", "user_id": "104", "via": ACCOUNT, "bound_at": uow.now}
        uow.session.add(MemberAccount(member_id=4, **account))
    await exempt(said, 4)
    assert "3/3 人发言,共 8 条(免学 1不计)。" in await said.whisper(EDITOR, "小结")


async def test_ending_can_be_undone(said: Talk) -> None:
    await said.hear(EDITOR, "结束讨论")
    await said.whisper(EDITOR, "取消")
    await said.whisper(EDITOR, "撤销")
    assert "已撤销" in await said.whisper(EDITOR, "确认")
    await listen(said.app)
    assert len(said.app.listening.windows("onebot11", "9")) == 1


async def test_nothing_to_sum_up(talk: Talk) -> None:
    assert await talk.whisper(EDITOR, "小结") == "还没有讨论。发「热词」挑一个话题,或发「讨论 题目」自己出题。"
    await open_one(talk)
    assert "还没有达到字数与原创要求的发言" in await talk.whisper(EDITOR, "小结")
    assert "不出小结" in await talk.whisper(EDITOR, "结束讨论")
    assert "已经结束了" in await talk.whisper(EDITOR, "结束讨论 1")


async def test_the_export_is_a_workbook_for_the_file(said: Talk) -> None:
    heard = await said.hear(EDITOR, "/讨论 导出 1")
    assert heard[0] == (f"private {EDITOR}", "[文件 讨论1-老旧小区加装电梯新规出台.xlsx]")
    assert heard[1][1].endswith("讨论 1 的记录已私聊发给您。")
    assert await said.say(MEMBER, "/讨论 导出 1") == "导出讨论由宣传委员或书记来做。"
    (file,) = (said.app.settings.media_dir).iterdir()
    book = load_workbook(io.BytesIO(file.read_bytes()))
    rows = list(book["发言"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(VOICES) + len(POOR)
    assert rows[1][1:4] == ("张三", VOICES[0], "是")
    assert rows[-2][2:5] == ("支持", "否", "不到 20 个字")
