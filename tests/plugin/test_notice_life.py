"""The steps that a branch may require of a notice, who may do them, and taking each of them back."""

import pytest
from sqlalchemy import select

from bot.branch.actor import Actor
from bot.branch.models import AuditEntry, Branch, Member, MemberAccount, Role, RoleGrant
from bot.core.db import UnitOfWork
from bot.notice import drafting
from bot.notice.models import Notice, State
from bot.notice.rules import Step
from plugins.notice.clockwork import close_old, publish_what_is_due, recall_withdrawn
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk
from tests.plugin.test_notice import WORDS, arrive, publish, queued, receipts
from tests.unit.study.house import china

ORGANISER = MEMBER


@pytest.fixture(autouse=True)
async def nine(talk: Talk) -> None:
    """张三 is 组织委员."""
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=3, role=Role.ORGANISER, granted_at=uow.now))


async def stand(talk: Talk, no: int = 1) -> tuple[str, int]:
    async with talk.app.database.reading() as uow:
        notice = (await uow.session.scalars(select(Notice).where(Notice.no == no))).one()
        return notice.state, notice.version


async def steps(talk: Talk) -> list[tuple[str, str, str]]:
    async with talk.app.database.reading() as uow:
        rows = select(AuditEntry).where(AuditEntry.action.startswith("notice.")).order_by(AuditEntry.id)
        return [(row.actor, row.action.removeprefix("notice."), row.reason) for row in await uow.session.scalars(rows)]


async def undo(talk: Talk, user: int) -> str:
    asked = await talk.whisper(user, "撤销")
    return f"{asked}\n{await talk.whisper(user, '确认')}"


async def strict(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审核 组织委员")
    await talk.whisper(BOSS, "设置 公告审批 书记")


async def told(talk: Talk, user: int) -> list[str]:
    return [text for who, text in await queued(talk, "private") if who == str(user)]


# -- 审核 → 审批


async def test_reviewed_then_approved_each_step_with_who_when_and_why(talk: Talk) -> None:
    await strict(talk)
    assert await publish(talk) == "公告 1 已交去审核,通过后自动往下走。发「公告 1」看到了哪一步。"
    assert (await told(talk, ORGANISER))[-1] == (
        f"【公告 1】\n{WORDS}\n李秀英请您审核(含保密审查)公告 1「{WORDS[:23]}…」。\n回复「同意 1」或「不同意 1 理由」。"
    )
    assert "1 号由组织委员来决定" in await talk.whisper(BOSS, "同意 1")
    assert await talk.whisper(ORGANISER, "同意 1") == "公告 1 审核通过,已请书记审批。"
    assert await stand(talk) == (State.APPROVING, 1)
    assert await talk.whisper(ORGANISER, "同意 1") == "1 号由书记来决定。"
    assert await talk.whisper(BOSS, "同意 1") == "已同意公告 1,已公开。"
    assert len(await queued(talk)) == 1
    assert await told(talk, EDITOR) == ["公告 1 已审核,在等书记同意。", "公告 1 已通过,已公开。"]
    assert await steps(talk) == [
        ("member:2", "draft", ""),
        ("member:3", "review", ""),
        ("member:1", "approve", ""),
        ("member:1", "publish", ""),
    ]
    shown = await talk.whisper(EDITOR, "公告 1")
    assert shown.startswith(f"公告 1(会议活动,已公开):\n{WORDS}\n· 11月24日 09:00 李秀英 拟稿\n")
    assert "张三 审核通过" in shown and "王建国 同意" in shown


async def test_returned_with_a_reason_changed_and_approved(talk: Talk) -> None:
    await strict(talk)
    await publish(talk)
    assert await talk.whisper(ORGANISER, "退回 1 地点不对") == "已退回公告 1。"
    assert ("member:3", "return", "地点不对") in await steps(talk)
    assert "1. 周五下午3点" in await talk.whisper(EDITOR, "公告") and "(草稿)" in await talk.whisper(EDITOR, "公告")
    await talk.whisper(EDITOR, "公告改 1 周五下午3点在三楼开会")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(ORGANISER, "同意 1")
    await talk.whisper(BOSS, "同意 1")
    assert (await queued(talk))[0][1].startswith("【公告 1】\n周五下午3点在三楼开会")  # nobody has seen another version


async def test_a_change_of_what_is_out_is_reviewed_before_it_is_approved(talk: Talk) -> None:
    await publish(talk)
    await strict(talk)
    await talk.whisper(EDITOR, "公告改 1 周五下午4点开会")
    await talk.whisper(EDITOR, "确认")
    assert await talk.whisper(ORGANISER, "同意 1") == "公告 1 审核通过,已请书记审批。"
    assert await stand(talk) == (State.PUBLISHED, 1)
    assert await talk.whisper(BOSS, "同意 1") == "已同意公告 1,已公开。"
    assert await stand(talk) == (State.PUBLISHED, 2)


async def test_returned_and_sent_again_as_it_is(talk: Talk) -> None:
    await strict(talk)
    await publish(talk)
    await talk.whisper(ORGANISER, "退回 1")
    assert "已交去审核" in await talk.whisper(EDITOR, "公开 1")
    assert "正在审核,不能公开" in await talk.whisper(EDITOR, "公开 1")


async def test_nobody_approves_what_they_have_written(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 书记或副书记")
    assert "没有能联系上的人" in await publish(talk, user=BOSS)
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=3, role=Role.DEPUTY, granted_at=uow.now))
    assert "已请书记审批" in await publish(talk, user=BOSS)
    assert "是您自己写的,要请别人来同意" in await talk.whisper(BOSS, "同意 1")
    assert await talk.whisper(MEMBER, "同意 1") == "已同意公告 1,已公开。"
    async with talk.app.database.reading() as uow:
        refused = select(AuditEntry.actor).where(AuditEntry.action == "refused")
        assert (await uow.session.scalars(refused)).all() == ["member:1"]


