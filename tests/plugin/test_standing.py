"""Who has and hasn't: asked, reminded, entered by hand, said in the group; the same record for member and secretary."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.branch import counting
from bot.branch.models import AuditEntry, Leave, Member, MemberAccount
from bot.delivery.models import OutboxRow
from bot.rendering.content import Content
from bot.study import publishing, pushing
from bot.study.models import Completion, Expected, Material
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk, exempt
from tests.unit.study.house import china, material, settle


@pytest.fixture(autouse=True)
async def reading(talk: Talk) -> None:
    """学习 1, pushed at nine on a Tuesday."""
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    await push(talk, 1)


async def push(talk: Talk, no: int) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(material(1, no, uow.now))
        await uow.session.flush()
        found = (await uow.session.scalars(select(Material).where(Material.no == no))).one()
        await pushing.push(uow, 1, found)


async def queued(talk: Talk, kind: str = "private") -> list[tuple[str, str]]:
    """What waits in the outbox for people (or groups), but for pushes."""
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(
            select(OutboxRow)
            .where(OutboxRow.target_kind == kind, OutboxRow.key.not_like("push:%"))
            .order_by(OutboxRow.id)
        )
        return [(row.target_id, Content.model_validate_json(row.content).plain.split("\n〔")[0]) for row in rows]


async def audited(talk: Talk, action: str) -> list[tuple[str, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(
            select(AuditEntry.subject, AuditEntry.reason).where(AuditEntry.action == action).order_by(AuditEntry.id)
        )
        return [tuple(row) for row in rows]


# -- asking


async def test_names_go_to_the_asker_and_a_count_to_the_group(talk: Talk) -> None:
    await talk.say(MEMBER, "已学")
    assert await talk.hear(BOSS, "谁还没学?") == [
        ("private 101", "学习 1《材料1》:1/4,未完成 3 人:\n王建国、李秀英、赵德福"),
        ("group 9", f"@用户{BOSS} \n学习 1《材料1》:1/4,未完成 3 人。名单已私聊发给您。"),
    ]
    assert "要提醒他们,发「催学 1」" in await talk.whisper(BOSS, "谁还没学")
    assert "宣传委员使用" in await talk.say(MEMBER, "谁还没学")


async def test_of_several_the_newest_and_the_numbers_of_the_others(talk: Talk) -> None:
    await push(talk, 2)
    await push(talk, 3)
    answer = await talk.whisper(EDITOR, "谁还没学")
    assert answer.startswith("学习 3《材料3》:0/4")
    assert answer.endswith("\n学习 1、学习 2 也还没到期,发「谁还没学 2」看。")
    assert "还没到期" not in await talk.whisper(EDITOR, "谁还没学 2")
    assert await talk.whisper(EDITOR, "谁还没学 9") == "没有学习 9。发「补学」看看有哪些。"
    assert "不是编号" in await talk.whisper(EDITOR, "谁还没学 老王")


async def test_the_right_denominator(talk: Talk) -> None:
    await exempt(talk, 1)
    async with talk.app.database.unit_of_work() as uow:
        today = uow.now.date()
        (await uow.session.get_one(Member, 2)).left_on = today
        uow.session.add(Leave(member_id=4, first_day=today, last_day=today, created_at=uow.now))
        uow.session.add(Member(id=5, branch_id=1, name="新同志", joined_on=today, created_at=uow.now))
    assert await talk.whisper(BOSS, "谁还没学") == (
        "学习 1《材料1》:0/1,未完成 1 人(请假 1、免学 1 不计):\n张三\n要提醒他们,发「催学 1」。"
    )


async def test_names_in_the_group_where_the_branch_wants_it(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 群里公布名单 开")
    assert await talk.hear(BOSS, "谁还没学") == [
        ("group 9", "学习 1《材料1》:0/4,未完成 4 人:\n王建国、李秀英、张三、赵德福")
    ]


async def test_in_the_group_on_request_after_confirming(talk: Talk) -> None:
    assert "书记使用" in await talk.say(EDITOR, "/在群里公布")
    assert "平时支部不在群里点名" in await talk.say(BOSS, "/在群里公布")
    assert await queued(talk, "group") == []
    assert await talk.say(BOSS, "确认") == ""
    assert await queued(talk, "group") == [("9", "学习 1《材料1》:0/4,未完成 4 人:\n王建国、李秀英、张三、赵德福")]
    assert await audited(talk, "study.named") == [("学习 1", "")]


async def test_the_group_is_told_no_names_at_night(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await talk.whisper(BOSS, "在群里公布")
    assert await talk.whisper(BOSS, "确认") == "学习 1 的情况 11月25日(周三)7:30在群里公布(避开安静时段)。"
    async with talk.app.database.reading() as uow:
        named = select(OutboxRow.due_at).where(OutboxRow.origin == "study.standing")
        assert (await uow.session.scalars(named)).all() == [china("2026-11-25 07:30")]


# -- reminding


async def test_a_reminder_reaches_whom_it_can_and_names_the_others(talk: Talk) -> None:
    await talk.say(EDITOR, "已学")
    asked = await talk.whisper(BOSS, "催学")
    assert asked == (
        "将私下提醒 2 人学习 1,每人每天最多 1 次。没绑定账号的 1 人请当面说一声:赵德福。\n"
        "回复「确认」发送,「取消」放弃。"
    )
    assert "赵德福" not in await talk.say(BOSS, "/催学")
    assert await talk.whisper(BOSS, "确认") == "已安排私下提醒 2 人。没绑定账号的 1 人请当面说一声:赵德福。"
    line = "温馨提醒:学习 1《材料1》11月27日前学完就好,看完回复「已学 1」,看全文发「全文 1」。"
    assert await queued(talk) == [("101", line), ("103", line)]
    assert (await talk.whisper(BOSS, "催学")).startswith("2 人今天已经提醒过,不再发。")
    assert len(await queued(talk)) == 2


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_as_often_a_day_as_the_branch_says(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 催学上限 2")
    for expected in (3, 6, 6):
        await talk.whisper(BOSS, "催学")
        await talk.whisper(BOSS, "确认")
        assert len(await queued(talk)) == expected
    await talk.whisper(BOSS, "设置 催学上限 0")
    assert "支部设置了不催学" in await talk.whisper(BOSS, "催学")


async def test_not_at_night(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    assert "11月25日(周三)7:30发出(避开安静时段)" in await talk.whisper(BOSS, "催学")
    await talk.whisper(BOSS, "确认")
    async with talk.app.database.reading() as uow:
        due = set(await uow.session.scalars(select(OutboxRow.due_at).where(OutboxRow.target_kind == "private")))
    assert due == {china("2026-11-25 07:30")}
    await talk.whisper(BOSS, "设置 安静时段 关")
    assert "避开" not in await talk.whisper(BOSS, "催学")


async def test_only_the_absent_are_left(talk: Talk) -> None:
    for user in (EDITOR, MEMBER):
        await talk.say(user, "已学")
    await talk.whisper(BOSS, "补登 赵德福 当面学的")
    talk.app.clock.set(china("2026-12-01 09:00"))  # type: ignore[attr-defined]
    await talk.whisper(BOSS, "请假 出差 12月1日到3日")
    assert await talk.whisper(EDITOR, "催学 1") == "学习 1 还没学的 1 人在请假或免学,不用催。"


async def test_who_is_away_is_left_alone_and_who_went_elsewhere_is_not(talk: Talk) -> None:
    await talk.say(EDITOR, "已学")
    talk.app.clock.set(china("2026-12-01 09:00"))  # type: ignore[attr-defined]
    await talk.whisper(BOSS, "请假 出差 12月1日到3日")
    async with talk.app.database.unit_of_work() as uow:
        await settle(uow, branch=2)
        await counting.move(uow, {await uow.session.get_one(Member, 3): 2})
    await talk.whisper(EDITOR, "催学")
    assert await talk.whisper(EDITOR, "确认") == "已安排私下提醒 1 人。没绑定账号的 1 人请当面说一声:赵德福。"
    assert [user for user, _ in await queued(talk)] == [str(MEMBER)]


async def test_nobody_to_remind(talk: Talk) -> None:
    for user in (BOSS, EDITOR, MEMBER):
        await talk.say(user, "已学")
    assert "都没有绑定账号,提醒不到。没绑定账号的 1 人请当面说一声:赵德福" in await talk.whisper(BOSS, "催学")
    await talk.whisper(BOSS, "补登 赵德福 当面学的")
    assert await talk.whisper(BOSS, "催学") == "学习 1 都完成了,不用催。"


# -- entered by hand


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_entered_for_somebody_on_record_and_undone(talk: Talk) -> None:
    assert "书记使用" in await talk.whisper(EDITOR, "补登 赵德福 手机坏了")
    assert await talk.whisper(BOSS, "补登 赵德福 手机坏了") == "已补登赵德福 学习 1。登错了发「撤销」。"
    async with talk.app.database.reading() as uow:
        row = (await uow.session.scalars(select(Completion))).one()
        assert (row.member_id, row.method, row.late, row.at) == (4, "manual", False, row.at)
    assert await audited(talk, "study.manual") == [("member:4", "手机坏了")]
    assert await talk.whisper(BOSS, "补登 赵德福 学习 1 手机坏了") == "赵德福的学习 1 已经登记过了,不用补登。"
    assert await talk.whisper(BOSS, "补登 赵德福 手机坏了") == "赵德福没有要补登的学习。"
    assert "撤销「补登赵德福 学习 1」" in await talk.whisper(BOSS, "撤销")
    assert "已撤销" in await talk.whisper(BOSS, "确认")
    assert "0/4" in await talk.whisper(BOSS, "谁还没学")


async def test_which_is_asked_where_several_are_open(talk: Talk) -> None:
    await push(talk, 2)
    assert await talk.whisper(BOSS, "补登 张三 手机坏了") == "补登张三的哪一篇?回复编号:\n1. 《材料1》\n2. 《材料2》"
    assert await talk.whisper(BOSS, "2") == "已补登张三 学习 2。登错了发「撤销」。"
    assert await talk.whisper(BOSS, "补登 张三 1 也看了") == "已补登张三 学习 1。登错了发「撤销」。"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("补登 张三", "请写上原因,比如:补登 张三 手机坏了"),
        ("补登 张三 学习 1", "请写上原因,比如:补登 张三 学习 1 手机坏了"),
        ("补登 张三 学习 8 手机坏了", "没有学习 8。发「补学」看看有哪些。"),
        ("补登 李四 手机坏了", "名册上没有「李四」"),
        ("补登", "请写上姓名"),
    ],
)
async def test_what_cannot_be_entered(talk: Talk, said: str, answer: str) -> None:
    assert answer in await talk.whisper(BOSS, said)
    async with talk.app.database.reading() as uow:
        assert list(await uow.session.scalars(select(Completion))) == []


# -- a member's own record


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_member_and_secretary_see_the_same(talk: Talk) -> None:
    await push(talk, 2)
    assert await talk.whisper(MEMBER, "已学 1") == "✅ 已登记学习 1《材料1》,现在 1/4 人完成。"
    assert await talk.whisper(MEMBER, "已学 1") == "学习 1 之前已经登记过了,不用再发。"
    mine = await talk.hear(MEMBER, "我的")
    assert mine[0] == (
        f"private {MEMBER}",
        "张三(第一支部),2026年(到11月24日)\n学习:应学 2 篇,完成 1 篇\n"
        "学时:0.5(阅读 0.5),到这一天应有 28.5,还差 28\n"
        "还没学的:\n2. 《材料2》\n发「补2」看全文,看完发「已学 编号」。",
    )
    assert await talk.whisper(MEMBER, "撤回打卡") == "已撤回学习 1 的打卡。撤错了发「撤销」。"
    assert await audited(talk, "study.take_back") == [("学习 1", "")]
    assert "0/4" in await talk.whisper(BOSS, "谁还没学 1")
    await talk.whisper(BOSS, "补登 张三 1 手机坏了")
    assert await talk.whisper(MEMBER, "撤回打卡") == "没有可以撤回的打卡。"


async def test_who_came_later_owes_nothing(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Member(id=5, branch_id=1, name="新同志", joined_on=uow.now.date(), created_at=uow.now))
        await uow.session.flush()
        uow.session.add(MemberAccount(member_id=5, platform="onebot11", user_id="105", via="1", bound_at=uow.now))
    assert await talk.whisper(105, "补学") == "都学完了,没有要补的。"
    assert "已登记学习 1" in await talk.whisper(105, "已学 1")
    assert "0/4,未完成 4 人,另有 1 人自愿完成" in await talk.whisper(BOSS, "谁还没学")


# -- all have finished


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_said_once_where_the_branch_wants_to_hear_it(talk: Talk) -> None:
    async def announce() -> list[tuple[str, str]]:
        async with talk.app.database.unit_of_work() as uow:
            await publishing.announce_completed(uow)
        return await queued(talk, "group")

    async with talk.app.database.unit_of_work() as uow:
        for person in (await uow.session.scalars(select(Expected).where(Expected.member_id == 4))).all():
            await uow.session.delete(person)
    for user in (BOSS, EDITOR):
        await talk.say(user, "已学")
    await talk.whisper(BOSS, "设置 全部完成播报 开")
    assert await announce() == []
    await talk.say(MEMBER, "已学")
    assert await announce() == [("9", "🎉 学习 1 已全部完成(3/3)。")]
    talk.app.clock.set(talk.app.clock.now() + timedelta(hours=1))  # type: ignore[attr-defined]
    assert len(await announce()) == 1


async def test_not_said_by_default(talk: Talk) -> None:
    for user in (BOSS, EDITOR, MEMBER):
        await talk.say(user, "已学")
    await talk.whisper(BOSS, "补登 赵德福 当面学的")
    async with talk.app.database.unit_of_work() as uow:
        await publishing.announce_completed(uow)
    assert await queued(talk, "group") == []
