"""公示 over working days, objections that stay sealed, and the 意见箱."""

import json

import pytest
from sqlalchemy import select

from bot.branch.models import AuditEntry, Branch, Member, MemberAccount, Role, RoleGrant
from bot.core.db import Base
from bot.delivery.models import OutboxRow
from bot.notice.models import Letter, Notice, Publicity
from bot.rendering.content import Content
from bot.scheduling.calendar import WorkdayCalendar, YearArrangement
from plugins.notice.clockwork import end_publicities, publish_what_is_due
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk
from tests.unit.study.house import china

SUBJECT = "王芳同志拟接收为预备党员"


def at(talk: Talk, moment: str) -> None:
    talk.app.clock.set(china(moment))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
async def monday(talk: Talk) -> None:
    """Two days before the National Day of 2026: 1–7 October are off, 10 October (a Saturday) is worked."""
    at(talk, "2026-09-28 09:00")
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=3, role=Role.ORGANISER, granted_at=uow.now))


async def queued(talk: Talk, kind: str = "group") -> list[tuple[str, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(OutboxRow).where(OutboxRow.target_kind == kind).order_by(OutboxRow.id))
        return [(row.target_id, Content.model_validate_json(row.content).plain.split("\n〔")[0]) for row in rows]


async def show(talk: Talk, words: str = f"{SUBJECT} 5个工作日") -> None:
    await talk.whisper(EDITOR, f"公示 {words}")
    assert "这就发到群里" in await talk.whisper(EDITOR, "确认")
    await publish_what_is_due(talk.app)


async def test_working_days_across_the_national_day(talk: Talk) -> None:
    preview = await talk.whisper(EDITOR, f"公示 {SUBJECT} 5个工作日")
    assert preview.startswith(f"【公示】\n{SUBJECT}\n公示期到 10月10日(5 个工作日)。")
    assert "按「发展党员公示」,今天公开" in preview
    assert await queued(talk) == []
    assert await talk.whisper(EDITOR, "确认") == "公示 1 这就发到群里,5 个工作日。到期我会提醒。"
    await publish_what_is_due(talk.app)
    [(group, text)] = await queued(talk)
    assert group == "9"
    assert text == (
        f"【公示 1】\n{SUBJECT}\n公示期到 10月10日(5 个工作日)。有异议请私聊我发「异议 1 内容」;"
        "不想留名,发「异议 1 匿名 内容」。"
    )
    await publish_what_is_due(talk.app)
    assert len(await queued(talk)) == 1


@pytest.mark.parametrize("words", ["五个工作日", "5 工作日", ",公示5个工作日", "到10月10日", "公示到10月10日止"])
async def test_ways_to_say_how_long(talk: Talk, words: str) -> None:
    assert "公示期到 10月10日(5 个工作日)" in await talk.whisper(EDITOR, f"公示 {SUBJECT} {words}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"{SUBJECT} 4个工作日", "「发展党员公示」不少于 5 个工作日"),
        (f"{SUBJECT} 到9月30日", "「发展党员公示」不少于 5 个工作日"),
        (f"{SUBJECT} 0个工作日", "不能是 0 天"),
        ("评议结果 到9月1日", "不能是 0 天,也不能是已经过去的日子"),
        (f"{SUBJECT} 5天", "请写成「5个工作日」"),
        (SUBJECT, "请在最后写清公示几个工作日"),
        ("5个工作日", "请写清公示什么"),
        ("", "请在最后写清公示几个工作日"),
        ("食堂菜单 999个工作日", "最长 60 个工作日"),
    ],
)
async def test_a_period_that_makes_no_sense_changes_nothing(talk: Talk, words: str, told: str) -> None:
    assert told in await talk.whisper(EDITOR, f"公示 {words}")
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Notice))).all() == []


async def test_its_days_begin_with_the_approval(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 开")
    preview = await talk.whisper(EDITOR, f"公示 {SUBJECT} 5个工作日")
    assert "书记同意后公开" in preview
    assert "已交去审批" in await talk.whisper(EDITOR, "确认")
    at(talk, "2026-10-08 09:00")
    await talk.whisper(BOSS, "同意 1")
    await publish_what_is_due(talk.app)
    assert "公示期到 10月14日(5 个工作日)" in (await queued(talk))[-1][1]
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Notice.approver_id))).one() == 1


