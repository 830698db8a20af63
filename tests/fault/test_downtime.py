"""Case 26: what was said while the bot was down is read in the history: each check-in once, a gap is told."""

import asyncio
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery.models import HeardRow
from bot.notice.models import Notice
from bot.simulator.simulator import Simulator
from bot.study.models import Completion, Method
from tests.process import PATIENCE

from .house import EVERYBODY, GROUP, House, acknowledged, answered, reactions
from .test_records import completions

BOSS, DOWN = EVERYBODY[0], 20 * 60


async def go_down(house: House, sim: Simulator) -> None:
    """Killed, and for twenty minutes already: what was said before then is older."""
    await heard(house)
    house.bot.kill()
    async with house.database.unit_of_work() as uow:
        await uow.session.execute(update(HeardRow).values(until=uow.now - timedelta(seconds=DOWN)))
    for message in sim.world.messages.values():
        message.time -= DOWN + 60


async def heard(house: House) -> None:
    """Wait until it is noted how far the account has heard."""
    for _ in range(int(PATIENCE / 0.05)):
        async with house.database.reading() as uow:
            if (await uow.session.scalars(select(HeardRow.until))).all():
                return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing is noted")


async def come_back(house: House, sim: Simulator) -> None:
    await house.bot.start()
    await sim.ready()


def in_group(sim: Simulator) -> list[str]:
    return [sent.text for sent in sim.sent if sent.group_id == GROUP]


async def test_what_was_said_meanwhile_counts_once(house: House) -> None:
    sim = await house.open()
    await house.asked(sim, BOSS, "公告 周五下午3点在二楼会议室开会", "确认")
    await house.asked(sim, BOSS, "确认", "公告 1 已公开")
    await acknowledged(sim, before := await sim.say(GROUP, BOSS, "已学"))
    await go_down(house, sim)

    said = [await sim.say(GROUP, user, "已学") for user in EVERYBODY[1:]]
    at = int(time.time()) - 600
    sim.world.messages[said[0]].time = at
    receipt = await sim.say(GROUP, EVERYBODY[5], "收到 1")
    for chatter in ("早上好", "/统计", "学完了这条街的管道终于要修了"):
        await sim.say(GROUP, BOSS, chatter)
    await come_back(house, sim)
    for message in (*said, receipt):
        await acknowledged(sim, message)
    [told] = await answered(sim, lambda: in_group(sim), "已补录")
    assert "机器人不在线,这段时间的打卡和「收到」11 条已补录。" in told

    async with house.database.reading() as uow:
        theirs = select(Completion.at, Completion.method).where(Completion.method == Method.HISTORY)
        found = (await uow.session.execute(theirs.order_by(Completion.at))).all()
        assert (await uow.session.scalars(select(Notice.no))).all() == [1]
    assert [method for _, method in found] == [Method.HISTORY] * 10
    assert found[0].at.timestamp() == at
    assert reactions(sim, before) == 1
    assert not [text for text in in_group(sim) if "统计" in text]

    house.bot.kill()
    async with house.database.unit_of_work() as uow:  # as if it hadn't been noted yet that these were heard
        await uow.session.execute(update(HeardRow).values(until=uow.now - timedelta(seconds=DOWN)))
    await come_back(house, sim)
    await answered(sim, lambda: in_group(sim), "已补录", most=2)
    await acknowledged(sim, await sim.say(GROUP, BOSS, "收到 1"))
    assert await completions(house) == 11
    assert not [sent.text for sent in sim.sent if "登记过" in sent.text]


async def test_what_was_a_slip_is_none(house: House) -> None:
    sim = await house.open()
    await go_down(house, sim)
    for text in ("已学", "点错了"):
        await sim.say(GROUP, EVERYBODY[3], text)
    meant = await sim.say(GROUP, EVERYBODY[4], "已学")
    await come_back(house, sim)
    await acknowledged(sim, meant)
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[5], "已学"))
    assert await completions(house, EVERYBODY[3]) == 0
    assert await completions(house) == 2


@pytest.mark.parametrize("history", ["empty", "failing"])
async def test_what_cannot_be_seen_is_told_to_who_leads(house: House, history: str) -> None:
    sim = await house.open()
    await go_down(house, sim)
    await sim.say(GROUP, EVERYBODY[4], "已学")
    sim.behaviour.history = "empty" if history == "empty" else "failing"
    await come_back(house, sim)
    [told] = await answered(sim, lambda: [sent.text for sent in sim.sent if sent.user_id == BOSS], "机器人不在线")
    assert "没能看全,可能漏了打卡" in told
    assert not [text for text in in_group(sim) if "不在线" in text]
    assert await completions(house) == 0


async def test_a_restart_is_no_absence(house: House) -> None:
    sim = await house.open()
    await heard(house)
    house.bot.kill()
    message = await sim.say(GROUP, EVERYBODY[4], "已学")
    await come_back(house, sim)
    await acknowledged(sim, message)
    assert not [sent.text for sent in sim.sent if "不在线" in sent.text]


async def test_a_clock_put_back_hides_nothing(house: House) -> None:
    """How far the account has heard lies in the future then; nobody knows how long it was away."""
    sim = await house.open()
    await go_down(house, sim)
    async with house.database.unit_of_work() as uow:
        await uow.session.execute(update(HeardRow).values(until=uow.now + timedelta(hours=1)))
    message = await sim.say(GROUP, EVERYBODY[4], "已学")
    await come_back(house, sim)
    await acknowledged(sim, message)
    assert await completions(house) == 1
    assert not [sent.text for sent in sim.sent if "不在线" in sent.text]


async def test_what_was_said_while_the_account_was_logged_out_counts(house: House) -> None:
    """The connection stays, but nothing comes by it."""
    sim = await house.open()
    await heard(house)
    sim.set_online(False, "被踢下线")
    await answered(sim, lambda: house.bot.written.splitlines(), "offline: account")
    message = await sim.say(GROUP, EVERYBODY[4], "已学")
    assert await completions(house) == 0
    sim.set_online(True)
    await acknowledged(sim, message)
    assert await completions(house) == 1
