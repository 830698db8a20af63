"""会议 from the first word to the count of who was there, by each of the people concerned."""

from collections.abc import Sequence

import pytest
from sqlalchemy import delete, select, update

from bot.branch.models import Branch, Leave, Member, MemberKind, Role, RoleGrant
from bot.delivery.models import OutboxRow, State
from bot.hours.models import HourEntry
from bot.meeting.models import Meeting, MeetingPerson
from bot.notice.models import NoticeExpected
from plugins.meeting import attending
from plugins.meeting.clockwork import do_meetings
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk, exempt
from tests.unit.study.house import china

CALL = "会议 支部党员大会 周五15:00 二楼会议室 议题:学习十五五规划"
FRIDAY = "11月27日(周五)15:00"


def at(talk: Talk, moment: str) -> None:
    talk.app.clock.set(china(moment))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def nine(talk: Talk) -> None:
    at(talk, "2026-11-24 09:00")


async def call(talk: Talk, words: str = CALL, user: int = BOSS) -> str:
    await talk.whisper(user, words)
    return await talk.whisper(user, "确认")


async def meetings(talk: Talk) -> Sequence[Meeting]:
    async with talk.app.database.reading() as uow:
        return (await uow.session.scalars(select(Meeting).order_by(Meeting.id))).all()


async def listed(talk: Talk, no: int = 1) -> dict[int, MeetingPerson]:
    async with talk.app.database.reading() as uow:
        query = select(MeetingPerson).join(Meeting).where(Meeting.no == no)
        return {one.member_id: one for one in await uow.session.scalars(query)}


# -- calling


async def test_called_it_is_announced_with_receipts(talk: Talk) -> None:
    assert await talk.whisper(BOSS, CALL) == (
        f"支部党员大会(第一支部,应到 4 人)\n{FRIDAY}—16:30 二楼会议室\n议题:学习十五五规划\n"
        "回复「确认」发通知;要改时间直接回新的时间,不开了回「取消」。"
    )
    assert await meetings(talk) == []
    assert await talk.whisper(BOSS, "确认") == (
        f"会议 1 已通知:支部党员大会,{FRIDAY}。\n谁收到了发「回执 1」;到会情况发「到会 1」。"
    )
    assert await talk.enqueued() == [
        (
            "group 9",
            f"【公告 1】\n支部党员大会(会议 1)\n时间:{FRIDAY}—16:30\n地点:二楼会议室\n议题:学习十五五规划\n"
            "到会时回「签到」;不能来请私聊我「会议请假 1 事由」。\n看到请回复「收到」。",
        )
    ]
    assert await talk.say(MEMBER, "收到") == ""
    assert "1/4,还差 3 人" in await talk.whisper(BOSS, "回执 1")
    assert await talk.whisper(MEMBER, "会议") == f"1. {FRIDAY} 支部党员大会 二楼会议室"
    assert "议题:学习十五五规划" in await talk.whisper(MEMBER, "会议 1")


async def test_the_committee_is_told_privately(talk: Talk) -> None:
    await call(talk, "会议 支委会 明天9:00-10:30 书记办公室")
    assert sorted(where for where, _ in await talk.enqueued()) == ["private 101", "private 102"]
    assert {one.member_id: one.voting for one in (await listed(talk)).values()} == {1: True, 2: True}
    async with talk.app.database.reading() as uow:
        assert sorted(await uow.session.scalars(select(NoticeExpected.member_id))) == [1, 2]
    assert "确认" not in await talk.say(MEMBER, "收到")
    await talk.whisper(EDITOR, "收到 1")
    assert "1/2" in await talk.whisper(BOSS, "回执 1")
    assert "支委会" not in await talk.whisper(EDITOR, "党务公开")