async def test_its_end_is_announced_once_and_the_result_closes_it(talk: Talk) -> None:
    await show(talk)
    assert "还没到期。最后一天是 10月10日" in await talk.whisper(EDITOR, "公示结果 1")
    at(talk, "2026-10-10 23:00")
    await end_publicities(talk.app)
    assert len(await queued(talk)) == 1
    at(talk, "2026-10-11 08:00")
    await end_publicities(talk.app)
    await end_publicities(talk.app)
    assert (await queued(talk))[1:] == [("9", f"【公示 1】「{SUBJECT}」公示期已满(10月10日止),谢谢大家监督。")]
    assert [text for who, text in await queued(talk, "private") if who == str(BOSS)] == [
        f"公示 1「{SUBJECT}」到期,没有收到异议。公布结果发「公示结果 1」。"
    ]
    assert (await talk.whisper(EDITOR, "公示结果 1")).startswith("【公示结果】公示 1")
    assert "已发到群里" in await talk.whisper(EDITOR, "确认")
    assert (await queued(talk))[-1][1] == (
        f"【公示结果】公示 1「{SUBJECT}」\n公示期:9月28日至10月10日(5 个工作日)\n结果:公示期间没有收到异议。"
    )
    assert "已经归档" in await talk.whisper(EDITOR, "公示结果 1")


async def test_a_new_holiday_table_moves_the_end(talk: Talk) -> None:
    await show(talk)
    off = [china(f"2026-10-{day:02}").date() for day in range(1, 13)]
    talk.app.calendar = WorkdayCalendar([YearArrangement(2026, "新的安排", frozenset(off), frozenset())])
    await end_publicities(talk.app)
    assert (await queued(talk))[-1][1] == "【公示 1】放假安排有调整,公示期改到 10月15日 结束。"
    async with talk.app.database.reading() as uow:
        assert str((await uow.session.scalars(select(Publicity.ends_on))).one()) == "2026-10-15"


async def test_an_objection_reaches_secretary_and_organiser_only(talk: Talk) -> None:
    await show(talk)
    assert "私聊" in await talk.say(EDITOR, "/异议 1 工作时间不对")
    answer = await talk.whisper(EDITOR, "异议 1 材料里的工作时间不对")
    assert answer == "已转给书记和组织委员(1 号),不会说是谁写的。有回复我会私聊告诉您。"
    told = await queued(talk, "private")
    assert sorted(who for who, _ in told) == [str(BOSS), str(MEMBER)]
    assert "材料里的工作时间不对" in told[0][1] and "李秀英" not in told[0][1]
    assert "没有 1 号意见" in await talk.whisper(EDITOR, "回复意见 1 好")
    assert await talk.whisper(MEMBER, "回复意见 1 已核对,属实") == "回复已转给写的人。"
    assert (await queued(talk, "private"))[-1] == (str(EDITOR), "您的异议(1 号)有回复:\n已核对,属实")
    at(talk, "2026-10-12 08:00")
    await end_publicities(talk.app)
    assert "收到异议 1 件" in (await queued(talk, "private"))[-1][1]
    assert "请写明处理结果" in await talk.whisper(EDITOR, "公示结果 1")
    await talk.whisper(EDITOR, "公示结果 1 经核查,情况属实,不影响接收。")
    assert "已发到群里" in await talk.whisper(EDITOR, "确认")


async def everything(talk: Talk) -> str:
    """All that the database holds, as text."""
    async with talk.app.database.reading() as uow:
        rows = [
            (table.name, tuple(row))
            for table in Base.metadata.sorted_tables
            for row in await uow.session.execute(select(table))
        ]
    return "\n".join(map(str, rows))


async def test_of_an_anonymous_one_nothing_is_kept(talk: Talk, caplog: pytest.LogCaptureFixture) -> None:
    """The database differs only by the letter and its messages, and nowhere stands 李秀英 or her account."""
    await show(talk)
    before = await everything(talk)
    answer = await talk.whisper(EDITOR, "异议 1 匿名 他上个月没有参加劳动")
    assert answer == "已匿名转给书记和组织委员(1 号),没有留下您的任何信息,所以也收不到回复。"
    new = [line for line in (await everything(talk)).splitlines() if line not in before.splitlines()]
    assert {line.split("'")[1] for line in new} <= {"notice_letter", "outbox", "outbox_counter", "numbering"}
    assert not [line for line in new if str(EDITOR) in line or "李秀英" in line]
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Letter))).one().member_id is None
    assert str(EDITOR) not in caplog.text
    assert "匿名的" in await talk.whisper(BOSS, "回复意见 1 收到")


