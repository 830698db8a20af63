"""What counts as a voice in a discussion and what is left alone, through the real screen."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

import plugins.discussion.speaking
from bot.branch.models import ChatGroup
from bot.core.clock import ShiftableClock
from bot.delivery.models import OutboxRow
from bot.discussion import records
from bot.discussion.models import Voice
from plugins.discussion.clockwork import end_what_is_due, listen
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import ACCOUNT, GROUP, Talk, reply

GOOD = "我们小区去年装了电梯,三楼的李阿姨终于能自己下楼买菜了,费用按楼层分摊大家都服气。"
OTHER = "楼道的灯坏了半年没人修,物业和居委会互相推,群众只好自己凑钱买灯泡,希望有人牵头管一管。"
CARD = "5001"


async def open_one(talk: Talk, title: str = "老旧小区加装电梯新规出台") -> None:
    await talk.whisper(EDITOR, f"讨论 {title}")
    await talk.whisper(EDITOR, "确认")
    async with talk.app.database.unit_of_work() as uow:
        row = (await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()))).first()
        assert row is not None
        row.message_id, row.state, row.sent_at = CARD, "sent", uow.now


async def voices(talk: Talk) -> Sequence[tuple[int, str, str, int]]:
    async with talk.app.database.reading() as uow:
        rows = (await uow.session.scalars(select(Voice).order_by(Voice.id))).all()
    return [(row.member_id, row.text[:4], row.verdict, row.likes) for row in rows]


@pytest.fixture
async def talking(talk: Talk) -> Talk:
    await open_one(talk)
    return talk


async def test_a_reply_and_a_hash_are_voices_the_rest_is_nobodys_business(talking: Talk) -> None:
    assert await talking.say(MEMBER, reply(CARD), GOOD) == ""
    answered = talking.last_id
    await talking.say(BOSS, reply(answered), OTHER)
    await talking.say(EDITOR, "#加装电梯# 一楼住户担心采光和噪声,补偿办法要先谈好,不能少数服从多数就算了。")
    await talking.say(MEMBER, "今天食堂的红烧肉不错,大家中午早点去,去晚了就没有了,我先占个座位。")
    await talking.say(MEMBER, reply("4711"), OTHER)
    await talking.say(STRANGER, reply(CARD), OTHER)
    await talking.say(MEMBER, "#加装电梯# 别的群里说的,和我们没有关系,大家不用理会这一条消息内容。", group=8)
    assert [row[:3] for row in await voices(talking)] == [
        (3, "我们小区", "good"),
        (1, "楼道的灯", "good"),
        (2, "一楼住户", "good"),
    ]


@pytest.mark.parametrize("tag", ["#电梯#", "#话题#", "#讨论1#", "#老旧小区加装电梯新规出台#"])
async def test_a_word_of_the_title_is_tag_enough(talking: Talk, tag: str) -> None:
    await talking.say(MEMBER, tag + GOOD)
    await talking.say(MEMBER, "#天气# " + OTHER)
    assert [row[1] for row in await voices(talking)] == ["我们小区"]


async def test_everything_counts_where_the_branch_wants_that(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 讨论全收 开")
    await open_one(talk)
    await talk.say(MEMBER, GOOD)
    await talk.say(MEMBER, {"type": "image", "data": {"file": "x"}})
    assert [row[0] for row in await voices(talk)] == [3]


async def test_why_a_voice_doesnt_count_is_told_privately_and_once(talking: Talk) -> None:
    assert await talking.say(MEMBER, reply(CARD), "支持,很好") == ""
    assert await talking.say(MEMBER, reply(CARD), "👍") == ""
    told = [said for where, said in await talking.enqueued() if where == f"private {MEMBER}"]
    assert len(told) == 1
    assert told[0].startswith("您在讨论 1 的发言不到 20 个字,这条没有计入")
    assert "不到 20 个字" in await talking.whisper(MEMBER, "讨论 我的")


async def test_an_echo_of_somebody_else(talking: Talk) -> None:
    await talking.say(MEMBER, reply(CARD), GOOD)
    await talking.say(BOSS, reply(CARD), "同意," + GOOD)
    assert [row[2] for row in await voices(talking)] == ["good", "echo"]


async def test_recalls_reactions_and_edits_are_followed(talking: Talk) -> None:
    await talking.say(MEMBER, reply(CARD), GOOD)
    first = talking.last_id
    await talking.notice("liked", BOSS, first)
    await talking.notice("liked", EDITOR, first)
    await talking.notice("unliked", EDITOR, first)
    assert await voices(talking) == [(3, "我们小区", "good", 1)]
    await talking.say(MEMBER, reply(CARD), "改成一句短的", message_id=int(first))
    assert await voices(talking) == [(3, "改成一句", "short", 1)]
    await talking.notice("recalled", MEMBER, first)
    assert await voices(talking) == [(3, "", "short", 1)]


async def test_dont_count_me_works_at_once_and_backwards(talking: Talk) -> None:
    await talking.say(MEMBER, reply(CARD), GOOD)
    assert "以前的也删掉了" in await talking.say(MEMBER, "别统计我")
    await talking.say(MEMBER, reply(CARD), OTHER)
    assert await voices(talking) == []
    assert "照常记录" in await talking.say(MEMBER, "恢复统计我")
    await talking.say(MEMBER, reply(CARD), OTHER)
    assert [row[1] for row in await voices(talking)] == ["楼道的灯"]


async def test_who_is_erased_takes_their_words_along(talking: Talk) -> None:
    await talking.say(MEMBER, reply(CARD), GOOD)
    await talking.whisper(MEMBER, "删除我的信息")
    await talking.whisper(MEMBER, "确认")
    assert await voices(talking) == []


async def test_nothing_counts_after_the_end(talking: Talk, clock: ShiftableClock) -> None:
    clock.set(clock.now() + timedelta(hours=25))
    await talking.say(MEMBER, reply(CARD), GOOD)
    assert await voices(talking) == []
    await end_what_is_due(talking.app)
    assert talking.app.listening.windows("onebot11", str(GROUP)) == ()


async def test_two_discussions_in_one_group_are_told_apart(talking: Talk) -> None:
    await talking.whisper(EDITOR, "讨论 社区食堂怎样才能长久")
    await talking.whisper(EDITOR, "确认")
    await talking.say(MEMBER, "#讨论2# 价格要让老人吃得起,补贴要算清楚账,还得靠志愿者一起帮忙运营食堂。")
    await talking.say(MEMBER, "#讨论1# " + GOOD)
    async with talking.app.database.reading() as uow:
        assert list((await uow.session.scalars(select(Voice.discussion_id).order_by(Voice.id))).all()) == [2, 1]


async def test_threads_in_several_groups_are_kept_apart(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        place = {"branch_id": 1, "platform": "onebot11", "account": ACCOUNT, "created_at": uow.now}
        uow.session.add(ChatGroup(group_id="8", **place))
    assert "2 个群" in await talk.whisper(EDITOR, "讨论 老旧小区加装电梯新规出台")  # not said in one of them
    await talk.whisper(EDITOR, "确认")
    await talk.say(EDITOR, "/讨论 社区食堂怎样才能长久", group=8)
    await talk.say(EDITOR, "确认", group=8)
    await talk.say(MEMBER, "#电梯# " + GOOD)
    await talk.say(BOSS, "#电梯# " + OTHER, group=8)
    food = "#食堂# 价格要让老人吃得起,补贴要算清楚账,还得靠志愿者一起帮忙运营食堂。"
    await talk.say(MEMBER, food)  # it doesn't run in this group
    await talk.say(MEMBER, food, group=8)
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(Voice.discussion_id, Voice.group_id).order_by(Voice.id))
        assert [tuple(row) for row in rows] == [(1, "9"), (1, "8"), (2, "8")]


async def test_after_a_restart_the_group_is_still_listened_to(talking: Talk) -> None:
    talking.app.listening.hear(())
    await listen(talking.app)
    await talking.say(MEMBER, reply(CARD), GOOD)
    assert len(await voices(talking)) == 1


def test_the_plugin_hears_of_all_that_happens_to_voices() -> None:
    assert set(plugins.discussion.speaking.commands.signals) == {"voice", "recalled", "liked", "unliked"}


async def test_what_is_kept_is_said(talking: Talk) -> None:
    assert "讨论发言" not in await talking.whisper(MEMBER, "我的数据")
    await talking.say(MEMBER, reply(CARD), GOOD)
    assert "讨论发言:1 条" in await talking.whisper(MEMBER, "我的数据")


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_statistics_learn_who_spoke(talking: Talk) -> None:
    for text in (GOOD, OTHER, "支持"):
        await talking.say(MEMBER, reply(CARD), text)
    await talking.say(BOSS, reply(CARD), "支持")
    async with talking.app.database.reading() as uow:
        day = timedelta(days=1)
        assert await records.spoken(uow, "/1/", uow.now - day, uow.now + day) == {3: (1, 2)}
        assert await records.spoken(uow, "/1/", uow.now + day, uow.now + 2 * day) == {}
        assert await records.opened(uow, "/1/", uow.now - day, uow.now + day) == {1: 1}


async def test_opening_can_be_undone_until_somebody_speaks(talking: Talk) -> None:
    await talking.whisper(EDITOR, "撤销")
    assert await talking.whisper(EDITOR, "确认") == "已撤销「开讨论 1」。"
    await listen(talking.app)
    await talking.say(MEMBER, reply(CARD), GOOD)
    assert await voices(talking) == []
    await talking.whisper(EDITOR, "讨论 社区食堂怎样才能长久")
    await talking.whisper(EDITOR, "确认")
    await talking.say(MEMBER, "#讨论2# " + GOOD)
    await talking.whisper(EDITOR, "撤销")
    assert "已经有人发言" in await talking.whisper(EDITOR, "确认")
