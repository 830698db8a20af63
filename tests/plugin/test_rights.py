"""Every command of the table, typed by every role and by somebody of another branch: who may not gets a refusal that is
audited, sees nothing and changes nothing. A new command is tried by being in the table."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.branch import organisation, rights
from bot.branch import service as branch
from bot.branch.actor import Speaker
from bot.branch.models import AuditEntry, Branch, BranchKind, ChatGroup, Member, MemberAccount, Role, RoleGrant
from bot.chat.commands import Command, Who
from bot.chat.table import TABLE
from bot.core.db import Base
from bot.core.errors import NotAllowed
from bot.core.limits import RateLimit
from bot.delivery.models import OutboxRow
from bot.discussion.models import Voice
from bot.meeting.models import Meeting
from bot.notice.models import Letter, Notice
from bot.rendering.content import Content
from bot.simulator import sample
from bot.study.models import Assignment, Material, Visit
from tests.plugin.talk import ACCOUNT, Talk

COMMITTEE = {Role.SECRETARY, Role.DEPUTY, Role.PROPAGANDIST, Role.ORGANISER, Role.DISCIPLINE}
MAY = {
    Who.ANYONE: {*Role, None},
    Who.MEMBER: {*Role, None},
    Who.COMMITTEE: COMMITTEE,
    Who.EDITOR: {Role.SECRETARY, Role.DEPUTY, Role.PROPAGANDIST},
    Who.LEADER: {Role.SECRETARY, Role.DEPUTY},
    Who.SUPERUSER: set[Role | None](),
}
"""Who may what, written down a second time. None: a member without an office."""

PEOPLE: dict[Role | None, int] = {
    Role.SECRETARY: sample.SECRETARY,
    Role.PROPAGANDIST: sample.PROPAGANDIST,
    Role.ORGANISER: sample.ORGANISER,
    Role.DEPUTY: sample.MEMBERS[3],
    Role.DISCIPLINE: sample.MEMBERS[4],
    Role.GROUP_LEADER: sample.MEMBERS[5],
    None: sample.MEMBERS[7],
}
DAY = date(2020, 7, 1)
OTHER_GROUP, OTHER_SECRETARY = 700000002, 300000001
_SAID_HERE = {"好奇的人", "李秀英", "王建国"}
"""Names that these tests type themselves, and that come back where somebody typed them before."""

NOTED = {"audit_entry", "chat_question"}
"""Where an attempt leaves its trace."""


@pytest.fixture
async def town(sampled: Talk, monkeypatch: pytest.MonkeyPatch) -> Talk:
    """The sample branch with an office for each role, and a second branch whose secretary is curious."""
    monkeypatch.setattr(RateLimit, "allow", lambda *_: True)
    async with sampled.app.database.unit_of_work() as uow:
        accounts = await uow.session.execute(select(MemberAccount.user_id, MemberAccount.member_id))
        members = {int(user): member for user, member in accounts}
        for role in (Role.DEPUTY, Role.DISCIPLINE, Role.GROUP_LEADER):
            member = members[PEOPLE[role]]
            uow.session.add(RoleGrant(branch_id=1, member_id=member, role=role, granted_at=uow.now))
        other = Branch(parent_id=None, kind="支部", name="蓝天支部", path="/2/", created_at=uow.now)
        uow.session.add(other)
        await uow.session.flush()
        assert other.path == f"/{other.id}/"
        curious = Member(branch_id=other.id, name="好奇的人", kind="正式党员", joined_on=DAY, created_at=uow.now)
        uow.session.add_all([curious, ChatGroup(branch_id=other.id, platform="onebot11", account=ACCOUNT,
                                                group_id=str(OTHER_GROUP), created_at=uow.now)])  # fmt: skip
        await uow.session.flush()
        uow.session.add_all([
            MemberAccount(member_id=curious.id, platform="onebot11", user_id=str(OTHER_SECRETARY), via=ACCOUNT,
                          bound_at=uow.now),
            RoleGrant(branch_id=other.id, member_id=curious.id, role=Role.SECRETARY, granted_at=uow.now),
        ])  # fmt: skip
    return sampled


def typed(command: Command) -> list[str]:
    """Ways to ask for it: its example, its word alone, with a number, with the branch's and a member's name."""
    word = command.words[0]
    asked = [command.example or word, word]
    return asked + [f"{word} {what}" for what in ("1", "红旗社区第一党支部", "王建国")] * command.takes_arguments


async def rows(app: App) -> set[tuple[str, str]]:
    """Every row of every table, but for the notes of the attempt."""
    async with app.database.engine.connect() as connection:
        return {
            (table.name, repr(tuple(row)))
            for table in Base.metadata.sorted_tables
            if table.name not in NOTED
            for row in await connection.execute(select(table))
        }


async def refusals(app: App) -> list[str]:
    async with app.database.reading() as uow:
        found = select(AuditEntry.subject).where(AuditEntry.action == "refused").order_by(AuditEntry.id)
        return list(await uow.session.scalars(found))


async def secrets(app: App) -> set[str]:
    """Names, titles and texts of the sample branch."""
    columns: list[Any] = [Member.name, Material.title, Notice.text, Voice.text, Letter.text, Meeting.agenda]
    async with app.database.reading() as uow:
        found = [text for column in columns for text in await uow.session.scalars(select(column))]
    return {text[:14] for text in found if text and len(text) > 2} - _SAID_HERE


REFUSED: tuple[tuple[Role | None, str, str], ...] = (
    (None, "王建国的学习情况", "别人的学习情况由支委来看。发「我的」看自己的。"),
    (None, "会议记录 1", "会议 1 的记录给到会的人和支委看。"),
    (None, "确认记录 19", "会议 19 的记录由主持人确认。"),
    (None, "取消报名 1 李秀英", "给别人取消报名由支委来做。自己不去了发「取消报名 编号」。"),
    (None, "会议 支部党员大会 周五15:00", "开会由支委来召集,党小组会也可以由小组长召集。发「会议」看最近有哪些会。"),
    (None, "会议取消 20", "这由会议的主持人或支委来做。发「会议」看最近有哪些会。"),
    (None, "任务 1 50%", "进度由负责的人或支委来报。"),
    (None, "三会一课 下级", "看下级支部的情况由书记来做。"),
    (None, "讨论 基层减负", "开讨论由宣传委员或书记来做。发「讨论」看正在进行的。"),
    (None, "讨论 导出 1", "导出讨论由宣传委员或书记来做。"),
    (None, "解绑 王建国", "解绑别人由书记来做。解绑自己只发「解绑」两个字就行。"),
    (None, "请假 王建国 出差 明天", "替别人请假由书记来做。自己请假不用写姓名,比如:请假 出差 3天"),
    (Role.ORGANISER, "同意 1", "1 号由书记、副书记来决定。"),
    (Role.ORGANISER, "公告 改 1 哈哈", "公告的「修改」由宣传委员或书记来做。"),
    (Role.ORGANISER, "撤回 1", "公告由宣传委员或书记来发。要撤回自己的打卡,发「撤回打卡」。"),
    (Role.PROPAGANDIST, "意见箱", "意见由书记、副书记看,公示的异议还有组织委员看。"),
    (Role.PROPAGANDIST, "回执 1 在群里公布", "在群里公布名单由书记来定。名单可以私下看,发「回执 编号」。"),
    (Role.DEPUTY, "任命 李秀英 书记", "「红旗社区第一党支部」的书记由书记或上级任免。"),
    (Role.SECRETARY, "统计 蓝天支部", "「蓝天支部」由它的书记或上级来管。"),
)
"""Who types what the table lets them, and is refused by the use case."""


async def test_what_a_use_case_refuses_is_said_and_on_record_and_changes_nothing(town: Talk) -> None:
    """``make guards`` takes out each ``raise NotAllowed``. A few are seen elsewhere: an office that was lost since, a
    notice of one's own, a group without a branch."""
    await town.say(999999, "/绑定 王建国", group=sample.GROUP_ID, card="路人")  # request 1
    before = await rows(town.app)
    for known, (role, words, said) in enumerate(REFUSED):
        assert await town.whisper(PEOPLE[role], words) == said
        assert len(await refusals(town.app)) == known + 1, words
    assert await rows(town.app) == before


