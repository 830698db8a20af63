"""Receipts in the corners: late, early, double, by those who weren't there, and reminders that are no longer needed."""

import pytest
from sqlalchemy import select, update

from bot.branch import service as branch
from bot.branch.actor import Speaker
from bot.branch.models import Leave, Member, MemberAccount
from bot.delivery.models import OutboxRow
from bot.delivery.models import State as Sent
from bot.notice import announcing
from bot.notice.models import Notice
from bot.notice.receiving import origin_of
from plugins.notice import confirming
from plugins.notice.clockwork import recall_withdrawn
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk, reply
from tests.plugin.test_notice import WORDS, arrive, publish, queued, receipts
from tests.unit.study.house import china


@pytest.fixture(autouse=True)
def nine(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]


async def end(talk: Talk, word: str = "撤回") -> None:
    await talk.whisper(EDITOR, f"{word} 1")
    await talk.whisper(EDITOR, "确认")


@pytest.mark.parametrize("said", ["收到", "收悉!", "收到收到", "收到,谢谢", "好的、收到", "收到了~", "收到 1"])
async def test_as_people_say_it(talk: Talk, said: str) -> None:
    await publish(talk)
    await arrive(talk)
    assert await talk.hear(MEMBER, said) == []
    assert [member for _, member, _ in await receipts(talk)] == [3]


@pytest.mark.parametrize(
    ("word", "told"), [("撤回", "公告 1 已撤回,不用回执了。"), ("归档", "公告 1 已归档,不用回执了。")]
)
async def test_what_is_over_takes_no_receipts(talk: Talk, word: str, told: str) -> None:
    await publish(talk)
    await arrive(talk)
    await end(talk, word)
    assert await talk.say(MEMBER, reply(900), "收到") == told
    assert await talk.whisper(MEMBER, "收到 1") == told
    assert await talk.say(MEMBER, "收到") == ""
    await talk.react(confirming.commands, MEMBER, "900")
    assert await receipts(talk) == []


