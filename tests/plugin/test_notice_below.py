"""A 党委 with three 支部: one with a group, one with a group and a 党小组, one without any. One notice reaches all."""

import pytest
from sqlalchemy import select

from bot.branch.models import Branch, ChatGroup, Member, MemberAccount, Role, RoleGrant
from bot.notice.models import Notice, NoticeReceipt
from plugins.notice.clockwork import pin_notices
from tests.plugin.talk import Talk, reply
from tests.plugin.test_notice import arrive, queued
from tests.unit.study.house import china

HEAD, SECOND, THIRD = 501, 502, 503
"""书记 of the 党委, 书记 of 二支部, a member of 三支部 (no group)."""
PLAIN = 504
"""A member of 二支部's 党小组."""
WORDS = "全街道党员周六上午参加义务植树"


@pytest.fixture(autouse=True)
async def committee(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    async with talk.app.database.unit_of_work() as uow:
        add = uow.session.add

        async def branch(i: int, parent: int | None, kind: str, name: str, path: str) -> None:
            add(Branch(id=i, parent_id=parent, kind=kind, name=name, path=path, created_at=uow.now))
            await uow.session.flush()

        await branch(20, None, "党委", "红旗街道党委", "/20/")
        await branch(21, 20, "支部", "二支部", "/20/21/")
        await branch(22, 20, "支部", "三支部", "/20/22/")
        await branch(23, 21, "党小组", "一组", "/20/21/23/")
        for i, at, name, user in (
            (51, 20, "钱书记", HEAD), (52, 21, "孙书记", SECOND), (53, 22, "周无群", THIRD), (54, 23, "吴组员", PLAIN),
            (55, 22, "郑无号", None), (56, 21, "冯二", 506),
        ):  # fmt: skip
            add(Member(id=i, branch_id=at, name=name, joined_on=uow.now.date(), created_at=uow.now))
            await uow.session.flush()
            if user is not None:
                add(MemberAccount(member_id=i, platform="onebot11", user_id=str(user), via="1", bound_at=uow.now))
        add(ChatGroup(branch_id=21, platform="onebot11", account="1", group_id="21", created_at=uow.now))
        add(RoleGrant(branch_id=20, member_id=51, role=Role.SECRETARY, granted_at=uow.now))
        add(RoleGrant(branch_id=21, member_id=52, role=Role.SECRETARY, granted_at=uow.now))


async def publish(talk: Talk, words: str = WORDS, user: int = HEAD) -> str:
    assert "发到本级和所有下级" in await talk.whisper(user, f"公告 到下级 {words}")
    return await talk.whisper(user, "确认")


async def test_everybody_below_is_reached_in_their_group_or_privately(talk: Talk) -> None:
    assert await publish(talk) == (
        "公告 1 已公开。有 1 人所在支部没有群、也没绑定账号,通知不到。发「回执 1」看谁收到了。"
    )
    text = f"【公告 1】红旗街道党委\n{WORDS}\n看到请回复「收到」。"
    assert await queued(talk) == [("21", text)]
    assert await queued(talk, "private") == [(str(HEAD), text), (str(THIRD), text)]


async def test_one_roll_up_and_a_look_into_each_branch(talk: Talk) -> None:
    await publish(talk)
    await talk.say(PLAIN, "收到", group=21)
    await talk.say(506, "收到", group=21)
    await talk.whisper(THIRD, "收到")
    whole = await talk.whisper(HEAD, "回执 1")
    assert whole.splitlines()[:4] == [
        "公告 1「全街道党员周六上午参加义务植树」:3/6,还差 3 人。", "红旗街道党委 0/1", "二支部 2/3", "三支部 1/2",
    ]  # fmt: skip
    inside = await talk.whisper(HEAD, "回执 1 二支部")
    assert inside.splitlines()[:3] == [
        "公告 1「全街道党员周六上午参加义务植树」:2/3,还差 1 人。", "二支部 1/2", "一组 1/1",
    ]  # fmt: skip
    assert "没找到「四支部」" in await talk.whisper(HEAD, "回执 1 四支部")


async def test_the_branch_below_sees_and_reminds_its_own(talk: Talk) -> None:
    await publish(talk)
    mine = await talk.whisper(SECOND, "回执 1")
    assert "0/3,还差 3 人" in mine and "未收到:孙书记、冯二、吴组员" in mine and "周无群" not in mine
    assert "私下提醒 3 人" in await talk.whisper(SECOND, "催收 1")
    assert "已安排提醒 3 人" in await talk.whisper(SECOND, "确认")
    assert "没有公告 1" in await talk.whisper(SECOND, "撤回 1")


async def test_the_same_number_of_two_branches_is_asked_about(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(SECOND, "公告 本支部周五开会")
    await talk.whisper(SECOND, "确认")
    assert await talk.say(506, "收到 1", group=21) == (
        "收到的是哪一条?回复编号:\n1. 全街道党员周六上午参加义务植树\n2. 本支部周五开会"
    )
    await talk.say(506, "2", group=21)
    async with talk.app.database.reading() as uow:
        confirmed = select(Notice.branch_id).join(NoticeReceipt, NoticeReceipt.notice_id == Notice.id)
        assert (await uow.session.scalars(confirmed)).all() == [21]


async def test_reminders_reach_the_branches_below(talk: Talk) -> None:
    await publish(talk)
    await talk.whisper(HEAD, "催收 1")
    assert await talk.whisper(HEAD, "确认") == "已安排提醒 5 人。另有 1 人请假或没有绑定账号。"


async def test_without_any_group_below_nothing_is_published(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        for group in await uow.session.scalars(select(ChatGroup).where(ChatGroup.branch_id == 21)):
            await uow.session.delete(group)
    assert "还没有绑定群" in await publish(talk)


async def test_a_pin_waits_for_all_groups(talk: Talk) -> None:
    talk.telephone.allows = True
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(ChatGroup(branch_id=20, platform="onebot11", account="1", group_id="20", created_at=uow.now))
    await publish(talk, f"精华 {WORDS}")
    await pin_notices(talk.app)
    assert talk.telephone.pinned == []
    await arrive(talk, "700")
    await pin_notices(talk.app)
    await pin_notices(talk.app)
    assert [message for message, _, _ in talk.telephone.pinned] == ["700", "700"]


async def test_a_reply_to_one_s_private_copy_confirms(talk: Talk) -> None:
    await publish(talk)
    await arrive(talk, "800", kind="private")
    assert "已登记" in await talk.whisper(THIRD, reply(800), "收到")