async def test_a_branch_may_let_people_approve_their_own(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await talk.whisper(BOSS, "设置 自写自批 开")
    await publish(talk, user=BOSS)
    assert await talk.whisper(BOSS, "同意 1") == "已同意公告 1,已公开。"


async def test_a_propagandist_who_approves_is_refused_and_audited(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await publish(talk)
    assert "1 号由书记来决定" in await talk.whisper(EDITOR, "同意 1")
    assert await stand(talk) == (State.APPROVING, 1)
    async with talk.app.database.reading() as uow:
        refused = select(AuditEntry.actor).where(AuditEntry.action == "refused")
        assert (await uow.session.scalars(refused)).all() == ["member:2"]


async def test_the_branch_says_who_writes(talk: Talk) -> None:
    assert "公告由宣传委员或书记来发" in await talk.whisper(ORGANISER, f"公告 {WORDS}")
    await talk.whisper(BOSS, "设置 公告拟稿 支委")
    assert "回复「确认」公开" in await talk.whisper(ORGANISER, f"公告 {WORDS}")


async def test_what_is_withdrawn_need_not_be_decided(talk: Talk) -> None:
    await strict(talk)
    await publish(talk)
    await talk.whisper(EDITOR, "撤回 1 先不发了")
    await talk.whisper(EDITOR, "确认")
    assert await talk.whisper(ORGANISER, "同意") == "现在没有等您决定的事。"
    assert ("member:2", "withdraw", "先不发了") in await steps(talk)


async def test_a_change_of_what_is_out_waits_and_the_old_words_stand(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await talk.say(MEMBER, "收到")
    await talk.whisper(EDITOR, "公告改 1 周五下午4点在三楼开会")
    assert await talk.whisper(EDITOR, "确认") == ("公告 1 的改动已交去审核,通过后重新发布;在那以前原来的一版照旧。")
    assert await stand(talk) == (State.PUBLISHED, 1)
    assert "已登记收到公告 1" in await talk.whisper(BOSS, "收到")
    await talk.whisper(BOSS, "退回 1 时间没变")
    assert await stand(talk) == (State.PUBLISHED, 1)
    await talk.whisper(EDITOR, "公告改 1 周五下午5点在三楼开会")
    await talk.whisper(EDITOR, "确认")
    assert "改动:\n- 周五下午3点" in (await told(talk, BOSS))[-1]
    await talk.whisper(BOSS, "同意 1")
    assert await stand(talk) == (State.PUBLISHED, 2)
    assert (await queued(talk))[-1][1].startswith("【公告 1】(第 2 版)\n周五下午5点")
    assert [version for version, _, _ in await receipts(talk)] == [1, 1]


# -- drafts


async def test_kept_as_a_draft_and_published_later(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"公告 {WORDS}")
    assert "已存为草稿。要公开发「公开 1」" in await talk.whisper(EDITOR, "存草稿")
    assert await queued(talk) == []
    assert "(会议活动,草稿)" in await talk.whisper(EDITOR, "公告 1")
    assert await talk.whisper(EDITOR, "公开 1") == "公告 1 已公开。发「回执 1」看谁收到了。"
    assert len(await queued(talk)) == 1
    assert "已经公开,不能公开" in await talk.whisper(EDITOR, "公开 1")


# -- 撤销


async def test_undoing_what_was_just_published(talk: Talk) -> None:
    talk.telephone.allows = True
    await publish(talk)
    await arrive(talk)
    assert await undo(talk, EDITOR) == (
        "撤销「公告 1」(11月24日(周二)9:00)?\n回复「确认」或「取消」。\n已撤销「公告 1」。"
    )
    await recall_withdrawn(talk.app)
    assert talk.telephone.recalled == ["900"]
    assert await stand(talk) == (State.WITHDRAWN, 1)
    await recall_withdrawn(talk.app)
    assert talk.telephone.recalled == ["900"]


async def test_the_editors_hear_of_what_the_platform_does_not_recall(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk)
    await undo(talk, EDITOR)
    await recall_withdrawn(talk.app)
    await recall_withdrawn(talk.app)
    assert await told(talk, EDITOR) == ["公告 1 已撤回,但有 1 条消息平台不让撤(多半超过了时限),请管理员在群里删。"]


async def test_undoing_a_change(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(EDITOR, "公告改 1 周五下午4点开会")
    await talk.whisper(EDITOR, "确认")
    assert "已撤销「改公告 1」" in await undo(talk, EDITOR)
    assert await stand(talk) == (State.PUBLISHED, 3)
    assert WORDS in (await queued(talk))[-1][1]


async def test_undoing_a_change_that_waits(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await talk.whisper(EDITOR, "公告改 1 周五下午4点开会")
    await talk.whisper(EDITOR, "确认")
    assert "已撤销「改公告 1」" in await undo(talk, EDITOR)
    assert await talk.whisper(BOSS, "同意") == "现在没有等您决定的事。"
    assert await stand(talk) == (State.PUBLISHED, 1)


async def test_undoing_a_return_and_an_approval(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await talk.whisper(EDITOR, f"公告 定时 明天8点 {WORDS}")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(BOSS, "退回 1 再想想")
    assert "已撤销「退回公告 1」" in await undo(talk, BOSS)
    assert await stand(talk) == (State.APPROVING, 1)
    assert (await told(talk, EDITOR))[-1] == "刚才的决定撤销了,要再等一等。"
    assert await talk.whisper(BOSS, "同意 1") == "已同意公告 1,到时间会自动公开。"
    assert "已撤销「同意公告 1」" in await undo(talk, BOSS)
    await talk.whisper(BOSS, "同意 1")
    talk.app.clock.set(china("2026-11-25 08:00"))  # type: ignore[attr-defined]
    await publish_what_is_due(talk.app)
    assert "已经公开或改过,撤销不了" in await undo(talk, BOSS)


async def test_undoing_a_withdrawal_before_anybody_saw_it(talk: Talk) -> None:
    await talk.whisper(EDITOR, f"公告 定时 明天8点 {WORDS}")
    await talk.whisper(EDITOR, "确认")
    await talk.whisper(EDITOR, "撤回 1")
    await talk.whisper(EDITOR, "确认")
    assert "已撤销「撤回公告 1」" in await undo(talk, EDITOR)
    assert await stand(talk) == (State.SCHEDULED, 1)


async def test_what_was_withdrawn_in_the_night_and_is_made_public_after_all_goes_out(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await publish(talk)
    before = await queued(talk, "group")
    await talk.whisper(EDITOR, "撤回 1")
    await talk.whisper(EDITOR, "确认")
    assert await queued(talk, "group") == []
    assert "已撤销「撤回公告 1」" in await undo(talk, EDITOR)
    await talk.whisper(EDITOR, "公开 1")
    assert await queued(talk, "group") == before
    assert await stand(talk) == (State.PUBLISHED, 1)


async def test_what_has_not_left_yet_is_not_filed_but_withdrawn(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await publish(talk)
    before = await queued(talk, "group")
    assert await talk.whisper(EDITOR, "归档 1") == "公告 1 还没发出去,不用归档。不发了请发「撤回 1」。"
    assert (await queued(talk, "group"), await stand(talk)) == (before, (State.PUBLISHED, 1))


async def test_undoing_reminders_that_wait_for_the_morning(talk: Talk) -> None:
    await publish(talk)
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    await talk.whisper(EDITOR, "催收 1")
    assert "已安排提醒 3 人,11月25日(周三)7:30发出" in await talk.whisper(EDITOR, "确认")
    assert len(await queued(talk, "private")) == 3
    assert "已撤销「催收公告 1」" in await undo(talk, EDITOR)
    assert await queued(talk, "private") == []
    await talk.whisper(EDITOR, "催收 1")
    assert "已安排提醒 3 人" in await talk.whisper(EDITOR, "确认")
    assert len(await queued(talk, "private")) == 3


async def test_undoing_a_template(talk: Talk) -> None:
    await talk.whisper(EDITOR, "公告模板 新建 停水 {时间}停水")
    await talk.whisper(EDITOR, "公告模板 删除 停水")
    assert "已撤销「删模板 停水」" in await undo(talk, EDITOR)
    assert "(1/1)时间?" in await talk.whisper(EDITOR, "公告模板 停水")
    await talk.whisper(EDITOR, "取消")
    assert "已撤销「存模板 停水」" in await undo(talk, EDITOR)
    assert "没有模板" in await talk.whisper(EDITOR, "公告模板 停水")


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_withdrawn_in_the_moment_in_which_it_is_due(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is being withdrawn isn't published by the clock, nor approved, by whoever read it a moment earlier."""
    await talk.whisper(EDITOR, f"公告 定时 明天8点 {WORDS}")
    await talk.whisper(EDITOR, "确认")
    talk.app.clock.set(china("2026-11-25 08:00"))  # type: ignore[attr-defined]
    await talk.whisper(EDITOR, "撤回 1")
    check = drafting.check

    async def late(uow: UnitOfWork, actor: Actor, notice: Notice, step: Step) -> State:
        await publish_what_is_due(talk.app)
        return await check(uow, actor, notice, step)

    monkeypatch.setattr(drafting, "check", late)
    await talk.whisper(EDITOR, "确认")
    assert (await stand(talk))[0] == State.WITHDRAWN
    assert [where for where, _ in await talk.enqueued() if where.startswith("group")] == []


# -- the end


async def test_filed_by_itself_when_it_is_old(talk: Talk) -> None:
    await publish(talk)
    talk.app.clock.set(china("2026-12-24 08:55"))  # type: ignore[attr-defined]
    await close_old(talk.app)
    assert (await stand(talk))[0] == State.PUBLISHED
    talk.app.clock.set(china("2026-12-24 09:05"))  # type: ignore[attr-defined]
    await talk.whisper(BOSS, "设置 公告归档 0")
    await close_old(talk.app)
    assert (await stand(talk))[0] == State.PUBLISHED
    await talk.whisper(BOSS, "设置 公告归档 30天")
    await close_old(talk.app)
    assert (await stand(talk))[0] == State.CLOSED
    assert (await steps(talk))[-1] == ("bot", "close", "")


async def test_what_nobody_saw_is_in_no_ledger(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 22:00"))  # type: ignore[attr-defined]
    assert "安静时段过后" in await publish(talk)
    await talk.whisper(EDITOR, "撤回 1")
    await talk.whisper(EDITOR, "确认")
    assert "台账里没有" in await talk.whisper(MEMBER, "党务公开")


async def test_a_secretary_in_a_group_of_the_branch_speaks_for_the_branch(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=1, kind="党小组", name="一组", path="/1/2/", created_at=uow.now))
        await uow.session.flush()
        (await uow.session.get_one(Member, 1)).branch_id = 2
        uow.session.add(Member(id=9, branch_id=2, name="钱组员", joined_on=uow.now.date(), created_at=uow.now))
        await uow.session.flush()
        uow.session.add(MemberAccount(member_id=9, platform="onebot11", user_id="109", bound_at=uow.now))
    assert "已公开" in await publish(talk, user=BOSS)
    assert "已登记" in await talk.whisper(109, "收到")
    assert "1/5" in await talk.whisper(BOSS, "回执 1")
    assert WORDS[:9] in await talk.whisper(109, "党务公开")
    await talk.whisper(109, "意见 学习时间太晚")
    assert "学习时间太晚" in await talk.whisper(BOSS, "意见箱 1")
    assert await talk.whisper(BOSS, "回复意见 1 好") == "回复已转给写的人。"