async def test_a_group_meeting_is_that_of_one_group(talk: Talk) -> None:
    assert "还没有党小组" in await talk.whisper(BOSS, "会议 党小组会 周五15:00")
    async with talk.app.database.unit_of_work() as uow:
        for i, name in ((2, "一组"), (3, "二组")):
            uow.session.add(Branch(id=i, parent_id=1, kind="党小组", name=name, path=f"/1/{i}/", created_at=uow.now))
        await uow.session.flush()
        (await uow.session.get_one(Member, 3)).branch_id = 2
        uow.session.add(RoleGrant(branch_id=2, member_id=3, role=Role.GROUP_LEADER, granted_at=uow.now))
    assert "请写明是哪个党小组(一组、二组)" in await talk.whisper(BOSS, "会议 党小组会 周五15:00")
    assert "应到 1 人" in await talk.whisper(MEMBER, "会议 党小组会 周五15:00 活动室")
    assert "会议 1 已通知" in await talk.whisper(MEMBER, "确认")
    (meeting,) = await meetings(talk)
    assert (meeting.branch_id, meeting.of_id, meeting.chair_id) == (1, 2, 3)
    assert list(await listed(talk)) == [3]
    assert "召集" in await talk.whisper(MEMBER, CALL)


async def test_who_may_not_call(talk: Talk) -> None:
    assert "由支委来召集" in await talk.whisper(MEMBER, CALL)
    assert await meetings(talk) == []


async def test_an_empty_committee_is_said(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        for grant in await uow.session.scalars(select(RoleGrant)):
            await uow.session.delete(grant)
    assert "还没有任命支委" in await talk.say(SUPERUSER, "/会议 支委会 周五15:00")
    assert "由支委来召集" in await talk.whisper(BOSS, "会议 支委会 周五15:00")


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        ("会议 支委会 周五22:30", "22:30 太早或太晚"),
        ("会议 支委会 周六15:00", "11月28日(周六)是休息日"),
        ("会议 支委会 2027年1月1日15:00", "1月1日(周五)是休息日"),
    ],
)
async def test_odd_times_are_asked_about_and_may_be(talk: Talk, words: str, doubt: str) -> None:
    assert doubt in await talk.whisper(BOSS, words)
    assert await meetings(talk) == []
    assert "没有「25:00」这个时间" in await talk.whisper(BOSS, "周四25:00")
    assert "11月26日(周四)10:00—11:00" in await talk.whisper(BOSS, "周四10:00")
    assert "已通知" in await talk.whisper(BOSS, "确认")


async def test_the_past_is_asked_about_and_recorded_afterwards(talk: Talk) -> None:
    seen = await talk.whisper(BOSS, "会议 支部党员大会 11月20日15:00 二楼 议题:学习")
    assert "11月20日(周五)15:00—16:30 二楼" in seen
    assert "补记" in seen
    assert "已补记会议 1(支部党员大会)" in await talk.whisper(BOSS, "确认")
    assert await talk.enqueued() == []
    assert "已补签会议 1:张三,到会" in await talk.whisper(BOSS, "补签 1 张三 纸质签到表")
    assert (await meetings(talk))[0].state == "failed"
    assert await talk.whisper(BOSS, "补签 1 全体 纸质签到表") == "已补签会议 1:全体 3 人到会。错了发「撤销」。"
    nobody = "会议 1 没有要补签的人:应到的都签到或请假了。"
    assert await talk.whisper(BOSS, "补签 1 全体 纸质签到表") == nobody
    assert (await meetings(talk))[0].state == "held"
    assert "撤销「全体补签会议 1」" in await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert (await meetings(talk))[0].state == "failed"
    assert "实到 1,请假 0,未到 3" in await talk.whisper(BOSS, "到会 1")


async def test_two_at_once_for_the_same_people_are_asked_about(talk: Talk) -> None:
    await call(talk)
    assert "同一时间还有会议 1(支部党员大会),有 2 人两边都要到" in await talk.whisper(
        BOSS, "会议 支委会 周五16:00 办公室"
    )
    assert "同一时间" not in await talk.whisper(BOSS, "会议 支委会 周五16:30 办公室")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("会议 茶话会 周五15:00", "请先写是什么会"),
        ("会议 支委会", "什么时候开"),
        ("会议 支委会 周五15:00-14:00", "结束时间要晚于开始时间"),
        ("会议 9", "没有会议 9"),
        ("会议取消 x", "请写会议的编号"),
        ("到会 9", "没有会议 9"),
    ],
)
async def test_bad_words_change_nothing(talk: Talk, words: str, said: str) -> None:
    assert said in await talk.whisper(BOSS, words)
    assert await meetings(talk) == []


