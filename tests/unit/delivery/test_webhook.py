"""The operator's second door: what becomes of a line by what the other end says, and what is never sent there."""

import json
from collections.abc import Callable

import httpx
import pytest

from bot.delivery.transport import Absent, NotSent, Refused, Target, Unknown
from bot.delivery.webhook import OPERATORS, WEBHOOK, WithWebhook
from bot.rendering.content import Content
from tests.conftest import MORNING
from tests.unit.delivery.platform import FakePlatform

GROUP = Target("1", "group", "9")
LINE = Content.of("机器人账号 1 掉线了")


def door(answer: Callable[[httpx.Request], httpx.Response], inner: FakePlatform | None = None) -> WithWebhook:
    return WithWebhook(inner or FakePlatform("1"), "http://127.0.0.1/hook", httpx.MockTransport(answer))


async def test_a_line_is_posted_as_robots_read_it() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    assert await door(answer).send(OPERATORS, LINE, 5) == "-"
    [request] = seen
    assert (str(request.url), request.method) == ("http://127.0.0.1/hook", "POST")
    assert json.loads(request.content) == {"msgtype": "text", "text": {"content": "机器人账号 1 掉线了"}}


@pytest.mark.parametrize(
    ("answer", "end"), [(404, Refused), (500, Unknown), (302, Unknown), ("refused", NotSent), ("slow", Unknown)]
)
async def test_what_the_other_end_says(answer: int | str, end: type[Exception]) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if answer == "refused":
            raise httpx.ConnectError("no")
        if answer == "slow":
            raise httpx.ReadTimeout("no")
        assert isinstance(answer, int)
        return httpx.Response(answer)

    with pytest.raises(end):
        await door(respond).send(OPERATORS, LINE, 5)


async def test_everything_else_goes_its_own_way() -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError

    inner = FakePlatform("1")
    both = door(never, inner)
    assert both.online_accounts() == inner.online_accounts() | {WEBHOOK}
    await both.send(GROUP, LINE, 5)
    assert [message.text for message in inner.messages] == ["机器人账号 1 掉线了"]
    assert isinstance(await both.find(OPERATORS, "通1", MORNING), Absent)
    assert not await both.recall(OPERATORS, "-")
