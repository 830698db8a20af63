"""「已学」 as thumbs type it in the group: what is a claim, what isn't, and what the claimant hears."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.branch import counting
from bot.branch.models import Branch, Member, Role, RoleGrant, UndoStep
from bot.chat.acknowledge import Collector
from bot.chat.scene import Scene
from bot.delivery.models import OutboxRow, State
from bot.study import pushing, repository
from bot.study.models import Assignment, Completion, Material, Proof
from plugins.study import completing
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER
from tests.plugin.talk import Talk, reply
from tests.unit.study.house import china, material, settle


@pytest.fixture(autouse=True)
async def reading(talk: Talk) -> None:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    await push(talk, 1)


async def push(talk: Talk, no: int) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(material(1, no, uow.now))
        await uow.session.flush()
        found = (await uow.session.scalars(select(Material).where(Material.no == no))).one()
        await pushing.push(uow, 1, found)


async def done(talk: Talk) -> list[tuple[int, int]]:
    """(reading, member) of what is recorded."""
    async with talk.app.database.reading() as uow:
        rows = await uow.session.scalars(select(Completion).order_by(Completion.assignment_id, Completion.member_id))
        return [(row.assignment_id, row.member_id) for row in rows]


@pytest.mark.parametrize(
    "said",
    [
        "已学",
        "打咔",
        "学玩了",
        "😊已学❤️",
        "已 学",
        "已学!!!",
        "【已学】",
        "／已学",
        "已学1️⃣",
        "打卡#１",
        "我已经学完了",
        "看完啦~",
        "收到,已学!",
        "好的、已学",
    ],
)
async def test_a_claim_is_answered_by_an_emoji_alone(talk: Talk, said: str) -> None:
    assert await talk.hear(MEMBER, said) == []
    assert talk.telephone.reacted == [talk.last_id]
    assert await done(talk) == [(1, 3)]


@pytest.mark.parametrize(
    "said",
    ["还没学完", "收到了吗", "谁学完了", "学完了吗", "已学?", "收到", "1", "大家都学完了", "/哈哈", "已学了三篇"],
)
async def test_what_is_no_claim_is_not_heard(talk: Talk, said: str) -> None:
    assert await talk.hear(MEMBER, said) == []
    assert talk.telephone.reacted == []
    assert await done(talk) == []


async def test_a_repeat_is_said_to_the_claimant_alone(talk: Talk) -> None:
    await talk.say(MEMBER, "已学")
    assert await talk.hear(MEMBER, "打卡") == [(f"private {MEMBER}", "学习 1 之前已经登记过了,不用再发。")]
    talk.telephone.unreachable.add(str(MEMBER))
    assert await talk.hear(MEMBER, "打卡") == []
    assert len(talk.telephone.reacted) == 3
    assert await done(talk) == [(1, 3)]


async def test_of_several_one_is_chosen_by_its_number_however_written(talk: Talk) -> None:
    await push(talk, 2)
    await push(talk, 3)
    assert (
        await talk.say(MEMBER, "已学")
        == "学完的是哪一篇?回复编号,都学完了回复「全部」:\n1.《材料1》  2.《材料2》  3.《材料3》"
    )
    listed = "1. 《材料1》\n2. 《材料2》\n3. 《材料3》"
    assert await talk.whisper(BOSS, "已学") == f"学完的是哪一篇?回复编号,都学完了回复「全部」:\n{listed}"
    assert await talk.say(MEMBER, "7") == "没有「7」这一项。请回复1、2、3、全部中的一个,不选了回复「取消」。"
    assert await talk.say(BOSS, "7") == ""
    assert await done(talk) == []
    assert await talk.say(MEMBER, "第2篇") == ""
    assert await done(talk) == [(2, 3)]
    await talk.say(MEMBER, "已学")
    await talk.say(MEMBER, "学习 3")
    assert await done(talk) == [(2, 3), (3, 3)]


class ByHand(Collector[Scene]):
    """Says what it collected when it is told to."""

    def __init__(self) -> None:
        super().__init__(0)
        self._now = asyncio.Event()

    async def _flush(self, *what: Any) -> None:
        await self._now.wait()
        await super()._flush(*what)

    async def flush(self) -> None:
        self._now.set()
        await asyncio.gather(*self._tasks)


async def test_several_who_are_asked_the_same_in_the_group_are_asked_together(talk: Talk) -> None:
    asking = talk.app.chat._askers = ByHand()
    await push(talk, 2)
    asked = "学完的是哪一篇?回复编号,都学完了回复「全部」:\n1. 《材料1》\n2. 《材料2》"
    assert await talk.hear(MEMBER, "已学") == [("group 9", asked)]
    assert (await talk.hear(BOSS, "已学"), await talk.hear(EDITOR, "学完了")) == ([], [])
    await asking.flush()
    together = f"@用户{BOSS} \n@用户{EDITOR} \n上面这个问题,也请您回复一个编号。"
    assert talk.telephone.said[1:] == [("group 9", together)]
    for who, answer in ((EDITOR, "2"), (BOSS, "1"), (MEMBER, "全部")):
        await talk.say(who, answer)
    assert await done(talk) == [(1, 1), (1, 3), (2, 2), (2, 3)]


async def test_who_has_answered_by_then_is_not_asked_again(talk: Talk) -> None:
    asking = talk.app.chat._askers = ByHand()
    await push(talk, 2)
    for who in (MEMBER, BOSS, EDITOR):
        await talk.say(who, "已学")
    await talk.say(BOSS, "1")
    await asking.flush()
    assert talk.telephone.said[1:] == [("group 9", f"@用户{EDITOR} \n上面这个问题,也请您回复一个编号。")]


async def test_all_of_them_at_once(talk: Talk) -> None:
    await push(talk, 2)
    await talk.say(MEMBER, "已学")
    assert await talk.say(MEMBER, "都学完了") == ""
    assert await done(talk) == [(1, 3), (2, 3)]
    await talk.whisper(BOSS, "已学")
    assert await talk.whisper(BOSS, "全部") == (
        "✅ 已登记学习 1《材料1》,现在 2/4 人完成。\n✅ 已登记学习 2《材料2》,现在 2/4 人完成。"
    )
    async with talk.app.database.reading() as uow:
        found = await uow.session.execute(select(Completion.member_id, Completion.method).distinct())
    assert {tuple(row) for row in found} == {(3, "phrase"), (1, "private")}


async def test_of_all_of_them_what_needs_more_is_said_privately_and_the_others_count(talk: Talk) -> None:
    for no in (2, 3):
        await push(talk, no)
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(Assignment).where(Assignment.no == 2).values(proof=Proof.PAGE))
    await talk.say(MEMBER, "已学")
    more = "学习 2 要凭阅读页完成,还没有登记:看到末尾把验证码发来(如「打卡 7F3K」)。"
    assert await talk.hear(MEMBER, "全部") == [(f"private {MEMBER}", more)]
    assert len(talk.telephone.reacted) == 1
    assert await done(talk) == [(1, 3), (3, 3)]


async def test_in_private_somebody_of_a_small_group_reads_with_the_branch(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=1, kind="党小组", name="一小组", path="/1/2/", created_at=uow.now))
        await uow.session.flush()
        (await uow.session.get_one(Member, 3)).branch_id = 2
    assert await talk.whisper(MEMBER, "补学") == (
        "还有这些没学:\n1. 《材料1》11月27日前\n发「补1」看全文,看完发「已学 编号」。"
    )
    assert await talk.whisper(MEMBER, "已学") == "✅ 已登记学习 1《材料1》,现在 1/4 人完成。"


async def in_a_branch_below(talk: Talk) -> None:
    """张三 is of a branch without a group of its own, which he leads: its people read in the group of the one above."""
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=1, kind="支部", name="二支部", path="/1/2/", created_at=uow.now))
        await uow.session.flush()
        (await uow.session.get_one(Member, 3)).branch_id = 2
        uow.session.add(RoleGrant(branch_id=2, member_id=3, role=Role.SECRETARY, granted_at=uow.now))


async def test_in_private_who_shares_the_group_of_the_branch_above_reads_there(talk: Talk) -> None:
    await in_a_branch_below(talk)
    assert "1. 《材料1》" in await talk.whisper(MEMBER, "补学")
    assert "第1篇。" in await talk.whisper(MEMBER, "全文 1")
    assert await talk.whisper(MEMBER, "已学 1") == "✅ 已登记学习 1《材料1》,现在 1/4 人完成。"
    assert await talk.whisper(MEMBER, "撤回打卡") == "已撤回学习 1 的打卡。撤错了发「撤销」。"
    assert "还没有推送过" in await talk.whisper(MEMBER, "谁还没学")


async def test_what_was_not_asked_is_not_confirmed(talk: Talk) -> None:
    assert await talk.whisper(BOSS, "确认") == (
        "现在没有等您确认的事。问过您的话 2 分钟没有回复就作废了,要做请再发一次。"
    )
    assert "没有等您取消的事" in await talk.whisper(BOSS, "取消")
    assert await talk.say(BOSS, "确认") == ""


async def test_the_emoji_that_completed_it_can_be_taken_off_again(talk: Talk) -> None:
    async with talk.app.database.unit_of_work() as uow:
        await uow.session.execute(update(OutboxRow).values(state=State.SENT, message_id="900"))
    await talk.react(completing.commands, MEMBER, "900", emoji="76")
    assert await done(talk) == [(1, 3)]
    await talk.react(completing.commands, MEMBER, "900", emoji="63")
    await talk.react(completing.commands, MEMBER, "900", emoji="63", off=True)
    assert await done(talk) == [(1, 3)]
    await talk.react(completing.commands, MEMBER, "900", emoji="76", off=True)
    assert await done(talk) == []
    await talk.say(MEMBER, reply(900), "已学")
    await talk.react(completing.commands, MEMBER, "900", emoji="76", off=True)
    assert await done(talk) == [(1, 3)]


async def test_what_an_answer_told_somebody_to_type_needs_no_stroke_before_it(talk: Talk) -> None:
    assert await talk.say(MEMBER, "撤销") == ""
    await talk.say(MEMBER, "已学")
    assert await talk.say(MEMBER, "点错了") == "已撤回学习 1 的打卡。撤错了发「撤销」。"
    assert await talk.say(BOSS, "撤销") == ""
    assert await talk.say(MEMBER, "撤销的事以后再说") == ""
    assert "撤销「撤回学习 1 的打卡」" in await talk.say(MEMBER, "撤销")
    assert "已撤销" in await talk.say(MEMBER, "确认")
    assert await done(talk) == [(1, 3)]
    await talk.say(MEMBER, "点错了")
    talk.app.clock.set(talk.app.clock.now() + timedelta(minutes=3))  # type: ignore[attr-defined]
    assert await talk.say(MEMBER, "撤销") == ""


async def test_numbers_and_replies_that_mean_nothing(talk: Talk) -> None:
    assert await talk.say(MEMBER, "打卡 9") == "没有学习 9。发「补学」看看有哪些。"
    assert await talk.say(MEMBER, reply(99), "已学") == ("没有登记:您回复的不是学习推送。看完材料直接发「已学」就行。")
    assert "还不认识您" in await talk.say(STRANGER, "已学")
    assert await talk.whisper(STRANGER, "已学") == ""
    assert await done(talk) == []


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_taken_back_twice_at_once_it_counts_once(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in (BOSS, MEMBER):
        await talk.whisper(user, "已学 1")
    both, look = asyncio.Barrier(2), repository.completions_of

    async def together(*what: Any) -> Sequence[Completion]:
        found = await look(*what)
        await both.wait()
        return found

    monkeypatch.setattr(repository, "completions_of", together)
    said = await asyncio.gather(*(talk.whisper(MEMBER, "撤回打卡") for _ in range(2)))
    assert "出了点问题" not in "".join(said)
    assert await done(talk) == [(1, 1)]
    async with talk.app.database.reading() as uow:
        assert (await uow.session.scalars(select(Assignment.done))).one() == 1
        assert len((await uow.session.scalars(select(UndoStep))).all()) == 1


@pytest.mark.parametrize("said", ["已学", "已学 1"])
async def test_an_answer_is_to_what_was_sent_wherever_its_reader_is_by_now(talk: Talk, said: str) -> None:
    await talk.whisper(BOSS, "催学")
    await talk.whisper(BOSS, "确认")
    async with talk.app.database.unit_of_work() as uow:
        own = OutboxRow.target_id == str(MEMBER)
        await uow.session.execute(update(OutboxRow).where(own).values(state=State.SENT, message_id="901"))
        await settle(uow, branch=2)
        await counting.move(uow, {await uow.session.get_one(Member, 3): 2})
        await pushing.push(uow, 2, await uow.session.get_one(Material, 2))
    assert await talk.whisper(MEMBER, reply(901), said) == "✅ 已登记学习 1《材料1》,现在 1/4 人完成。"
    assert await done(talk) == [(1, 3)]
    assert await talk.whisper(MEMBER, said) == "✅ 已登记学习 1《材料1》,现在 1/4 人完成。"
    assert await done(talk) == [(1, 3), (2, 3)]
