"""任命, 免去, 设置 and 撤销, as a secretary types them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.branch.models import AuditEntry, Branch, BranchSetting, ChatGroup, Member, Role, RoleGrant
from bot.branch.rules import SETTINGS
from bot.core.clock import ShiftableClock
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, SUPERUSER
from tests.plugin.talk import ACCOUNT, Talk, at

BEFORE = {(1, 1, "书记"), (1, 2, "宣传委员")}


async def offices(talk: Talk) -> set[tuple[int, int, str]]:
    async with talk.app.database.reading() as uow:
        return {(row.branch_id, row.member_id, row.role) for row in await uow.session.scalars(select(RoleGrant))}


async def own_settings(talk: Talk) -> dict[tuple[int, str], str]:
    async with talk.app.database.reading() as uow:
        return {(row.branch_id, row.key): row.value for row in await uow.session.scalars(select(BranchSetting))}


async def audited(talk: Talk) -> list[str]:
    async with talk.app.database.reading() as uow:
        return list(await uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize("said", ["任命 张三 组织委员", "任命张三为组织委员"])
async def test_appointing(talk: Talk, said: str) -> None:
    assert await talk.whisper(BOSS, said) == "张三现在是「第一支部」的组织委员。"
    assert await offices(talk) == BEFORE | {(1, 3, "组织委员")}
    assert await talk.enqueued() == [(f"private {MEMBER}", "您现在是「第一支部」的组织委员。发「帮助」看能做什么。")]
    assert await talk.whisper(BOSS, said) == "张三已经是「第一支部」的组织委员了。"
    assert await audited(talk) == ["role.grant"]


async def test_by_mention_and_beside_another(talk: Talk) -> None:
    assert await talk.say(BOSS, "/任命 ", at(MEMBER), " 宣传委员") == (
        "张三现在是「第一支部」的宣传委员。李秀英仍是宣传委员,要免去发「免去 李秀英 宣传委员」。"
    )
    assert "请他在群里发「绑定 赵德福」" in await talk.whisper(BOSS, "任命 赵德福 纪检委员")


async def test_a_secretary_is_appointed_after_confirming(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "任命 张三 书记") == (
        "任命张三为「第一支部」的书记?\n现在的书记是王建国,不会自动免去。\n回复「确认」或「取消」。"
    )
    assert await offices(talk) == BEFORE
    assert await talk.whisper(BOSS, "确认") == "张三现在是「第一支部」的书记。"
    assert await offices(talk) == BEFORE | {(1, 3, "书记")}


async def test_a_deputy_makes_no_secretary(talk: Talk) -> None:
    await talk.whisper(BOSS, "任命 李秀英 副书记")
    assert await talk.whisper(EDITOR, "任命 张三 书记") == "「第一支部」的书记由书记或上级任免。"
    assert await talk.whisper(EDITOR, "免去 王建国 书记") == "「第一支部」的书记由书记或上级任免。"
    assert "组织委员" in await talk.whisper(EDITOR, "任命 张三 组织委员")
    assert await audited(talk) == ["role.grant", "refused", "refused", "role.grant"]


@pytest.mark.parametrize(
    ("user", "said", "answer"),
    [
        (EDITOR, "任命 张三 组织委员", "由书记使用"),
        (MEMBER, "免去 李秀英", "由书记使用"),
        (BOSS, "任命 张三", "请写姓名和职务"),
        (BOSS, "任命 张三 后勤委员", "请写姓名和职务"),
        (BOSS, "任命 李四 组织委员", "名册上没有「李四」"),
        (BOSS, "任命 组织委员", "请写上姓名"),
        (BOSS, "任命 张三 党小组长", "还不在党小组里"),
        (BOSS, "免去 张三", "没有担任职务"),
        (BOSS, "免去 李秀英 书记", "没有担任书记"),
    ],
)
async def test_what_cannot_be_done_changes_nothing(talk: Talk, user: int, said: str, answer: str) -> None:
    assert answer in await talk.whisper(user, said)
    assert await offices(talk) == BEFORE


async def test_dismissing_and_taking_it_back(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "免去 李秀英") == "免去李秀英的「第一支部」宣传委员?\n回复「确认」或「取消」。"
    assert await talk.whisper(BOSS, "确认") == "已免去李秀英的「第一支部」宣传委员。免错了发「撤销」。"
    assert await offices(talk) == {(1, 1, "书记")}
    assert (await talk.enqueued())[0][0] == f"private {EDITOR}"
    assert await talk.whisper(BOSS, "撤销") == (
        "撤销「免去李秀英的宣传委员」(11月24日(周二)7:40)?\n回复「确认」或「取消」。"
    )
    assert await offices(talk) == {(1, 1, "书记")}
    assert await talk.whisper(BOSS, "确认") == "已撤销「免去李秀英的宣传委员」。"
    assert await offices(talk) == BEFORE
    assert await talk.whisper(BOSS, "撤销") == "最近 24 小时里没有可以撤销的操作。"
    assert await audited(talk) == ["role.revoke", "undo"]


async def test_the_last_secretary_is_warned_about(talk: Talk) -> None:
    assert "这样「第一支部」就没有书记了" in await talk.whisper(BOSS, "免去 王建国 书记")
    await talk.whisper(BOSS, "确认")
    assert await offices(talk) == {(1, 2, "宣传委员")}
    assert await talk.whisper(BOSS, "撤销") != ""
    assert await talk.whisper(BOSS, "确认") == "您的职务变了,这件事要由现任的书记来改。"
    assert await talk.say(SUPERUSER, "/任命 王建国 书记") != ""
    assert "王建国现在是" in await talk.say(SUPERUSER, "确认")


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_undo_goes_back_one_by_one_and_only_ones_own(talk: Talk, clock: ShiftableClock) -> None:
    await talk.whisper(BOSS, "任命 张三 组织委员")
    await talk.whisper(BOSS, "设置 学习期限 5天")
    assert await talk.whisper(EDITOR, "撤销") == "最近 24 小时里没有可以撤销的操作。"
    for said in ("设置 学习期限 5 天", "任命张三为组织委员"):
        assert f"撤销「{said}」" in await talk.whisper(BOSS, "撤销")
        assert await talk.whisper(BOSS, "确认") == f"已撤销「{said}」。"
    assert await offices(talk) == BEFORE
    assert await own_settings(talk) == {}
    await talk.whisper(BOSS, "设置 学习期限 5天")
    clock.set(clock.now() + timedelta(hours=25))
    assert await talk.whisper(BOSS, "撤销") == "最近 24 小时里没有可以撤销的操作。"


async def test_what_has_moved_on_is_not_undone(talk: Talk) -> None:
    await talk.whisper(BOSS, "设置 学习期限 5天")
    await talk.say(SUPERUSER, "/设置 学习期限 6天")
    await talk.whisper(BOSS, "撤销")
    assert "后来又改过,撤销不了" in await talk.whisper(BOSS, "确认")
    assert await own_settings(talk) == {(1, "deadline_days"): "6"}


async def test_settings(talk: Talk) -> None:
    shown = await talk.whisper(BOSS, "设置")
    assert shown.splitlines()[0] == "安静时段:21:30-07:30(默认)"
    assert len(shown.splitlines()) == len(SETTINGS) + 1
    assert await talk.whisper(BOSS, "设置 安静时段 22:00-7:00") == (
        "安静时段:21:30-07:30 → 22:00-07:00。改错了发「撤销」。"
    )
    assert await own_settings(talk) == {(1, "quiet_hours"): "22:00-07:00"}
    assert (await talk.whisper(BOSS, "设置")).splitlines()[0] == "安静时段:22:00-07:00(第一支部)"
    assert await talk.whisper(BOSS, "设置 党员学时") == (
        "党员学时:32 学时(默认)。党员一年的学时。\n"
        "默认 32 学时,依据:《中国共产党党员教育管理工作条例》(2019年5月)。\n改动发「设置 党员学时 32学时」。"
    )
    assert await talk.whisper(BOSS, "设置 安静时段 默认") == "安静时段:22:00-07:00 → 21:30-07:30。改错了发「撤销」。"
    assert await own_settings(talk) == {}
    assert await audited(talk) == ["setting", "setting"]


@pytest.mark.parametrize(
    ("user", "said", "answer"),
    [
        (EDITOR, "设置 学习期限 5天", "由书记使用"),
        (BOSS, "设置 学习期限 500天", "1 到 60 的整数"),
        (BOSS, "设置 午饭 开", "没有这项设置"),
        (BOSS, "设置 群里公布名单 随便", "只能是开或关"),
        (BOSS, "设置 学习期限 3天", ""),
    ],
)
async def test_bad_settings_change_nothing(talk: Talk, user: int, said: str, answer: str) -> None:
    assert answer in await talk.whisper(user, said)
    assert set((await own_settings(talk)).values()) <= {"3"}


async def test_a_secretary_of_one_branch_has_no_say_in_another(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=None, kind="支部", name="二支部", path="/2/", created_at=uow.now))
        await uow.session.flush()
        uow.session.add(ChatGroup(branch_id=2, platform="onebot11", account=ACCOUNT, group_id="22", created_at=uow.now))
        day = uow.now.date()
        uow.session.add(Member(id=9, branch_id=2, name="钱五", kind="正式党员", joined_on=day, created_at=uow.now))
        await uow.session.flush()
        uow.session.add(RoleGrant(branch_id=2, member_id=9, role=Role.ORGANISER, granted_at=uow.now))
    for said in ("/任命 钱五 书记", "/免去 钱五", "/设置 学习期限 9天"):
        assert "您不在这个支部的名册上" in await talk.say(BOSS, said, group=22)
    assert "名册上没有「钱五」" in await talk.whisper(BOSS, "任命 钱五 书记")
    assert await offices(talk) == BEFORE | {(2, 9, "组织委员")}
    assert await own_settings(talk) == {}
    assert await audited(talk) == ["refused"] * 3
