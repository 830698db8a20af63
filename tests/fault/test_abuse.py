"""People and programs that mean harm, or only press the wrong thing a thousand times."""

import asyncio
import json
import os
import random
from typing import Any

import pytest
from sqlalchemy import select, text
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.branch import setting_up
from bot.branch.actor import Actor
from bot.branch.models import AuditEntry
from bot.core.db import Base
from bot.simulator import events, sample
from bot.simulator.entities import Member
from bot.simulator.simulator import Simulator
from tests.process import SECRET, TOKEN

from . import rubbish
from .house import EVERYBODY, GROUP, House, acknowledged, answered

OPERATOR = "299999999"
"""A superuser who holds no office in any branch."""
OTHER_GROUP = 700000002
TEXT = "社区把网格建在楼栋里,党员在家门口亮身份、领任务,半年来解决停车、漏水、噪声等小事四百多件。"


async def refusals(house: House) -> list[tuple[str, int | None]]:
    """Who was refused what, as the audit log has it: (account, branch)."""
    async with house.database.reading() as uow:
        rows = await uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "refused"))
        return [(row.actor, row.branch_id) for row in rows]


# -- case 29


async def test_who_may_not_is_refused_and_audited(house: House) -> None:
    """A member types an editor's and a leader's commands; the secretary of one branch asks in another's group."""
    house.bot.environment["SUPERUSERS"] = f'["{OPERATOR}"]'
    boss, member = EVERYBODY[0], EVERYBODY[4]
    async with house.database.unit_of_work() as uow:
        operator = Actor("onebot11", str(sample.SELF_ID), OPERATOR, group_id=str(OTHER_GROUP), is_superuser=True)
        other = await setting_up.found(uow, operator, "蓝天社区第二党支部", "二支部群")
    sim = await house.open()
    sim.world.add_group(OTHER_GROUP, "二支部群", [Member(sample.SELF_ID), Member(boss), Member(member)])

    async def asks(user: int, group: int, text: str) -> str:
        before = len(sim.sent)
        await sim.say(group, user, text)
        return (await answered(sim, lambda: [s.text for s in sim.sent[before:] if s.group_id == group]))[0]

    assert "由宣传委员使用" in await asks(member, GROUP, f"/推送 {TEXT}")
    assert "由书记使用" in await asks(member, GROUP, "/任命 陈思雨 书记")
    assert "由宣传委员使用" in await asks(member, GROUP, "谁还没学")
    assert len(await refusals(house)) == 3
    here = await asks(boss, GROUP, "谁还没学")
    assert "由" not in here[:4]
    for typed in ("谁还没学", f"/推送 {TEXT}", "/任命 陈思雨 书记", "/成员"):
        await asks(boss, OTHER_GROUP, typed)
    assert [branch for _, branch in await refusals(house)] == [1] * 3 + [other.id] * 4
    assert len({actor for actor, _ in await refusals(house)}) == 2
    assert not any("今日学习" in s.text for s in sim.sent)


# -- case 30


async def test_what_looks_like_a_code_stays_text(house: House) -> None:
    sim = await house.open()
    boss, code = EVERYBODY[0], "[CQ:at,qq=all]"
    await house.put(GROUP, text=f"通知:{code} 请看 &#91;CQ:image,file=http://127.0.0.1/x&#93;")
    await house.settled("sent")
    await house.asked(sim, boss, f"推送 {code}学习\n{code}{TEXT}[CQ:image,file=file:///etc/passwd]", "确认")
    await sim.whisper(boss, "确认")
    await answered(sim, lambda: [s.text for s in sim.sent if s.group_id == GROUP], "今日学习 2")
    await house.asked(sim, boss, f"{code}是什么", "没看懂")
    pushes = [s for s in sim.sent if code in s.text and s.group_id == GROUP]
    assert len(pushes) == 2
    kinds = {segment["type"] for sent in sim.sent for segment in sent.segments}
    assert kinds <= {"text", "image", "node", "forward"}
    images = [s["data"]["file"] for sent in sim.sent for s in sent.segments if s["type"] == "image"]
    assert all(file.startswith("base64://") or not file.startswith(("http", "file:")) for file in images)


# -- case 36


def raw(sim: Simulator) -> Any:
    return sim.link.clients[0].connection


async def stored(house: House) -> set[tuple[str, str]]:
    """Every row of every table, but for the notes of attempts and what comes by the clock."""
    async with house.database.reading() as uow:
        return {
            (table.name, repr(tuple(row)))
            for table in Base.metadata.sorted_tables
            if table.name not in ("audit_entry", "chat_question", "heard", "outbox", "outbox_counter", "process")
            for row in await uow.session.execute(select(table))
        }