# -- changing


async def test_a_change_is_told_and_asks_again(talk: Talk) -> None:
    await call(talk)
    assert "改成" in await talk.whisper(BOSS, "会议改 1 周六9:00 三楼会议室")
    assert "已通知" in await talk.whisper(BOSS, "确认")
    (meeting,) = await meetings(talk)
    assert (meeting.starts_at, meeting.ends_at) == (china("2026-11-28 09:00"), china("2026-11-28 10:30"))
    assert "会议有变动" in (await talk.enqueued())[-1][1]
    assert "没有变化" in await talk.whisper(BOSS, "会议改 1 三楼会议室")
    assert "过去" in await talk.whisper(BOSS, "会议改 1 昨天9:00")


async def test_called_off_those_concerned_are_told(talk: Talk) -> None:
    await call(talk, "会议 支委会 明天9:00 办公室")
    await talk.whisper(BOSS, "会议取消 1 停电")
    assert await talk.whisper(BOSS, "确认") == "会议 1 已取消,已告诉大家。"
    said = [text for where, text in await talk.enqueued() if where == "private 102"]
    assert "取消,不开了" in said[-1]
    assert "停电" in said[-1]
    at(talk, "2026-11-25 09:00")
    assert await talk.say(EDITOR, "签到") == ""
    assert "已经取消" in await talk.whisper(BOSS, "会议改 1 周六9:00")


# -- being there


async def test_signing_in_before_during_twice_late_and_after(talk: Talk) -> None:
    await call(talk)
    at(talk, "2026-11-27 14:00")
    assert await talk.hear(MEMBER, "签到") == [
        ("private 103", "会议 1(支部党员大会)还没到签到时间,11月27日(周五)14:30起可以签。")
    ]
    at(talk, "2026-11-27 14:31")
    assert await talk.say(MEMBER, "签到") == ""
    assert [i for i, one in (await listed(talk)).items() if one.signed_at and not one.late] == [3]
    assert await talk.whisper(MEMBER, "签到") == "您已经签到过会议 1 了。"
    at(talk, "2026-11-27 15:11")
    assert await talk.whisper(EDITOR, "签到") == "✅ 已签到会议 1(支部党员大会),记为迟到。"
    at(talk, "2026-11-27 16:30")
    assert await talk.whisper(BOSS, "签到") == "会议 1(支部党员大会)已经结束,签不了了。到了会的请主持人补签。"
    assert [i for i, one in (await listed(talk)).items() if one.signed_at] == [2, 3]


async def test_non_members_and_strangers(talk: Talk) -> None:
    await call(talk, "会议 支委会 今天9:20 办公室")
    assert "到会名单里没有您" in await talk.whisper(MEMBER, "签到")
    assert await talk.say(STRANGER, "签到") == ""
    async with talk.app.database.unit_of_work() as uow:
        guest = Member(
            branch_id=1, name="钱积极", kind=MemberKind.ACTIVIST, joined_on=uow.now.date(), created_at=uow.now
        )
        uow.session.add(guest)
    assert await talk.whisper(BOSS, "补签 1 钱积极 列席旁听") == "已补签会议 1:钱积极,列席。错了发「撤销」。"
    assert "应到 2,实到 0,请假 0,未到 2,列席 1" in await talk.whisper(BOSS, "到会 1")


