"""What only a leader may decide: a clash of 绑定 is put to them, and nothing changes before they have agreed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.branch import requests
from bot.branch.models import AuditEntry, Branch, MemberAccount, Request, Role, RoleGrant
from bot.core.clock import ShiftableClock
from bot.delivery.models import OutboxRow
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import Talk

ASKED = "已请书记确认,有结果会告诉您。"
PUT = "李四(QQ 尾号 777)想绑定「张三」,而张三已绑定别的账号。\n回复「同意 1」或「不同意 1 理由」。"


async def bound(talk: Talk) -> dict[str, int]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.execute(select(MemberAccount.user_id, MemberAccount.member_id))
        return {user_id: member_id for user_id, member_id in rows}  # noqa: C416


async def state(talk: Talk) -> list[tuple[int, str, str, str]]:
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(Request).order_by(Request.id))
        return [(row.no, row.state, row.decided_by, row.reason) for row in rows]


BEFORE = {str(BOSS): 1, str(EDITOR): 2, str(MEMBER): 3}


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_a_clash_goes_to_the_secretary(talk: Talk) -> None:
    assert await talk.say(STRANGER, "/绑定 张三", card="李四") == ASKED
    assert await talk.enqueued() == [(f"private {BOSS}", PUT)]
    assert await bound(talk) == BEFORE
    assert await talk.whisper(BOSS, "同意 1") == "已把李四绑定为张三。"
    assert await bound(talk) == {str(BOSS): 1, str(EDITOR): 2, str(STRANGER): 3}
    assert (await talk.enqueued())[1:] == [("group 9", "@李四 \n绑定好了,张三。看完材料回复「已学」就行。")]
    assert await state(talk) == [(1, "agreed", "member:1", "")]
    async with talk.app.database.reading() as uow:
        actions = list(await uow.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["request.bind", "roster.bind", "request.agreed"]
    assert "没有等您决定的 1 号" in await talk.whisper(BOSS, "同意 1")


async def test_refused(talk: Talk) -> None:
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    assert await talk.whisper(BOSS, "不同意 1 不是本人") == "好的,没有绑定「张三」。"
    assert await bound(talk) == BEFORE
    assert (await talk.enqueued())[1:] == [("group 9", "@李四 \n绑定没有通过,请和书记联系。")]
    assert await state(talk) == [(1, "refused", "member:1", "不是本人")]


async def test_asking_again_tells_nobody_twice(talk: Talk) -> None:
    for _ in range(3):
        assert await talk.say(STRANGER, "/绑定 张三", card="李四") == ASKED
    assert len(await talk.enqueued()) == 1
    assert len(await state(talk)) == 1


async def test_nobody_takes_an_office_by_typing_a_name(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        accounts = await uow.session.scalars(select(MemberAccount).where(MemberAccount.member_id == 1))
        await uow.session.delete(accounts.one())
    assert await talk.say(STRANGER, "/绑定 王建国", card="王建国") == ASKED
    assert str(STRANGER) not in await bound(talk)
    assert await talk.enqueued() == [
        (
            f"private {SUPERUSER}",
            "王建国(QQ 尾号 777)想绑定「王建国」,而王建国担任书记。\n回复「同意 1」或「不同意 1 理由」。",
        )
    ]
    assert await talk.whisper(SUPERUSER, "同意1") == "已把王建国绑定为王建国。"
    assert (await bound(talk))[str(STRANGER)] == 1


@pytest.mark.parametrize(("user", "told"), [(EDITOR, "1 号由书记、副书记来决定"), (MEMBER, "「同意」由支委使用")])
async def test_only_leaders_decide(talk: Talk, user: int, told: str) -> None:
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    assert told in await talk.whisper(user, "同意 1")
    assert await bound(talk) == BEFORE


async def test_the_secretary_of_another_branch_decides_nothing(talk: Talk) -> None:
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=None, kind="支部", name="二支部", path="/2/", created_at=uow.now))
        await uow.session.flush()
        request = await uow.session.get_one(Request, 1)
        request.branch_id = 2
    assert "没有等您决定的 1 号" in await talk.whisper(BOSS, "同意 1")
    assert (await state(talk))[0][1] == "open"


async def test_the_list_and_an_answer_by_reply(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "同意") == "现在没有等您决定的事。"
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    await talk.say(778, "/绑定 李秀英", card="小李")
    listed = await talk.hear(BOSS, "/同意")
    assert listed[0] == (
        f"private {BOSS}",
        "1:李四(QQ 尾号 777)想绑定「张三」,而张三已绑定别的账号\n"
        "2:小李(QQ 尾号 778)想绑定「李秀英」,而李秀英已绑定别的账号\n回复「同意 1」或「不同意 1 理由」。",
    )
    async with talk.app.database.unit_of_work() as uow:
        row = (await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1))).one()
        row.message_id, row.state = "900", "sent"
    reply = {"type": "reply", "data": {"id": "900"}}
    assert await talk.whisper(BOSS, reply, "同意") == "已把小李绑定为李秀英。"
    assert [row[1] for row in await state(talk)] == ["open", "agreed"]


async def test_a_notice_is_decided_by_its_own_number(talk: Talk) -> None:
    """Which another request may have as well: it is asked, and a reply says it without asking."""
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    await talk.whisper(BOSS, "设置 公告审批 开")
    await talk.whisper(EDITOR, "公告 周五下午3点开支部党员大会")
    await talk.whisper(EDITOR, "确认")
    assert (await talk.enqueued())[-1][1].endswith("回复「同意 1」或「不同意 1 理由」。")
    asked = await talk.whisper(BOSS, "同意 1")
    assert "有几件都是 1 号" in asked and "1. 李四" in asked and "2. 李秀英请您同意公开公告 1" in asked
    assert await talk.whisper(BOSS, "2") == "已同意公告 1,已公开。"
    async with talk.app.database.unit_of_work() as uow:
        for row in await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id)):
            row.message_id, row.state = str(900 + row.id), "sent"
        rows = await uow.session.scalars(select(OutboxRow).where(OutboxRow.origin == "branch.request:2"))
        about_notice = {"type": "reply", "data": {"id": rows.first().message_id}}  # type: ignore[union-attr]
    assert await talk.whisper(BOSS, about_notice, "同意") == "这件事已经处理过了。"  # not the other one of this number
    assert await talk.whisper(BOSS, "同意 1") == "已把李四绑定为张三。"


async def test_two_branches_with_one_number(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        for branch_id in (2, 3):
            uow.session.add(
                Branch(id=branch_id, parent_id=1, kind="党小组", name=f"{branch_id}组", path=f"/1/{branch_id}/",
                       created_at=uow.now)
            )  # fmt: skip
        await uow.session.flush()
        for branch_id in (2, 3):
            uow.session.add(
                Request(branch_id=branch_id, no=4, kind="bind", payload='{"member": 4}', said=f"{branch_id}组的事",
                        platform="onebot11", account="1", user_id=str(branch_id), state="open", created_at=uow.now)
            )  # fmt: skip
    assert "有几件都是 4 号" in await talk.whisper(BOSS, "不同意 4")
    assert await talk.whisper(BOSS, "2") == "好的,没有绑定「赵德福」。"
    assert [row[1] for row in await state(talk)] == ["open", "refused"]


@pytest.mark.parametrize("said", ["同意 一", "不同意 张三", "同意 99999999"])
async def test_what_is_no_number(talk: Talk, said: str) -> None:
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    assert "请写编号" in await talk.whisper(BOSS, said)


async def test_agreeing_to_what_has_become_impossible(talk: Talk) -> None:
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    await talk.whisper(BOSS, "移除 张三")
    await talk.whisper(BOSS, "确认")
    assert "已经不在名册上了" in await talk.whisper(BOSS, "同意 1")
    assert (await state(talk))[0][1] == "open"
    assert str(STRANGER) not in await bound(talk)


async def test_leaders_sleep(talk: Talk, clock: ShiftableClock) -> None:
    clock.set(clock.now() + timedelta(hours=15))
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    async with talk.app.database.reading() as uow:
        row = (await uow.session.scalars(select(OutboxRow))).one()
        assert row.due_at.isoformat() == "2026-11-24T23:30:00+00:00"


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_two_who_decide_at_once(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """王建国 and 李秀英 answer in the same moment: the first one's word stands, the other hears of it."""
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(RoleGrant(branch_id=1, member_id=2, role=Role.DEPUTY, granted_at=uow.now))
    await talk.say(STRANGER, "/绑定 张三", card="李四")
    both, look = asyncio.Barrier(2), requests.open_for

    async def together(*what: Any) -> list[Request]:
        found = await look(*what)
        await both.wait()
        return found

    monkeypatch.setattr(requests, "open_for", together)
    said = await asyncio.gather(talk.whisper(BOSS, "同意 1"), talk.whisper(EDITOR, "不同意 1 不是本人"))
    assert "1 号刚刚有人处理过了" in "".join(said)
    told = [text for where, text in await talk.enqueued() if where == "group 9"]
    assert len(told) == 1
    agreed = (await state(talk))[0][1] == "agreed"
    assert (await bound(talk) == BEFORE, "没有通过" in told[0]) == (not agreed, not agreed)