async def test_rubbish_on_the_wire_stops_nothing(house: House) -> None:
    """Ten thousand frames: broken JSON, unknown events, megabytes, deep nests, every field of good frames with every
    odd value, mangled ones, and strangers who type every command with senseless tails. The seed is printed."""
    seed = int(os.environ.get("XUEBAN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")
    dice = random.Random(seed)
    sim = await house.open()
    user = EVERYBODY[5]
    said = events.message_body(sim.world, sim.world.messages[await sim.say(GROUP, user, "/帮助")])
    notices = [
        {"post_type": "notice", "notice_type": kind, "self_id": sample.SELF_ID, "user_id": user, "group_id": GROUP,
         "time": 1, "message_id": 5, "likes": [{"emoji_id": "76", "count": 1}], "sub_type": "lift_ban"}
        for kind in ("group_msg_emoji_like", "group_increase", "group_decrease", "group_ban", "bot_offline", "")
    ]  # fmt: skip
    meta = {"post_type": "meta_event", "meta_event_type": "heartbeat", "self_id": sample.SELF_ID, "status": {"good": 1}}
    wire, sent = raw(sim), 0
    for junk in (*rubbish.BROKEN, json.dumps(said).encode("utf-16")):
        await wire.send(junk)
    huge = "学" * 350_000
    for number, typed in enumerate(
        (huge, f"/{huge}", f"/推送 {huge}", f"已学 {huge}", "/推送 \ud800\udfff\ud83d" + TEXT, "\ud800")
    ):
        await wire.send(rubbish.said(said, number + 1, user, typed))
    for frame in (said, notices[0], meta):
        for made in rubbish.each_field(frame):
            sent += 1
            await wire.send(json.dumps(made))
            await kept_up(sim, sent)
    while sent < 9_000:
        sent += 1
        await kept_up(sim, sent)
        frame = dice.choice([*[said] * 12, *notices, meta])
        await wire.send(json.dumps(rubbish.mangled({**frame, "message_id": -sent - 100}, dice)))
    await wire.send(json.dumps({**meta, "status": {"online": True, "good": True}}))
    await kept_up(sim, 0)
    await well(house, sim, EVERYBODY[6])

    before = await stored(house)
    for number, typed in enumerate(rubbish.texts(dice, 10_000 - sent)):
        await kept_up(sim, number)
        if "绑定" not in typed:  # the one thing that is for strangers
            await wire.send(rubbish.said(said, -(10**6) - number, 880_000_000 + number, typed))
    await kept_up(sim, 0)
    await well(house, sim, EVERYBODY[6])
    assert await stored(house) == before
    for bad in ("event not handled", "defect", "Traceback"):
        assert bad not in house.bot.written


async def kept_up(sim: Simulator, sent: int) -> None:
    """After every five hundred, wait until the bot is through with them, so that no queue hides what follows."""
    if sent % 500 == 0:
        await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学"), 60)


async def well(house: House, sim: Simulator, member: int) -> None:
    """The service answers within ten seconds (of an idle machine), on the connection that it had, and still sends."""
    await acknowledged(sim, await sim.say(GROUP, member, "已学"), 10)
    [reference] = await house.put(GROUP)
    await house.until(lambda states: set(states) == {"sent"})
    assert house.arrived()[reference] == 1
    assert (sim.link.dials, house.bot.running) == (1, True)


# -- case 37


async def test_a_flood_by_one_member_slows_nobody_down(house: House) -> None:
    """A thousand commands in a few seconds by one: few of them are served, so everybody else is (how quickly, the
    benchmarks tell)."""
    sim = await house.open()
    flooder, others = EVERYBODY[3], EVERYBODY[4:]
    said: list[int] = []
    for number in range(1000):
        await sim.say(GROUP, flooder, "已学" if number % 2 else "/帮助")
        if number % 10 == 0:
            await asyncio.sleep(0.02)
        if number % 100 == 50 and len(said) < len(others):
            said.append(await sim.say(GROUP, others[len(said)], "已学"))
    for message in said:
        await acknowledged(sim, message, seconds=30)
    assert len(said) == len(others)
    await asyncio.sleep(0.5)
    assert len(sim.calls) - len(others) < 150


# -- case 38


async def test_the_log_holds_no_token_and_no_words(house: House) -> None:
    """A whole run at the chattiest level, with errors of every kind, a defect among them."""
    house.bot.environment["XUEBAN__LOG_LEVEL"] = "DEBUG"
    sim = await house.open()
    with pytest.raises(InvalidStatus):
        async with connect(f"{house.bot.url}?access_token={TOKEN}", proxy=None):
            raise AssertionError
    boss, words = EVERYBODY[0], "绝密词语甲乙丙丁"
    await house.asked(sim, boss, f"推送 {words}\n{TEXT}{words}", "确认")
    await sim.whisper(boss, "确认")
    await answered(sim, lambda: [s.text for s in sim.sent if s.group_id == GROUP], words)
    said = events.message_body(sim.world, sim.world.messages[await sim.say(GROUP, boss, words)])
    odd = {**said, "message_id": -1, "message": [{"type": "text", "data": {"text": f"/推送 {words}\n{TEXT}\ud800"}}]}
    await raw(sim).send(json.dumps(odd))
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学 2"))
    await sim.say(GROUP, EVERYBODY[4], f"/推送 {words}")
    for broken in ({"message": words}, {"user_id": {words: words}}, {"message": [{"type": "text", "data": words}]}):
        frame = {"post_type": "message", "message_type": "group", "self_id": sample.SELF_ID, "group_id": GROUP}
        await raw(sim).send(json.dumps({**frame, "message": [], **broken}))
    await raw(sim).send(f"{{{words}")
    async with house.database.unit_of_work() as uow:
        trigger = "CREATE TRIGGER defect BEFORE INSERT ON study_material BEGIN SELECT RAISE(ABORT, 'defect'); END"
        await uow.session.execute(text(trigger))
    await sim.say(GROUP, EVERYBODY[5], f"/绑定 {words}")
    await house.asked(sim, boss, f"推送 {words}二\n{TEXT}{words}二", "确认")
    await house.asked(sim, boss, "确认", "没有生效")
    await house.put(GROUP, text=words)
    sim.behaviour.next("refused")
    await house.until(lambda states: states != ["pending"])
    house.bot.stop()
    written = house.bot.written
    assert "defect" in written
    for secret in (TOKEN, SECRET, words, TEXT[:12], "王建国"):
        assert secret not in written, [line for line in written.splitlines() if secret in line][:3]