async def test_the_number_at_the_place(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 签到要码 开")
    await call(talk, "会议 支委会 今天9:20 办公室")
    (meeting,) = await meetings(talk)
    assert "请写上会场的四位数字" in await talk.whisper(EDITOR, "签到")
    wrong = "1000" if meeting.code != "1000" else "1001"
    for _ in range(5):
        assert "数字不对" in await talk.whisper(EDITOR, f"签到 {wrong}")
    assert "请主持人" in await talk.whisper(EDITOR, f"签到 {meeting.code}")
    assert meeting.code in await talk.whisper(BOSS, "签到码 1")
    assert "主持人或支委" in await talk.whisper(MEMBER, "签到码 1")
    assert "✅" in await talk.whisper(BOSS, f"签到 {meeting.code}")
    assert (await listed(talk))[1].method == "code"


async def test_leave_goes_to_the_chair_with_the_reason(talk: Talk) -> None:
    await call(talk)
    assert "请写上事由" in await talk.whisper(MEMBER, "会议请假 1")
    assert "已为您登记会议 1" in await talk.whisper(MEMBER, "会议请假 1 孩子发烧")
    assert (await talk.enqueued())[-1] == ("private 101", f"张三向会议 1(支部党员大会,{FRIDAY})请假:孩子发烧")
    async with talk.app.database.unit_of_work() as uow:
        day = china("2026-11-27 00:00").date()
        uow.session.add(Leave(member_id=4, first_day=day, last_day=day, reason="住院", created_at=uow.now))
    assert "应到 4,实到 0,请假 2,未到 2" in await talk.whisper(BOSS, "到会 1")
    at(talk, "2026-11-27 15:00")
    assert "✅" in await talk.whisper(MEMBER, "签到")
    assert "请假 1" in await talk.whisper(BOSS, "到会 1")


async def test_the_quorum_is_live_for_the_chair_and_names_are_private(talk: Talk) -> None:
    await call(talk, "会议 支部党员大会 今天9:20 二楼 议题:换届选举")
    await talk.whisper(BOSS, "签到")
    await talk.whisper(MEMBER, "签到")
    heard = await talk.hear(BOSS, "/到会 1")
    assert heard[0] == (
        "private 101",
        "会议 1(支部党员大会):应到 4,实到 2,请假 0,未到 2。\n"
        "有表决权的到了 2/4,法定 4 人,还差 2 人,暂不能作决议。\n未到:李秀英、赵德福",
    )
    assert "李秀英" not in heard[1][1]
    await talk.whisper(EDITOR, "签到")
    assert "已补签会议 1:赵德福,迟到" in await talk.whisper(BOSS, "补签 1 赵德福 迟到 堵车")
    assert "够法定人数(4)" in await talk.whisper(BOSS, "到会 1")
    at(talk, "2026-11-24 10:00")
    assert "已记会议 1:李秀英 9:40 早退" in await talk.whisper(BOSS, "早退 1 李秀英 9:40 接孩子")
    assert "有表决权的到了 3/4" in await talk.whisper(BOSS, "到会 1")
    assert "请写上原因" in await talk.whisper(BOSS, "补签 1 张三")


async def test_an_entry_by_hand_can_be_undone(talk: Talk) -> None:
    await call(talk, "会议 支委会 今天9:20 办公室")
    await talk.whisper(EDITOR, "会议请假 1 出差")
    await talk.whisper(BOSS, "补签 1 李秀英 手机没电")
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert "实到 0,请假 1,未到 1" in await talk.whisper(BOSS, "到会 1")
    assert (await listed(talk))[2].reason == "出差"


async def test_that_somebody_left_can_be_undone(talk: Talk) -> None:
    await call(talk, "会议 支委会 今天9:20 办公室")
    at(talk, "2026-11-24 09:20")
    await talk.whisper(EDITOR, "签到")
    at(talk, "2026-11-24 09:50")
    await talk.whisper(BOSS, "早退 1 李秀英 9:40 接孩子")
    assert "早退 1" in await talk.whisper(BOSS, "到会 1")
    assert "撤销「记李秀英早退会议 1」" in await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert "早退" not in await talk.whisper(BOSS, "到会 1")


async def test_exempt_members_are_out(talk: Talk) -> None:
    await talk.whisper(BOSS, "免学 赵德福 八十五岁行动不便")
    assert "应到 3 人" in await talk.whisper(BOSS, CALL)
    await talk.whisper(BOSS, "确认")
    assert {i: (one.expected, one.voting) for i, one in (await listed(talk)).items()}[4] == (False, False)


async def test_an_emoji_on_our_message_signs_in(talk: Talk) -> None:
    await call(talk, "会议 支部党员大会 今天10:30 二楼")
    at(talk, "2026-11-24 09:30")
    await do_meetings(talk.app)
    await sent(talk, "950")
    at(talk, "2026-11-24 10:10")
    await talk.react(attending.commands, MEMBER, "950")
    assert (await listed(talk))[3].method == "reaction"


async def sent(talk: Talk, message_id: str) -> None:
    """The last message for the group has arrived."""
    async with talk.app.database.unit_of_work() as uow:
        last = select(OutboxRow.id).where(OutboxRow.target_kind == "group").order_by(OutboxRow.id.desc()).limit(1)
        await uow.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == last.scalar_subquery())
            .values(state=State.SENT, message_id=message_id)
        )


