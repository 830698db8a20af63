"""公告 that meet a slow platform, a kill or a crowd: what was said stays said, what was taken back is gone."""

import asyncio
import base64
import json
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.branch.models import MemberAccount
from bot.core.db import Base
from bot.notice.models import Notice, NoticeReceipt, State
from bot.simulator import sample
from bot.simulator.simulator import Simulator
from tests.nursery import SLOW_DISK
from tests.process import PATIENCE

from .house import EVERYBODY, GROUP, House, acknowledged, answered, delivery, reaction

EDITOR = sample.PROPAGANDIST
WORDS = "周五下午3点在二楼会议室开支部党员大会"


async def publish(house: House, sim: Simulator, words: str = WORDS) -> None:
    await house.asked(sim, EDITOR, f"公告 {words}", "确认")
    await house.asked(sim, EDITOR, "确认", "公告 1 已公开")


def in_group(sim: Simulator, words: str) -> list[int]:
    """The ids of the bot's messages in the group with these words that are still there."""
    gone = {call["params"]["message_id"] for call in sim.calls if call["action"] == "delete_msg"}
    return [s.message_id for s in sim.sent if s.group_id == GROUP and words in s.text and s.message_id not in gone]


async def until(sim: Simulator, words: str, count: int) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        if len(in_group(sim, words)) == count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{len(in_group(sim, words))} messages with {words!r}, not {count}")


@pytest.mark.parametrize("fault", ["late", "timeout_delivered", "drop_after"])
async def test_what_is_withdrawn_while_it_is_on_the_wire_is_taken_back(house: House, fault: str) -> None:
    """The platform has it and hasn't said so yet when 撤回 is confirmed."""
    sim = await house.open()
    sim.behaviour.seconds = 1.5
    sim.link.reconnect = 1.5
    sim.behaviour.next(fault, group_id=GROUP)
    await publish(house, sim)
    await until(sim, WORDS, 1)
    async with house.database.reading() as uow:
        assert await uow.session.scalar(select(Notice.state)) == State.PUBLISHED
    await withdraw(house, sim)
    await until(sim, WORDS, 0)


async def withdraw(house: House, sim: Simulator) -> None:
    await sim.ready()
    await house.asked(sim, EDITOR, "撤回 1", "确认")
    await house.asked(sim, EDITOR, "确认", "已撤回公告 1")


async def test_what_is_changed_before_it_left_is_seen_once_in_its_new_words(house: House) -> None:
    house.bot.environment |= delivery(send_timeout=600, lease=600)
    sim = await house.open()
    changed = asyncio.Event()

    async def stand_still(stage: str, frame: dict[str, Any]) -> None:
        if stage == "received" and frame["action"].startswith("send_group"):
            await changed.wait()

    sim.behaviour.watch = stand_still
    await house.put(GROUP)  # something slow goes before it in the same group
    await publish(house, sim)
    await house.asked(sim, EDITOR, f"公告改 1 {WORDS.replace('二楼', '三楼')}", "确认")
    await house.asked(sim, EDITOR, "确认", "公告 1 已公开")
    changed.set()
    await until(sim, "三楼会议室", 1)
    assert in_group(sim, "二楼会议室") == []


async def test_receipts_survive_a_kill_right_after_their_acknowledgement(house: House) -> None:
    house.bot.environment[SLOW_DISK] = "0.05"
    sim = await house.open()
    await publish(house, sim)
    await until(sim, WORDS, 1)
    for user in EVERYBODY[3:8]:
        dead = house.dies_on(sim, reaction)
        await sim.say(GROUP, user, "收到")
        await dead
        await house.bot.start()
        await sim.ready()
    async with house.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(NoticeReceipt)) == 5


async def test_a_notice_with_everything_in_it_arrives_as_written(house: House) -> None:
    """5,000 characters, 30 pictures, a CQ code, emoji and traditional characters."""
    sim = await house.open()
    words = "[CQ:at,qq=all] 繁體字與表情🎉 <b>&amp;</b>\n" + "".join(chr(0x4E00 + i) for i in range(4950))
    pictures = [base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes([number]) * 60).decode() for number in range(30)]
    segments: list[dict[str, Any]] = [{"type": "text", "data": {"text": f"公告 {words}"}}]
    segments += [{"type": "image", "data": {"file": f"base64://{picture}"}} for picture in pictures]
    await sim.whisper(EDITOR, segments)
    await answered(sim, lambda: [s.text for s in sim.sent if s.user_id == EDITOR], "类别:")
    await house.asked(sim, EDITOR, "确认", "公告 1 已公开")
    await until(sim, "全文见下一条", 1)
    sent: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        while not any("messages" in params for params in sent):
            await asyncio.sleep(0.05)
            sent = [call["params"] for call in sim.calls if call["action"].startswith("send_group")]
    wire = "".join(json.dumps(params, ensure_ascii=False) for params in sent)
    assert [wire.count(picture) for picture in pictures] == [1] * 30
    assert '"qq": "all"' not in wire
    nodes = [node for params in sent for node in params.get("messages", [])]
    said = "".join(part["data"].get("text", "") for node in nodes for part in node["data"]["content"])
    assert words.replace("\n", "") in said.replace("\n", "")


