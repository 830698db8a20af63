"""Many claims in a few minutes: told to the secretary alone, once a day, and nothing else follows."""

from datetime import timedelta

import pytest

from bot.app import App
from bot.core.clock import ShiftableClock
from bot.study import completion, doubts, proving
from bot.study import proof_repository as repository
from bot.study.models import Method, Proof
from bot.study.proving import Evidence
from bot.study.rules import BURST, Claimed, burst
from plugins.study.clockwork import flag_bursts
from tests.conftest import MORNING
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk


@pytest.mark.parametrize(
    ("minutes", "apart", "least", "expected"),
    [
        ([4, 4, 4, 4, 4], 0.1, 5, 5),
        ([4, 4, 4, 4, 4], 0.1, 6, 0),
        ([4, 4, 4, 4, 4], 0.1, 0, 0),
        ([1, 1, 1, 1, 1], 0.1, 5, 0),
        ([4, 4, 4, 4, 4], 4.0, 5, 0),
        ([4, 4, 4, 4, 4, 4, 4], 2.0, 5, 6),
        ([], 0.1, 1, 0),
    ],
)
def test_a_burst_is_many_in_less_time_than_their_reading(
    minutes: list[int], apart: float, least: int, expected: int
) -> None:
    claims = [Claimed(1, 1, MORNING + timedelta(minutes=apart * i), one) for i, one in enumerate(minutes)]
    assert len(burst(claims, least)) == expected


async def told(talk: Talk) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for where, text in await talk.enqueued():
        if where.startswith("private"):
            found.setdefault(where, []).append(text)
    return found


async def push(talk: Talk, number: int, sentences: int = 60) -> None:
    text = f"第{number}篇讲的是社区里的一件小事怎样办成。" * sentences
    await talk.whisper(EDITOR, f"推送 第{number}篇学习材料\n{text}")
    await talk.whisper(EDITOR, "确认")


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_the_secretary_hears_of_a_burst_once_a_day_and_it_counts(
    talk: Talk, app: App, clock: ShiftableClock
) -> None:
    for number in range(1, 6):
        await push(talk, number)
    for number in range(1, 6):
        await talk.whisper(MEMBER, f"已学 {number}")
    await talk.whisper(BOSS, "已学 1")
    await talk.whisper(BOSS, "已学 2")
    await flag_bursts(app)
    await flag_bursts(app)
    flag = (
        "张三 1 分钟内登记了 5 篇,读完大约要 20 分钟。\n"
        "也许是攒着一起登记的;只告诉您,都照常算数。不想再收到,发「设置 集中打卡 0」。"
    )
    assert await told(talk) == {f"private {BOSS}": [flag]}
    assert "1/4" in await talk.whisper(BOSS, "谁还没学 5")
    clock.set(clock.now() + 3 * BURST)
    await flag_bursts(app)
    assert await told(talk) == {f"private {BOSS}": [flag]}


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_nobody_else_is_looked_at(talk: Talk, app: App, clock: ShiftableClock) -> None:
    for number in range(1, 4):
        await push(talk, number)
    await push(talk, 4, sentences=300)
    for number in range(1, 4):
        await talk.whisper(MEMBER, f"已学 {number}")
    await talk.whisper(BOSS, "已学 1")
    await talk.whisper(BOSS, "已学 2")
    await talk.whisper(EDITOR, "已学 4")
    async with app.database.reading() as uow:
        assert await doubts.hasty(uow) == [3]
        assert len(await repository.claims_of(uow, 3, uow.now - BURST)) == 3
    clock.set(clock.now() + 3 * BURST)
    async with app.database.reading() as uow:
        assert await doubts.hasty(uow) == []


async def test_a_branch_may_not_want_to_hear_of_it(talk: Talk, app: App) -> None:
    await talk.whisper(BOSS, "设置 集中打卡 0")
    for number in range(1, 7):
        await push(talk, number)
        await talk.whisper(MEMBER, f"已学 {number}")
    await flag_bursts(app)
    assert await told(talk) == {}


@pytest.mark.parametrize(
    ("proof", "method", "flagged"),
    [
        (Proof.PAGE, Method.CODE, True),
        (Proof.QUIZ, Method.QUIZ, True),
        (Proof.ATTENDANCE, Method.ATTENDANCE, False),
    ],
)
async def test_so_it_hears_of_bursts_of_codes_and_answers(
    talk: Talk, app: App, proof: Proof, method: Method, flagged: bool
) -> None:
    for number in range(1, 6):
        await push(talk, number)
    async with app.database.unit_of_work() as uow:
        for number in range(1, 6):
            await proving.prove(uow, await completion.get(uow, 1, number), 3, Evidence(proof, method))
    await flag_bursts(app)
    heard = (await told(talk)).get(f"private {BOSS}", [])
    assert ["5 篇,读完大约要 20 分钟" in text for text in heard] == [True] * flagged