async def test_nobody_decides_about_a_branch_that_they_do_not_lead(town: Talk) -> None:
    """Asked of the use cases themselves: what leads to them lets nobody get so far."""
    async with town.app.database.reading() as uow:
        other, organiser = [
            await branch.resolve_actor(uow, Speaker("onebot11", ACCOUNT, str(user)), frozenset())
            for user in (OTHER_SECRETARY, PEOPLE[Role.ORGANISER])
        ]
        theirs, own = await branch.get(uow, 1), await branch.get(uow, other.branch)
        await rights.need_leader(uow, other, own)
        for refused in (
            rights.need_leader(uow, other, theirs),
            rights.need_leader(uow, organiser, theirs),
            rights.acting(uow, other, theirs.id, frozenset(COMMITTEE)),
            organisation.create(uow, other, "蓝天党委", BranchKind.COMMITTEE, None),
        ):
            with pytest.raises(NotAllowed):
                await refused


@pytest.mark.parametrize("role", PEOPLE, ids=lambda role: role or "党员")
async def test_who_may_not_is_refused(town: Talk, role: Role | None) -> None:
    barred = [command for command in TABLE if role not in MAY[command.who]]
    before = await rows(town.app)
    for command in barred:
        for group in (sample.GROUP_ID, None):
            said = await town.say(PEOPLE[role], f"/{command.example or command.words[0]}", group=group)
            assert said == f"「{command.words[0]}」由{command.who.value}使用,您可以发「帮助」看看能做什么。"
    assert await refusals(town.app) == [command.key for command in barred for _ in range(2)]
    assert await rows(town.app) == before
    assert len(barred) > 0