async def everything(house: House) -> set[str]:
    """Every row of the database, as text."""
    async with house.database.reading() as uow:
        return {
            f"{table.name} {tuple(row)}"
            for table in Base.metadata.sorted_tables
            for row in await uow.session.execute(select(table))
        }


async def test_of_an_anonymous_letter_nothing_is_left_that_names_its_writer(house: House) -> None:
    """Neither in the database of the running program nor in what it logs."""
    sim, writer = await house.open(), EVERYBODY[8]
    async with house.database.reading() as uow:
        account = select(MemberAccount.member_id).where(MemberAccount.user_id == str(writer))
        member = await uow.session.scalar(account)
    before = await everything(house)
    assert "没有留下您的任何信息" in await house.asked(sim, writer, "意见 匿名 学习时间能不能晚一点", "已匿名转给")
    await answered(sim, lambda: [s.text for s in sim.sent if s.user_id == sample.SECRETARY], "能不能晚一点")
    new = await everything(house) - before
    assert {row.split(" ", 1)[0] for row in new} >= {"notice_letter", "outbox"}
    traces = (str(writer), f"member:{member}", "周晓彤")
    assert [row for row in new if any(trace in row for trace in traces)] == []
    assert str(writer) not in house.bot.written and "能不能晚一点" not in house.bot.written


async def test_the_whole_life_by_everybody_concerned(house: House) -> None:
    """Drafted, sent back, approved, seen, changed, withdrawn; a 公示 with an anonymous objection; the ledger."""
    sim = await house.open()
    boss, organiser, members = sample.SECRETARY, sample.ORGANISER, EVERYBODY[3:6]
    await house.asked(sim, boss, "设置 公告审核 组织委员", "改错了")
    await house.asked(sim, boss, "设置 公告审批 书记", "改错了")
    await house.asked(sim, EDITOR, f"公告 {WORDS}", "确认")
    await house.asked(sim, EDITOR, "确认", "已交去审核")
    await house.asked(sim, boss, "同意 1", "1 号由组织委员来决定")
    await house.asked(sim, organiser, "退回 1 写明要带什么", "退回")
    await house.asked(sim, EDITOR, f"公告改 1 {WORDS},请带笔记本", "确认")
    await house.asked(sim, EDITOR, "确认", "已交去审核")
    await house.asked(sim, organiser, "同意 1", "审核通过")
    assert in_group(sim, WORDS) == []
    await house.asked(sim, boss, "同意 1", "已公开")
    await until(sim, "请带笔记本", 1)
    for member in members:
        await acknowledged(sim, await sim.say(GROUP, member, "收到"))
    await house.asked(sim, EDITOR, "回执 1", "3/11")
    await house.asked(sim, EDITOR, f"公告改 1 {WORDS},改在一楼", "确认")
    await house.asked(sim, EDITOR, "确认", "已交去审核")
    await house.asked(sim, organiser, "同意 1", "审核通过")
    await house.asked(sim, boss, "同意 1", "已公开")
    await until(sim, "改在一楼", 1)
    await house.asked(sim, EDITOR, "回执 1", "0/11")
    await withdraw(house, sim)
    await until(sim, WORDS, 0)
    await house.asked(sim, boss, "设置 公告审核 无", "改错了")
    await house.asked(sim, boss, "设置 公告审批 无", "改错了")
    await house.asked(sim, EDITOR, "公示 王芳同志拟接收为预备党员 5个工作日", "确认")
    await house.asked(sim, EDITOR, "确认", "5 个工作日")
    await until(sim, "王芳同志", 1)
    await house.asked(sim, members[0], "异议 2 匿名 材料里的工作时间不对", "已匿名转给")
    for reader in (boss, organiser):
        assert "材料里的工作时间不对" in await house.asked(sim, reader, "意见箱", "看全文发")
    assert "材料里的工作时间不对" not in await house.asked(sim, EDITOR, "意见箱", "意见由书记")
    listed = await house.asked(sim, members[1], "党务公开", "党务公开台账")
    assert "王芳同志" in listed and WORDS[:8] in listed
