"""公告 from the first word to the file, by each of the people concerned."""

import pytest
from sqlalchemy import func, select, update

from bot.branch.models import AuditEntry, Branch, ChatGroup, Member, MemberAccount
from bot.delivery.models import OutboxRow
from bot.delivery.models import State as Sent
from bot.notice.models import Notice, NoticeReceipt
from bot.rendering.content import Content
from plugins.notice import confirming
from plugins.notice.clockwork import pin_notices, publish_what_is_due
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk
from tests.unit.study.house import china

WORDS = "周五下午3点在二楼会议室开支部党员大会,请准时参加。"


@pytest.fixture(autouse=True)
def nine(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]


async def publish(talk: Talk, words: str = WORDS, user: int = EDITOR) -> str:
    await talk.whisper(user, f"公告 {words}")
    return await talk.whisper(user, "确认")


async def queued(talk: Talk, kind: str = "group") -> list[tuple[str, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(
            select(OutboxRow)
            .where(OutboxRow.target_kind == kind, OutboxRow.state == Sent.PENDING)
            .order_by(OutboxRow.id)
        )
        return [(row.target_id, Content.model_validate_json(row.content).plain.split("\n〔")[0]) for row in rows]


async def arrive(talk: Talk, message_id: str = "900", kind: str = "group") -> None:
    """What waits for the group has been sent."""
    async with talk.app.database.unit_of_work() as uow:
        group = update(OutboxRow).where(OutboxRow.target_kind == kind, OutboxRow.state == Sent.PENDING)
        await uow.session.execute(group.values(state=Sent.SENT, message_id=message_id))


async def receipts(talk: Talk) -> list[tuple[int, int, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(NoticeReceipt).order_by(NoticeReceipt.version, NoticeReceipt.member_id))
        return [(row.version, row.member_id, row.method) for row in rows]


# -- composing


async def test_the_preview_is_what_the_group_gets(talk: Talk) -> None:
    seen = await talk.whisper(EDITOR, f"公告 {WORDS}")
    notice, _, ask = seen.partition("\n类别:")
    assert notice == f"【公告】\n{WORDS}\n看到请回复「收到」。"
    assert ask == "会议活动(改类别就回复类别名)\n回复「确认」公开,「存草稿」以后再发,「取消」放弃。"
    assert await queued(talk) == []
    assert "类别:党费收缴" in await talk.whisper(EDITOR, "党费收缴")
    assert await talk.whisper(EDITOR, "确认") == "公告 1 已公开。发「回执 1」看谁收到了。"
    assert await queued(talk) == [("9", f"【公告 1】\n{WORDS}\n看到请回复「收到」。")]
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Notice.category))).all() == ["党费收缴"]


async def test_odd_words_arrive_as_written(talk: Talk) -> None:
    words = "[CQ:at,qq=all] 繁體字 🎉 <b>\n第二行"
    await publish(talk, words)
    assert await queued(talk) == [("9", f"【公告 1】\n{words}\n看到请回复「收到」。")]


async def test_a_long_one_travels_as_pages_and_is_whole(talk: Talk) -> None:
    words = "".join(chr(0x4E00 + i % 5000) for i in range(5000))
    await publish(talk, words)
    async with talk.app.database.reading() as uow:
        row = (await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()[1]
    forward = Content.model_validate_json(row.content).parts[0]
    assert words in "".join(forward.pages).replace("\n", "").split("〔")[0]  # type: ignore[union-attr]


async def test_what_is_refused_changes_nothing(talk: Talk) -> None:
    assert "没有公告" in await talk.whisper(EDITOR, "公告")
    assert "超过了 5000 字" in await talk.whisper(EDITOR, "公告 " + "字" * 5001)
    assert "已经过去了" in await talk.whisper(EDITOR, "公告 定时 昨天8点 开会")
    assert "由支委使用" in await talk.say(MEMBER, f"/公告 {WORDS}")
    assert "还不认识您" in await talk.say(STRANGER, f"/公告 {WORDS}")
    for words in ("回执 9", "催收 9", "撤回 9", "归档 9"):
        assert await talk.whisper(EDITOR, words) == "没有公告 9。发「公告」看看有哪些。"
    async with talk.app.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Notice)) == 0
        refused = select(AuditEntry.subject).where(AuditEntry.action == "refused")
        assert "notice.公告" in (await uow.session.scalars(refused)).all()


async def test_at_a_time_it_goes_out_by_itself(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"公告 定时 明天8点 {WORDS}")
    assert await talk.whisper(EDITOR, "确认") == "公告 1 将在 11月25日(周三)8:00 公开。不发了,发「撤回 1」。"
    await publish_what_is_due(talk.app)
    assert await queued(talk) == []
    talk.app.clock.set(china("2026-11-25 08:00"))  # type: ignore[attr-defined]
    await publish_what_is_due(talk.app)
    await publish_what_is_due(talk.app)
    assert len(await queued(talk)) == 1


