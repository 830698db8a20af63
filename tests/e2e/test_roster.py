"""The roster with a real process and a real WebSocket: a file comes through the chat, people come into the group."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.simulator import Simulator, sample
from tests.process import PATIENCE, TOKEN, BotProcess
from tests.sheet import xlsx

GROUP = sample.GROUP_ID
BOSS = sample.SECRETARY
NEWCOMER = 200000099


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = await BotProcess(tmp_path).start()
    yield process
    process.stop()


async def told(sim: Simulator, words: str, *, private_to: int | None = None) -> str:
    sent = await sim.wait_sent(lambda one: words in one.text and one.user_id == private_to, PATIENCE)
    return str(sent.text)


async def bound(sim: Simulator) -> None:
    """Everybody on the roster has an account; at night nothing else tells."""
    for _ in range(40):
        before = len(sim.sent)
        await sim.whisper(BOSS, "成员")
        async with asyncio.timeout(PATIENCE):
            while not (answers := [one.text for one in sim.sent[before:] if "党支部名册 " in one.text]):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        if "全部绑定好了" in answers[0]:
            return
    pytest.fail(f"not bound: {answers[0]}")


async def test_a_roster_file_and_a_newcomer(bot: BotProcess) -> None:
    async with Simulator(bot.url, token=TOKEN) as sim:
        await sim.ready()
        for said, answer in (
            ("/开始", "叫什么名称"),
            ("红旗社区第一党支部", "用群名片建立名册(11 人)"),
            ("确认", "书记是哪一位"),
            ("王建国", "可以用了"),
        ):
            await sim.say(GROUP, BOSS, said)
            await told(sim, answer)

        await sim.whisper(BOSS, "成员 导入")
        await told(sim, "请把名册文件(.xlsx)发给我", private_to=BOSS)
        rows = (("姓名", "类别", "党小组"), ("李秀英", "", "1"), ("钱国庆", "预备党员", "1"))
        await sim.send_file(f"private:{BOSS}", BOSS, xlsx(*rows), "名册.xlsx")
        await told(sim, "新增 1 人、更新 1 人、不变 0 人", private_to=BOSS)
        await sim.whisper(BOSS, "确认")
        await told(sim, "导入好了", private_to=BOSS)

        await sim.say(GROUP, BOSS, "/成员 导入")
        await told(sim, "请把名册文件(.xlsx)发给我")
        await sim.send_file(f"group:{GROUP}", BOSS, b"PK\x03\x04", "名册.xlsx")
        await told(sim, "不是完好的 .xlsx 文件")

        sim.world.join(GROUP, NEWCOMER, card="钱国庆")
        await bound(sim)
        await sim.say(GROUP, NEWCOMER, "绑定 钱国庆")
        await told(sim, "您已经绑定为钱国庆")