# -- by the clock


async def heard_by(talk: Talk, where: str) -> list[str]:
    return [text for target, text in await talk.enqueued() if target == where]


async def test_reminders_the_evening_before_and_an_hour_before_once_each(talk: Talk) -> None:
    await call(talk)
    at(talk, "2026-11-26 18:59")
    await do_meetings(talk.app)
    assert len(await heard_by(talk, "group 9")) == 1
    for moment in ("2026-11-26 19:00", "2026-11-26 19:01"):
        at(talk, moment)
        await do_meetings(talk.app)
    evening = (await heard_by(talk, "group 9"))[1:]
    assert evening == [f"明天开会:支部党员大会(会议 1){FRIDAY},二楼会议室。\n不能来请私聊我「会议请假 1 事由」。"]
    for moment in ("2026-11-27 14:00", "2026-11-27 14:05"):
        at(talk, moment)
        await do_meetings(talk.app)
    assert len(await heard_by(talk, "group 9")) == 3
    assert "14:30 起回「签到」" in (await heard_by(talk, "group 9"))[-1]


async def test_the_committee_is_reminded_privately_but_for_those_on_leave(talk: Talk) -> None:
    await call(talk, "会议 支委会 周五15:00 办公室")
    await talk.whisper(EDITOR, "会议请假 1 出差")
    at(talk, "2026-11-27 14:00")
    await do_meetings(talk.app)
    assert await heard_by(talk, "group 9") == []
    assert [text.startswith("一小时内开会") for text in await heard_by(talk, "private 102")] == [False]
    assert (await heard_by(talk, "private 101"))[-1].startswith("一小时内开会")