async def test_an_opinion_reaches_the_secretary_and_an_answer_comes_back(talk: Talk) -> None:
    assert "已转给书记、副书记(1 号)" in await talk.whisper(EDITOR, "意见 能不能把学习时间改到晚上")
    [(who, text)] = await queued(talk, "private")
    assert who == str(BOSS) and "能不能把学习时间改到晚上" in text and "李秀英" not in text
    assert "1. 9月28日 意见(未回复):能不能把学习时间改到晚上" in await talk.whisper(BOSS, "意见箱")
    assert "还没有收到意见" in await talk.whisper(MEMBER, "意见箱")
    await talk.whisper(BOSS, "回复意见 1 下周商量")
    assert (await queued(talk, "private"))[-1] == (str(EDITOR), "您的意见(1 号)有回复:\n下周商量")
    async with talk.app.database.reading() as uow:
        assert [each.action for each in await uow.session.scalars(select(AuditEntry))] == []


@pytest.mark.parametrize(
    "words", ["意见", "意见 匿名", "意见 " + "长" * 2001, "异议 7 内容", "异议 内容", "回复意见", "公示结果"]
)
async def test_what_makes_no_sense_is_refused(talk: Talk, words: str) -> None:
    user = BOSS if words.startswith(("回复", "公示")) else EDITOR
    assert await talk.whisper(user, words)
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Letter))).all() == []


async def test_strangers_get_nothing(talk: Talk) -> None:
    await show(talk)
    for words in ("意见 x", "异议 1 x", "公示 x 5个工作日"):
        assert "已" not in await talk.whisper(STRANGER, words)
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Letter))).all() == []


async def test_a_running_one_is_withdrawn_but_not_changed(talk: Talk) -> None:
    await show(talk)
    assert "公开后不能改" in await talk.whisper(EDITOR, "公告改 1 别的话")
    await talk.whisper(EDITOR, "撤回 1")
    assert "已撤回公告 1" in await talk.whisper(EDITOR, "确认")
    at(talk, "2026-10-12 08:00")
    await end_publicities(talk.app)
    assert len([text for _, text in await queued(talk) if "期满" in text]) == 0


async def test_who_is_forgotten_no_longer_stands_behind_a_letter(talk: Talk) -> None:
    await talk.whisper(EDITOR, "意见 能不能把学习时间改到晚上")
    await talk.whisper(EDITOR, "删除我的信息")
    await talk.whisper(EDITOR, "确认")
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Letter))).one().member_id is None


# -- corners


async def grant(talk: Talk, member_id: int, role: Role) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=member_id, role=role, granted_at=uow.now))


async def test_a_deputy_reads_opinions_but_no_objections(talk: Talk) -> None:
    await grant(talk, 2, Role.DEPUTY)
    await show(talk)
    await talk.whisper(MEMBER, "异议 1 工作时间不对")
    await talk.whisper(MEMBER, "意见 能不能晚一点")
    letters = [text for who, text in await queued(talk, "private") if who == str(EDITOR)]
    assert len(letters) == 1 and "能不能晚一点" in letters[0]
    assert "工作时间不对" not in await talk.whisper(EDITOR, "意见箱")
    assert "没有 1 号意见" in await talk.whisper(EDITOR, "意见箱 1")
    assert "能不能晚一点" in await talk.whisper(EDITOR, "意见箱 2")
    assert "没有 2 号意见" in await talk.whisper(MEMBER, "意见箱 2")


async def test_nobody_confirms_or_files_one_that_runs(talk: Talk) -> None:
    await show(talk)
    assert await talk.whisper(EDITOR, "回执 1") == "1 号是公示,不用回执。公示期到 10月10日。"
    assert "不用回执" in await talk.whisper(EDITOR, "催收 1")
    assert "公示到期后发「公示结果 1」就归档" in await talk.whisper(EDITOR, "归档 1")
    assert await talk.say(MEMBER, "收到") == ""


