"""Choosing hot words, judging voices, ending a big discussion: ``python -m benchmarks.discussion``

The end is computed beside somebody who asks the database again and again on the event loop: what they wait with and
without it is printed beside each other, for a check-in would wait as long.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import text

from bot.chat.conversation import Conversations
from bot.chat.hints import unknown
from bot.chat.screen import Screen
from bot.chat.table import CommandTable
from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.discussion import choice
from bot.discussion.choice import Found
from bot.discussion.listening import Listening, Window
from bot.rendering import cards, wordcloud
from bot.rendering.content import Card
from bot.textmining import originality, themes, titles

TITLES, OTHERS, VOICES = 400, 200, 500

_WHO = "社区 银行 学校 医院 老人 骑手 党员 志愿者 村干部 消防员 大学生 某男团 国足 女演员 A股 网友 物业 公交"
_WHAT = "午休 加装电梯 充电棚 养老金 医保 托育 课后服务 垃圾分类 演唱会 首发 财报 反诈 招聘 食堂 停车 采光 收费 补贴"
_HOW = "引热议 有了新办法 怎样才能长久 再扩围 被点名 今日施行 让人暖心 该怎么建 官方回应 登上热搜 办到家门口"
_FILL = "我们小区 隔壁单位 前几年 去年冬天 楼上邻居 单位食堂 居委会 议事会 值班室 老同志 年轻人 孩子家长"


def titles_of_a_day(chance: random.Random) -> list[str]:
    return [
        f"{chance.choice(_WHO.split())}{chance.choice(_WHAT.split())}{chance.choice(_HOW.split())}{at}"
        for at in range(TITLES)
    ]


def voice(chance: random.Random, at: int) -> str:
    parts = [
        f"{chance.choice(_FILL.split())}的{chance.choice(_WHAT.split())}{chance.choice(_HOW.split())}" for _ in range(7)
    ]
    return f"{at}" + ",".join(parts) + "。"


async def milliseconds(work: Callable[[], Awaitable[object]], times: int) -> list[float]:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        await work()
        found.append((time.perf_counter() - start) * 1000)
    return found


def shown(name: str, found: list[float], limit: str) -> None:
    top = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
    print(f"{name}: median {statistics.median(found):.1f} ms, p95 {top:.1f} ms (limit {limit})")


async def choose(chance: random.Random) -> None:
    day = titles_of_a_day(chance)

    async def once() -> None:
        judged = await titles.judge(day)
        rows = [Found(one.title, "", "", "榜", at < 5, at, one) for at, one in enumerate(judged)]
        choice.offered(choice.pool(rows, ()), ())

    await once()
    shown(f"five of {TITLES} titles", await milliseconds(once, 20), "200")


async def judge(chance: random.Random) -> None:
    others = [voice(chance, at) for at in range(OTHERS)]
    said = iter(voice(chance, 1000 + at) for at in range(101))

    async def once() -> None:
        await originality.judged(next(said), "社区充电棚该怎么建", others)

    await once()
    shown(f"a voice against {OTHERS} others", await milliseconds(once, 100), "20")


async def end(chance: random.Random) -> None:
    said = [voice(chance, at) for at in range(VOICES)]

    async def once() -> None:
        digest = await themes.digest(said, "社区充电棚该怎么建", ("王建国", "已学"), [0] * VOICES)
        placed, height = await asyncio.to_thread(wordcloud.layout, digest.words)
        data = {"no": 1, "title": "社区充电棚该怎么建", "count": "", "themes": "", "height": height}
        await cards.draw(Card(template="cloud", data=data | {"words": [vars(one) for one in placed]}, alt=""))

    await once()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/x.db", SystemClock())

        async def ask() -> None:
            async with database.reading() as uow:
                await uow.session.execute(text("SELECT 1"))

        alone = await milliseconds(ask, 400)
        beside: list[float] = []
        ended: list[float] = []
        for _ in range(3):
            running = asyncio.create_task(milliseconds(once, 1))
            while not running.done():
                beside += await milliseconds(ask, 1)
            ended += await running
        await database.close()
    shown(f"the end of {VOICES} voices", ended, "3000")
    shown("a query alone", alone, "-")
    shown("a query beside it", beside, "-")


async def screen(chance: random.Random) -> None:
    """What a message that is nobody's business costs, in a group with and without a discussion."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/x.db", SystemClock())
        for label, windows in (("no discussion", []), ("one open", [("onebot11", "9", Window(1, 1, "充电棚", False))])):
            listening = Listening()
            listening.hear(windows)
            found = Screen(CommandTable(), Conversations(database), unknown, listening)
            frames = [
                {"message_type": "group", "self_id": 1, "user_id": 5, "group_id": 9, "message_id": at, "sender": {}}
                | {"message": [{"type": "text", "data": {"text": voice(chance, at)}}]}
                for at in range(20_000)
            ]
            start = time.perf_counter()
            for frame in frames:
                assert found.message(frame) is None
            print(f"chatter, {label}: {(time.perf_counter() - start) / len(frames) * 1e6:.2f} µs a message")
        await database.close()


async def main() -> None:
    chance = random.Random(1)
    await choose(chance)
    await judge(chance)
    await end(chance)
    await screen(chance)


if __name__ == "__main__":
    asyncio.run(main())