async def test_a_stranger_is_told_how_to_be_known_and_nothing_else(town: Talk) -> None:
    stranger, known = 999999, await secrets(town.app)
    before = await rows(town.app)
    for command in (command for command in TABLE if command.words[0] != "绑定"):
        for words in typed(command):
            here = await town.say(stranger, f"/{words}", group=sample.GROUP_ID, card="路人")
            alone = await town.whisper(stranger, words)
            assert not [text for text in known if text in here + alone and text not in words]
            if command.who is not Who.ANYONE:
                assert here == "还不认识您。请发「绑定 您的姓名」,绑定后就可以用了。"
                assert alone == ""
            await town.whisper(stranger, "取消")
    assert await rows(town.app) == before


async def test_another_branch_gets_nothing_in_the_group(town: Talk) -> None:
    known, before = await secrets(town.app), await rows(town.app)
    for command in TABLE:
        for words in typed(command):
            heard = await town.hear(OTHER_SECRETARY, f"/{words}", group=sample.GROUP_ID)
            heard += await town.hear(OTHER_SECRETARY, "确认", group=sample.GROUP_ID)
            told = "".join(text for where, text in heard)
            assert not [text for text in known if text in told and text not in words], (words, told)
    assert await rows(town.app) == before


async def test_another_branch_gets_nothing_in_private(town: Talk) -> None:
    """What its secretary does there belongs to the other branch: the sample branch's rows stay as they are."""
    known, before = await secrets(town.app), await rows(town.app)
    own = {"numbering", "outbox_counter"}
    for command in TABLE:
        if command.words[0] in ("删除我的信息", "解绑"):  # whoever is nobody any more is told nothing anyway
            continue
        for words in typed(command):
            told = await town.whisper(OTHER_SECRETARY, words) + await town.whisper(OTHER_SECRETARY, "确认")
            assert not [text for text in known if text in told and text not in words], (words, told)
            await town.whisper(OTHER_SECRETARY, "取消")
    assert "好奇的人" in await town.whisper(OTHER_SECRETARY, "我的")
    after = await rows(town.app)
    mine = {row for row in before if "好奇的人" in row[1] or row[0] in ("member_account", "role_grant", "chat_group")}
    assert {row for row in before - after if row[0] not in own} <= mine
    async with town.app.database.reading() as uow:
        new = [
            row for row in await uow.session.scalars(select(OutboxRow)) if ("outbox", row.key) and row.branch_id != 1
        ]
        texts = "".join(Content.model_validate_json(row.content).plain for row in new)
    assert not [text for text in known if text in texts]


async def test_a_code_of_another_branch_is_unknown(town: Talk) -> None:
    async with town.app.database.unit_of_work() as uow:
        (reading,) = await uow.session.scalars(select(Assignment).where(Assignment.branch_id == 1).limit(1))
        until = uow.now + timedelta(minutes=10)
        uow.session.add(Visit(assignment_id=reading.id, nonce="n" * 16, code="7F3K", expires_at=until))
    before = await rows(town.app)
    assert (await town.whisper(OTHER_SECRETARY, "打卡 7F3K")).startswith("没有 7F3K 这个验证码")
    assert await rows(town.app) == before
    assert "已登记学习 1" in await town.whisper(sample.MEMBERS[8], "打卡 7F3K")