async def test_a_returned_one_is_changed_and_shown(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await talk.whisper(EDITOR, f"公示 {SUBJECT} 5个工作日")
    await talk.whisper(EDITOR, "确认")
    request = [text for who, text in await queued(talk, "private") if who == str(BOSS)][-1]
    assert request.startswith(f"【公示 1】\n{SUBJECT}\n公示 5 个工作日,从公开那天起算。\n李秀英请您同意公开公告 1")
    await talk.whisper(BOSS, "退回 1 写上入党时间")
    await talk.whisper(EDITOR, f"公告改 1 {SUBJECT},2024年9月申请入党")
    assert "已请书记审批" in await talk.whisper(EDITOR, "确认")
    await talk.whisper(BOSS, "同意 1")
    await publish_what_is_due(talk.app)
    assert "2024年9月申请入党\n公示期到 10月10日(5 个工作日)" in (await queued(talk))[-1][1]


async def test_a_change_may_not_outrun_the_rule(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await talk.whisper(EDITOR, "公示 食堂菜单 1个工作日")
    await talk.whisper(EDITOR, "确认")
    assert "「发展党员公示」不少于 5 个工作日" in await talk.whisper(EDITOR, f"公告改 1 {SUBJECT}")


async def test_at_night_the_days_begin_with_the_morning(talk: Talk) -> None:
    at(talk, "2026-09-28 22:00")
    preview = await talk.whisper(EDITOR, f"公示 {SUBJECT} 5个工作日")
    await talk.whisper(EDITOR, "确认")
    await publish_what_is_due(talk.app)
    shown = (await queued(talk))[-1][1]
    assert "公示期到 10月12日" in preview and "公示期到 10月12日" in shown


async def test_a_holiday_file_that_is_put_there_moves_the_end_while_running(talk: Talk) -> None:
    await show(talk)
    folder = talk.app.settings.xueban.data_dir / "holidays"
    folder.mkdir(parents=True, exist_ok=True)
    off = [f"2026-10-{day:02}" for day in range(1, 13)]
    words = {"year": 2026, "source": "新的安排", "off": off, "work": []}
    (folder / "2026.json").write_text(json.dumps(words), encoding="utf-8")
    await end_publicities(talk.app)
    assert (await queued(talk))[-1][1] == "【公示 1】放假安排有调整,公示期改到 10月15日 结束。"
    async with talk.app.database.reading() as uow:
        moved = select(AuditEntry.reason).where(AuditEntry.action == "notice.publicity_moved")
        assert (await uow.session.scalars(moved)).all() == ["公示期到 10月15日"]


async def test_who_is_in_a_group_of_the_branch_can_object(talk: Talk) -> None:
    await show(talk)
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=1, kind="党小组", name="一组", path="/1/2/", created_at=uow.now))
        await uow.session.flush()
        (await uow.session.get_one(Member, 2)).branch_id = 2
    assert "已匿名转给书记和组织委员" in await talk.whisper(EDITOR, "异议 匿名 材料有出入")
    assert "材料有出入" in await talk.whisper(BOSS, "意见箱 1")


async def test_members_have_no_notice_commands(talk: Talk) -> None:
    await show(talk)
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(MemberAccount(member_id=4, platform="onebot11", user_id="104", bound_at=uow.now))
    for words in (f"公示 {SUBJECT} 5个工作日", "公示结果 1", "归档 1", "回执 1", "催收 1", "公开 1", "公告改 1 新的"):
        assert "由支委使用" in await talk.whisper(104, words)
    assert "公告由宣传委员或书记来发" in await talk.whisper(104, "撤回 1")
    async with talk.app.database.reading() as uow:
        refused = select(AuditEntry.actor).where(AuditEntry.action == "refused")
        assert len((await uow.session.scalars(refused)).all()) == 8


async def test_the_period_is_looked_for_at_the_end_however_wide_the_gaps_are(talk: Talk) -> None:
    """Looked for everywhere it took minutes, during which nobody was answered."""
    assert "(5 个工作日)" in await talk.whisper(EDITOR, f"公示 王芳同志{' ' * 3000}拟接收为预备党员 5个工作日")
