"""The optional model: what is asked of it, and that nothing it does or doesn't do can stop anybody."""

import json
from collections.abc import Callable

import httpx
import pytest

from bot.core.settings import ModelSettings
from bot.sources.model import Model

ON = ModelSettings(url="http://model.example/v1/", name="small", key="secret", timeout=1.0)
GOOD = "1. 您身边的社区食堂办得怎么样,老人去得多吗?\n2、要让它长久,您觉得最要紧的是什么?\n祝讨论顺利"


def model(answer: Callable[[httpx.Request], httpx.Response], settings: ModelSettings = ON) -> Model:
    return Model(settings, httpx.MockTransport(answer))


def saying(text: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(200, json={"choices": [{"message": {"content": text}}]})


async def test_two_questions() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return saying(GOOD)(request)

    found = await model(answer).questions("社区食堂怎样才能长久", "多地开了又关")
    assert found == ("您身边的社区食堂办得怎么样,老人去得多吗?", "要让它长久,您觉得最要紧的是什么?")
    assert str(asked[0].url) == "http://model.example/v1/chat/completions"
    assert asked[0].headers["authorization"] == "Bearer secret"
    assert "社区食堂怎样才能长久" in json.loads(asked[0].content)["messages"][1]["content"]


def too_slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


@pytest.mark.parametrize(
    "answer",
    [
        too_slow,
        lambda request: httpx.Response(500),
        lambda request: httpx.Response(200, text="<html>"),
        lambda request: httpx.Response(200, json={"choices": []}),
        lambda request: httpx.Response(200, json=[1]),
        lambda request: httpx.Response(200, content=b"x" * 100_000),
        saying("好的,我来出题。"),
        saying("只有一个问题,您怎么看这件事情呢?"),
        saying("<script>alert(1)</script>您怎么看?\n<b>第二个问题您怎么看?"),
    ],
)
async def test_anything_else_is_no_answer(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    assert await model(answer).questions("题目", "") == ()


async def test_it_is_off_by_default() -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError("asked")

    assert await model(never, ModelSettings()).questions("题目", "") == ()


async def test_drafts_are_what_it_says_and_nobody_believes_them_here() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return saying('好的:\n```json\n[{"type": "判断", "question": "每月一次"}, "?"]\n```')(request)

    assert await model(answer).drafts("条例", "文" * 20_000) == ({"type": "判断", "question": "每月一次"},)
    assert len(json.loads(asked[0].content)["messages"][1]["content"]) < 8100


@pytest.mark.parametrize(
    "answer",
    [too_slow, lambda request: httpx.Response(500), saying("出不了题"), saying("[{]"), saying("[" * 30_000 + "]")],
)
async def test_no_drafts(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    assert await model(answer).drafts("条例", "全文") == ()
    assert await model(answer, ModelSettings()).drafts("条例", "全文") == ()
