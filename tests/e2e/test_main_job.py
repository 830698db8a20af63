"""The main job with a real process, a real WebSocket and a real SIGKILL: set up, push, complete, ask who hasn't."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.simulator import Simulator, sample
from tests.process import PATIENCE, TOKEN, BotProcess

GROUP = sample.GROUP_ID
BOSS = sample.SECRETARY
TEXT = "抓党建促治理\n社区把网格建在楼栋里,党员在家门口亮身份、领任务。半年来解决停车、漏水、噪声等小事四百多件。"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = await BotProcess(tmp_path).start()
    yield process
    process.stop()


async def told(sim: Simulator, words: str, *, private_to: int | None = None) -> str:
    """The next message of the bot that holds ``words``."""
    sent = await sim.wait_sent(lambda one: words in one.text and one.user_id == private_to, PATIENCE)
    return str(sent.text)


async def acknowledged(sim: Simulator, message_id: int) -> None:
    """The bot has put its emoji on this message."""
    for _ in range(int(PATIENCE / 0.05)):
        reactions = [call["params"] for call in sim.calls if call["action"] == "set_msg_emoji_like"]
        if any(one["message_id"] == message_id for one in reactions):
            return
        await asyncio.sleep(0.05)
    pytest.fail("no acknowledgement")


async def test_from_set_up_to_who_has_not(bot: BotProcess) -> None:
    async with Simulator(bot.url, token=TOKEN) as sim:
        await sim.ready()
        await sim.say(GROUP, BOSS, "/开始")
        await told(sim, "叫什么名称")
        await sim.say(GROUP, BOSS, "红旗社区第一党支部")
        await told(sim, "用群名片建立名册(11 人)")
        await sim.say(GROUP, BOSS, "确认")
        await told(sim, "书记是哪一位")
        await sim.say(GROUP, BOSS, "王建国")
        await told(sim, "可以用了")

        await sim.say(GROUP, BOSS, f"/推送 {TEXT}")
        preview = await told(sim, "放弃")
        await sim.say(GROUP, BOSS, "立即" if "立即" in preview else "确认")
        await told(sim, "今日学习 1")
        for user in sample.MEMBERS[3:6]:
            await acknowledged(sim, await sim.say(GROUP, user, "已学👍"))
        bot.kill()
    await bot.start()
    async with Simulator(bot.url, token=TOKEN) as sim:
        await sim.ready()
        await sim.whisper(BOSS, "谁还没学")
        answer = await told(sim, "3/11", private_to=BOSS)
        assert "未完成 8 人" in answer
        assert "刘志强" not in answer
        assert "李秀英" in answer
        await sim.say(GROUP, sample.MEMBERS[4], "谁还没学")
        await told(sim, "由宣传委员使用")
        await sim.say(GROUP, sample.MEMBERS[4], "/推送 http://127.0.0.1/")
        assert not any("今日学习 2" in one.text for one in sim.sent)