# -- approval


async def test_where_the_branch_wants_it_the_secretary_approves(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 开")
    assert await publish(talk) == "公告 1 已请书记审批,同意后自动公开。发「公告 1」看到了哪一步。"
    assert await queued(talk) == []
    assert [who for who, text in await queued(talk, "private") if WORDS in text] == [str(BOSS)]
    assert await talk.whisper(BOSS, "同意 1") == "已同意公告 1,已公开。"
    assert len(await queued(talk)) == 1


async def test_a_returned_one_goes_back_with_the_reason(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 开")
    await publish(talk)
    assert await talk.whisper(BOSS, "退回 1 地点不对") == "已退回公告 1。"
    assert any("被退回" in text and "地点不对" in text for _, text in await queued(talk, "private"))
    assert "- 周五" in await talk.whisper(EDITOR, "公告改 1 周五下午3点在三楼开会")
    assert await talk.whisper(EDITOR, "确认") == "公告 1 已请书记审批,同意后自动公开。发「公告 1」看到了哪一步。"
    assert await talk.whisper(BOSS, "同意 1") == "已同意公告 1,已公开。"
    assert "三楼" in (await queued(talk))[0][1]


# -- receipts


async def test_receipts_by_word_reply_private_and_reaction(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    assert await talk.say(MEMBER, "收到") == ""
    assert await talk.say(EDITOR, {"type": "reply", "data": {"id": "900"}}, "收悉") == ""
    assert await talk.whisper(BOSS, "收到") == f"✅ 已登记收到公告 1「{WORDS[:23]}…」。"
    assert await talk.whisper(BOSS, "收到 1") == "公告 1 之前已经登记过了,不用再发。"
    assert await receipts(talk) == [(1, 1, "private"), (1, 2, "reply"), (1, 3, "phrase")]
    counts = f"公告 1「{WORDS[:23]}…」:3/4,还差 1 人。"
    named = f"{counts}\n未收到:赵德福\n已收到:王建国、李秀英、张三\n要提醒他们,发「催收 1」。"
    assert await talk.whisper(BOSS, "回执 1") == named
    assert await talk.hear(EDITOR, "/回执 1") == [
        ("private 102", named),
        ("group 9", f"@用户102 \n公告 1「{WORDS[:23]}…」:3/4,还差 1 人。名单已私聊发给您。"),
    ]


async def test_an_emoji_on_the_notice_confirms_it(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    await talk.react(confirming.commands, MEMBER, "900")
    assert await receipts(talk) == [(1, 3, "reaction")]


async def test_without_an_open_notice_nothing_is_said_in_the_group(talk: Talk) -> None:
    for words in ("收到", "好的", "1", "知悉"):
        assert await talk.say(MEMBER, words) == ""
    assert await talk.whisper(MEMBER, "收到") == "现在没有等您确认的公告。"
    assert await talk.say(STRANGER, "好的") == ""


async def test_a_plain_word_counts_only_where_it_can_mean_nothing_else(talk: Talk) -> None:
    await publish(talk)
    await publish(talk, "第二条公告:交党费。")
    assert await talk.say(MEMBER, "好的") == ""
    assert await receipts(talk) == []
    assert (await talk.say(MEMBER, "收到")).startswith("收到的是哪一条?回复编号:\n1. ")
    await talk.say(MEMBER, "2")
    await talk.say(MEMBER, "1")
    assert [member for _, member, _ in await receipts(talk)] == [3, 3]


async def test_reading_is_not_receiving(talk: Talk) -> None:
    await publish(talk)
    await talk.say(MEMBER, "已学")
    assert await receipts(talk) == []


# -- afterwards


async def test_a_second_version_asks_again(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    await talk.say(MEMBER, "收到")
    shown = await talk.whisper(EDITOR, f"公告改 1 {WORDS.replace('二楼', '三楼')}")
    assert "- 周五下午3点在二楼会议室" in shown
    assert "+ 周五下午3点在三楼会议室" in shown
    await talk.whisper(EDITOR, "确认")
    ((where, text),) = await queued(talk)
    assert (where, text.split("\n")[0]) == ("9", "【公告 1】(第 2 版)")
    ((who, again),) = await queued(talk, "private")
    assert who == str(MEMBER)
    assert again.startswith("您确认过的公告 1 有改动:\n- 周五下午3点在二楼会议室")
    assert again.endswith("再回一次「收到 1」。")
    assert "0/4" in await talk.whisper(BOSS, "回执 1")
    await talk.say(MEMBER, "收到")
    assert [(version, member) for version, member, _ in await receipts(talk)] == [(1, 3), (2, 3)]
    assert "没有变化" in await same_again(talk)


async def same_again(talk: Talk) -> str:
    return await talk.whisper(EDITOR, f"公告改 1 {WORDS.replace('二楼', '三楼')}")


async def test_withdrawn_before_it_left_it_never_leaves(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(EDITOR, "撤回 1")
    assert await talk.whisper(EDITOR, "确认") == "已撤回公告 1。"
    assert await queued(talk) == []
    assert await talk.say(MEMBER, "收到") == ""
    assert await receipts(talk) == []


async def test_withdrawn_afterwards_it_says_what_the_platform_does_not_allow(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    await talk.whisper(EDITOR, "撤回 1")
    assert await talk.whisper(EDITOR, "确认") == ("已撤回公告 1。有 1 条平台不让撤(多半超过了时限),请管理员在群里删。")
    assert await talk.whisper(EDITOR, "撤回 1") == "公告 1 已经撤回,不能撤回。"


async def test_reminders_reach_only_those_still_open_once_a_day(talk: Talk) -> None:
    await publish(talk)
    await talk.say(MEMBER, "收到")
    assert await talk.whisper(EDITOR, "催收 1") == (
        "将私下提醒 2 人看公告 1(每人每天最多 1 次,避开安静时段)。另有 1 人请假或没有绑定账号。\n"
        "回复「确认」发送,「取消」放弃。"
    )
    assert await talk.whisper(EDITOR, "确认") == "已安排提醒 2 人。另有 1 人请假或没有绑定账号。"
    assert [who for who, _ in await queued(talk, "private")] == ["101", "102"]
    assert "现在没有人可以提醒:2 人今天已提醒过" in await talk.whisper(EDITOR, "催收 1")


async def test_filed_and_taken_back(talk: Talk) -> None:
    await publish(talk)
    assert "已归档" in await talk.whisper(EDITOR, "归档 1")
    assert await talk.whisper(MEMBER, "收到") == "现在没有等您确认的公告。"
    await talk.whisper(EDITOR, "撤销")
    await talk.whisper(EDITOR, "确认")
    assert "已登记" in await talk.whisper(MEMBER, "收到")


async def test_a_superior_reaches_all_below_with_one_roll_up(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=1, kind="党小组", name="一组", path="/1/2/", created_at=uow.now))
        await uow.session.flush()
        uow.session.add(ChatGroup(branch_id=2, platform="onebot11", account="1", group_id="22", created_at=uow.now))
        uow.session.add(Member(id=9, branch_id=2, name="钱组员", joined_on=uow.now.date(), created_at=uow.now))
        await uow.session.flush()
        uow.session.add(MemberAccount(member_id=9, platform="onebot11", user_id="109", bound_at=uow.now))
    await publish(talk, f"到下级 {WORDS}")
    assert [where for where, _ in await queued(talk)] == ["9", "22"]
    assert await talk.say(109, "收到", group=22) == ""
    assert "第一支部 0/4\n一组 1/1" in await talk.whisper(BOSS, "回执 1")


# -- kept in sight


@pytest.mark.parametrize(("word", "how"), [("精华", "essence"), ("群公告", "board")])
async def test_kept_in_sight_once_it_has_arrived(talk: Talk, word: str, how: str) -> None:
    talk.telephone.allows = True
    assert ("设为精华" if how == "essence" else "同时发成群公告") in await talk.whisper(EDITOR, f"公告 {word} {WORDS}")
    await talk.whisper(EDITOR, "确认")
    await pin_notices(talk.app)
    assert talk.telephone.pinned == []
    await arrive(talk)
    await pin_notices(talk.app)
    await pin_notices(talk.app)
    assert talk.telephone.pinned == [("900", how, WORDS)]
    assert await queued(talk, "private") == []


async def test_where_the_platform_will_not_a_person_is_told_once(talk: Talk) -> None:
    await publish(talk, f"精华 {WORDS}")
    await arrive(talk)
    await pin_notices(talk.app)
    await pin_notices(talk.app)
    told = [text for _, text in await queued(talk, "private")]
    assert told and set(told) == {"公告 1 已发到群里,但没能设为精华(机器人多半不是管理员)。请管理员在群里手动操作。"}


async def test_what_stands_on_the_board_is_left_to_a_person(talk: Talk) -> None:
    talk.telephone.allows = True
    await publish(talk, f"群公告 {WORDS}")
    await arrive(talk)
    await pin_notices(talk.app)
    await talk.whisper(EDITOR, "撤回 1")
    assert await talk.whisper(EDITOR, "确认") == "已撤回公告 1。群公告栏里的那份机器人撤不了,请管理员删。"


async def test_withdrawn_where_the_platform_allows_it(talk: Talk) -> None:
    talk.telephone.allows = True
    await publish(talk)
    await arrive(talk)
    await talk.whisper(EDITOR, "撤回 1")
    assert await talk.whisper(EDITOR, "确认") == "已撤回公告 1。"
    assert await talk.say(MEMBER, "收到 1") == "公告 1 已撤回,不用回执了。"
    assert await receipts(talk) == []