async def test_a_repeat_says_so_and_counts_once(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    assert "已登记收到公告 1" in await talk.whisper(MEMBER, "收到 1")
    assert "之前已经登记过了" in await talk.whisper(MEMBER, "收到 1")
    await talk.say(MEMBER, reply(900), "收到")
    await talk.react(confirming.commands, MEMBER, "900")
    assert await receipts(talk) == [(1, 3, "private")]


async def test_who_came_afterwards_has_nothing_to_confirm_until_it_changes(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Member(id=9, branch_id=1, name="钱新", joined_on=uow.now.date(), created_at=uow.now))
        await uow.session.flush()
        uow.session.add(MemberAccount(member_id=9, platform="onebot11", user_id="109", bound_at=uow.now))
    assert await talk.say(109, "收到") == ""
    assert await talk.say(109, reply(900), "收到") == ""
    assert "没有等您确认的公告 1" in await talk.whisper(109, "收到 1")
    assert "0/4" in await talk.whisper(BOSS, "回执 1")
    await talk.whisper(EDITOR, "公告改 1 周五下午4点开会")
    await talk.whisper(EDITOR, "确认")
    assert "已登记" in await talk.whisper(109, "收到 1")
    assert "1/5" in await talk.whisper(BOSS, "回执 1")


async def test_an_answer_to_the_first_version_is_none_to_the_second(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    assert await talk.hear(MEMBER, reply(900), "收到") == []
    await talk.whisper(EDITOR, "公告改 1 周五下午4点开会")
    await talk.whisper(EDITOR, "确认")
    await arrive(talk, "901")
    told = "公告 1 改过了,您回的是第 1 版。请看第 2 版,看到了发「收到 1」。"
    assert await talk.say(MEMBER, reply(900), "收到") == told
    await talk.react(confirming.commands, MEMBER, "900", emoji="76")
    assert [version for version, _, _ in await receipts(talk)] == [1]
    assert await talk.hear(MEMBER, reply(901), "收到") == []
    assert [version for version, _, _ in await receipts(talk)] == [1, 2]
    assert await talk.hear(MEMBER, reply(900), "收到") == []  # they have confirmed the second by now


async def test_who_left_and_who_is_exempt_are_shown_and_not_counted(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(BOSS, "免学 赵德福 年老体弱")
    await talk.whisper(BOSS, "移除 张三")
    await talk.whisper(BOSS, "确认")
    await talk.whisper(BOSS, "收到")
    assert await talk.whisper(BOSS, "回执 1") == (
        f"公告 1「{WORDS[:23]}…」:1/2,还差 1 人(免学 1、离开 1 不计)。\n"
        "未收到:李秀英\n已收到:王建国\n免学:赵德福\n离开:张三\n要提醒他们,发「催收 1」。"
    )


async def test_names_in_the_group_only_when_a_leader_asks(talk: Talk) -> None:
    await publish(talk)
    assert "由书记来定" in await talk.say(EDITOR, "/回执 1 在群里公布")
    assert "没回执的 4 人姓名" in await talk.say(BOSS, "/回执 1 在群里公布")
    await talk.say(BOSS, "确认")
    assert (await queued(talk))[-1][1] == (
        f"公告 1「{WORDS[:23]}…」:0/4,还差 4 人:\n王建国、李秀英、张三、赵德福\n看到请回「收到 1」。"
    )
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await talk.whisper(BOSS, "回执 1 在群里公布")
    assert await talk.whisper(BOSS, "确认") == "公告 1 的回执 11月25日(周三)7:30在群里公布(避开安静时段)。"


async def test_what_a_few_were_told_is_not_talked_of_in_the_group(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        actor = await branch.resolve_actor(uow, Speaker("onebot11", "1", str(BOSS)), frozenset())
        await announcing.announce(uow, actor, "支委会:研究处分事项", [1, 2])
    assert await talk.say(EDITOR, "收到") == ""
    await publish(talk)
    assert await talk.say(EDITOR, "收到") == ""
    assert [member for _, member, _ in await receipts(talk)] == [2]
    assert "支委会:研究处分事项" in await talk.whisper(EDITOR, "收到")


# -- reminders


async def test_who_confirms_in_the_evening_is_not_reminded_in_the_morning(talk: Talk) -> None:
    await publish(talk)
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await talk.whisper(EDITOR, "催收 1")
    await talk.whisper(EDITOR, "确认")
    await talk.say(MEMBER, "收到")
    assert [who for who, _ in await queued(talk, "private")] == [str(BOSS), str(EDITOR)]


@pytest.mark.parametrize("word", ["撤回", "归档"])
async def test_nobody_is_reminded_of_what_is_over(talk: Talk, word: str) -> None:
    await publish(talk)
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await talk.whisper(EDITOR, "催收 1")
    await talk.whisper(EDITOR, "确认")
    await end(talk, word)
    assert await queued(talk, "private") == []
    assert "没有在等回执" in await talk.whisper(EDITOR, "催收 1")


async def test_never_more_often_than_the_branch_wants(talk: Talk) -> None:
    await publish(talk)
    await publish(talk, "第二条公告:交党费。")
    await talk.whisper(EDITOR, "催收 1")
    assert "已安排提醒 3 人" in await talk.whisper(EDITOR, "确认")
    for no in (1, 2):
        assert await talk.whisper(EDITOR, f"催收 {no}") == (
            f"公告 {no} 现在没有人可以提醒:3 人今天已提醒过、1 人请假或没有绑定账号。"
        )
    await talk.whisper(BOSS, "设置 催学上限 2")
    await talk.whisper(EDITOR, "催收 2")
    assert "已安排提醒 3 人" in await talk.whisper(EDITOR, "确认")
    await talk.whisper(BOSS, "设置 催学上限 0")
    assert "设置了不催" in await talk.whisper(EDITOR, "催收 2")


async def test_who_is_on_leave_is_left_alone(talk: Talk) -> None:
    await publish(talk)
    async with talk.app.database.unit_of_work() as uow:
        day = uow.now.date()
        uow.session.add(Leave(member_id=3, first_day=day, last_day=day, created_at=uow.now))
    await talk.whisper(EDITOR, "催收 1")
    assert await talk.whisper(EDITOR, "确认") == "已安排提醒 2 人。另有 2 人请假或没有绑定账号。"


# -- withdrawn


async def test_what_is_unknown_when_it_is_withdrawn_never_goes_out_again(talk: Talk) -> None:
    """Found absent later, the engine would send it once more: the clock stops that."""
    await publish(talk)

    async def becomes(state: Sent) -> None:
        async with talk.app.database.unit_of_work() as uow:
            rows = update(OutboxRow).where(OutboxRow.origin == origin_of(1), OutboxRow.target_kind == "group")
            await uow.session.execute(rows.values(state=state))

    await becomes(Sent.UNKNOWN)
    await end(talk)
    await recall_withdrawn(talk.app)
    await becomes(Sent.PENDING)
    await recall_withdrawn(talk.app)
    assert await queued(talk) == []
    async with talk.app.database.reading() as uow:
        assert not (await uow.session.scalars(select(Notice.recall_due))).one()


async def test_taking_back_a_check_in_is_no_attempt_on_a_notice(talk: Talk) -> None:
    assert "要撤回自己的打卡,发「撤回打卡」" in await talk.whisper(MEMBER, "撤回")
    for words in ("撤回打卡", "撤回 打卡"):
        assert "没有可以撤回的打卡" in await talk.whisper(MEMBER, words)
    assert await talk.whisper(MEMBER, "撤回 1") == "公告由宣传委员或书记来发。要撤回自己的打卡,发「撤回打卡」。"