@pytest.mark.parametrize(
    ("called", "an_hour_before", "leaves"),
    [
        ("明天8:00", "2026-11-25 07:00", "2026-11-25 07:30"),
        ("明天22:40", "2026-11-25 21:40", "2026-11-26 07:30"),
        ("明天9:00", "2026-11-25 08:00", "2026-11-25 08:00"),
    ],
)
async def test_nobody_is_reminded_in_the_quiet_hours(talk: Talk, called: str, an_hour_before: str, leaves: str) -> None:
    """What would leave only after the meeting has begun, never does."""
    await call(talk, f"会议 支部党员大会 {called} 会议室")
    at(talk, an_hour_before)
    await do_meetings(talk.app)
    async with talk.app.database.reading() as uow:
        rows = (await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
        (meeting,) = (await uow.session.scalars(select(Meeting))).all()
    assert rows[-1].due_at.replace(microsecond=0) == china(leaves)
    assert rows[-1].expires_at == meeting.starts_at


async def test_asleep_it_does_only_what_still_matters(talk: Talk) -> None:
    await call(talk)
    at(talk, "2026-11-27 14:20")
    await do_meetings(talk.app)
    assert len(await heard_by(talk, "group 9")) == 2
    at(talk, "2026-11-27 17:00")
    await do_meetings(talk.app)
    (end,) = await heard_by(talk, "private 101")
    assert end.startswith("会议 1(支部党员大会):应到 4,实到 0,请假 0,未到 4。")
    assert "先不算开成" in end
    assert ((await meetings(talk))[0].state, (await meetings(talk))[0].next_at) == ("failed", None)


async def test_moved_it_reminds_for_the_new_time(talk: Talk) -> None:
    await call(talk)
    await talk.whisper(BOSS, "会议改 1 周六9:00")
    await talk.whisper(BOSS, "确认")
    at(talk, "2026-11-27 14:00")
    await do_meetings(talk.app)
    before = len(await heard_by(talk, "group 9"))
    at(talk, "2026-11-27 19:00")
    await do_meetings(talk.app)
    assert len(await heard_by(talk, "group 9")) == before + 1


async def test_the_hours_of_a_lecture_follow_who_was_there(talk: Talk) -> None:
    await call(talk, "会议 党课 今天10:00-11:30 报告厅 主题:纪律")
    at(talk, "2026-11-24 09:45")
    for user in (BOSS, EDITOR):
        await talk.whisper(user, "签到")
    at(talk, "2026-11-24 10:45")
    await talk.whisper(MEMBER, "签到")
    await talk.whisper(BOSS, "早退 1 李秀英 10:45 接孩子")
    at(talk, "2026-11-24 11:30")
    await do_meetings(talk.app)
    assert await hours(talk) == {1: 4, 2: 2, 3: 2}
    await talk.whisper(BOSS, "补签 1 赵德福 没有手机")
    assert await hours(talk) == {1: 4, 2: 2, 3: 2, 4: 4}
    await talk.whisper(BOSS, "撤销")
    await talk.whisper(BOSS, "确认")
    assert await hours(talk) == {1: 4, 2: 2, 3: 2}


async def hours(talk: Talk) -> dict[int, int]:
    async with talk.app.database.reading() as uow:
        return {one.member_id: one.halves for one in await uow.session.scalars(select(HourEntry))}


async def test_who_joins_leaves_or_is_appointed_in_between_is_seen_to(talk: Talk) -> None:
    await call(talk)
    await call(talk, "会议 支委会 周五10:00 办公室")
    async with talk.app.database.unit_of_work() as uow:
        add = uow.session.add
        add(Member(branch_id=1, name="钱新民", kind=MemberKind.FULL, joined_on=uow.now.date(), created_at=uow.now))
        add(RoleGrant(branch_id=1, member_id=3, role=Role.ORGANISER, granted_at=uow.now))
        await uow.session.execute(delete(RoleGrant).where(RoleGrant.member_id == 2))
    await exempt(talk, 4)
    at(talk, "2026-11-27 09:00")
    await do_meetings(talk.app)
    at(talk, "2026-11-27 14:00")
    await do_meetings(talk.app)
    expected = {who for who, one in (await listed(talk)).items() if one.expected}
    assert (expected, sorted(await listed(talk))) == ({1, 2, 3, 5}, [1, 2, 3, 4, 5])
    assert sorted(await listed(talk, 2)) == [1, 3]
    at(talk, "2026-11-27 14:50")
    assert await talk.say(EDITOR, "签到") == ""
    await exempt(talk, 2)
    at(talk, "2026-11-27 15:00")
    await do_meetings(talk.app)
    assert (await listed(talk))[2].expected


async def test_somebody_unknown_is_told_that_they_have_not_signed_in(talk: Talk) -> None:
    assert await talk.say(STRANGER, "签到") == ""
    await call(talk, "会议 支部党员大会 今天9:20 办公室")
    assert await talk.say(STRANGER, "签到") == "还不认识您,没签上到。请发「绑定 您的姓名」,再签到。"
    assert await talk.whisper(STRANGER, "签到") == ""


async def test_a_change_is_told_to_those_who_are_to_come_now(talk: Talk) -> None:
    await call(talk, "会议 支委会 周五10:00 办公室")
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=3, role=Role.ORGANISER, granted_at=uow.now))
        await uow.session.execute(delete(RoleGrant).where(RoleGrant.member_id == 2))
    before = len(await talk.enqueued())
    await talk.whisper(BOSS, "会议改 1 周五11:00")
    await talk.whisper(BOSS, "确认")
    assert sorted(where for where, _ in (await talk.enqueued())[before:]) == [f"private {BOSS}", f"private {MEMBER}"]
