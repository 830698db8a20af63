"""The door to OneBot v11: what goes on the wire, what each answer means, and what the history may prove."""

import asyncio
import base64
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from nonebot.adapters.onebot.v11.exception import ActionFailed, ApiNotAvailable, NetworkError
from nonebot.utils import DataclassEncoder

from bot.chat.onebot_errors import classify
from bot.chat.onebot_transport import OneBotTransport
from bot.delivery.transport import Absent, Found, NoHistory, NotSent, Refused, Target, Unknown
from bot.rendering.content import Attachment, Card, Content, Forward, Mention, MentionAll, Picture
from tests.process import PATIENCE

GROUP = Target("10", "group", "900")
FRIEND = Target("10", "private", "55")
SINCE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
CARD = Card(template="material", data={"title": "一"}, alt="[卡片] 一")


class FakeBot:
    """Answers by action name: a value, an exception, or a function of the parameters."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {"send_group_msg": {"message_id": 7}, "send_private_msg": {"message_id": 8}} | answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    async def call_api(self, api: str, **data: Any) -> Any:
        timeout = data.pop("_timeout")
        wire = json.loads(json.dumps(data, cls=DataclassEncoder))
        self.calls.append((api, wire | {"timeout": timeout}))
        answer = self.answers.get(api, ActionFailed(status="failed", retcode=1404, message="unknown action"))
        if callable(answer):
            answer = answer(wire)
        if asyncio.isfuture(answer):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeAdapter:
    def __init__(self, bot: FakeBot) -> None:
        self.bots = {"10": bot}
        self.connections = {"10": object()}


class FakeMedia:
    def get(self, sha256: str) -> bytes:
        if sha256 == "gone":
            raise FileNotFoundError
        return sha256.encode()


async def draw(card: Card) -> bytes:
    if card.template == "broken":
        raise ValueError("template")
    return b"PNG"


def door(**answers: Any) -> tuple[OneBotTransport, FakeBot]:
    bot = FakeBot(**answers)
    return OneBotTransport(FakeAdapter(bot), FakeMedia(), draw), bot


def encoded(data: bytes) -> str:
    return "base64://" + base64.b64encode(data).decode()


def shape(message: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(s["type"], s["data"].get("text") or s["data"].get("qq") or s["data"].get("file")) for s in message]


async def test_content_becomes_segments_and_text_stays_text() -> None:
    transport, bot = door()
    content = Content.of("[CQ:at,qq=all] &amp;", Mention(user_id="5", name="张三"), "请看", CARD, Picture(sha256="p"))
    assert await transport.send(GROUP, content, 30) == "7"
    [(action, params)] = bot.calls
    assert action == "send_group_msg" and params["group_id"] == 900
    assert shape(params["message"]) == [
        ("text", "[CQ:at,qq=all] &amp;"), ("text", "\n"), ("at", "5"), ("text", " "), ("text", "请看"),
        ("image", encoded(b"PNG")), ("image", encoded(b"p")),
    ]  # fmt: skip
    assert params["timeout"] > 40


async def test_private_chat_has_no_mentions() -> None:
    transport, bot = door()
    await transport.send(FRIEND, Content.of(Mention(user_id="5", name="张三"), "请看"), 30)
    assert bot.calls[0][0] == "send_private_msg"
    assert shape(bot.calls[0][1]["message"]) == [("text", "@张三"), ("text", " "), ("text", "请看")]
    assert bot.calls[0][1]["timeout"] == 30


@pytest.mark.parametrize(
    ("remain", "first"),
    [
        ({"can_at_all": True, "remain_at_all_count_for_group": 3}, ("at", "all")),
        ({"can_at_all": True, "remain_at_all_count_for_group": 0}, ("text", "@全体成员")),
        ({"can_at_all": True, "remain_at_all_count_for_group": "3"}, ("at", "all")),
        (
            {"can_at_all": True, "remain_at_all_count_for_group": 3, "remain_at_all_count_for_uin": 0},
            ("text", "@全体成员"),
        ),
        ({"can_at_all": True, "remain_at_all_count_for_group": "?"}, ("text", "@全体成员")),
        (NetworkError("no"), ("text", "@全体成员")),
    ],
)
async def test_everybody_is_mentioned_only_within_the_quota(remain: Any, first: tuple[str, str]) -> None:
    transport, bot = door(get_group_at_all_remain=remain)
    await transport.send(GROUP, Content.of(MentionAll(), "开会"), 30)
    assert shape(bot.calls[-1][1]["message"])[0] == first


@pytest.mark.parametrize("part", [Card(template="broken", data={}, alt="替身"), Picture(sha256="gone", alt="替身")])
async def test_picture_that_cannot_be_made_is_replaced_by_its_words(part: Card | Picture) -> None:
    transport, bot = door()
    await transport.send(GROUP, Content.of(part), 30)
    assert shape(bot.calls[0][1]["message"]) == [("text", "替身")]


async def test_refused_picture_is_sent_as_words() -> None:
    def answer(params: dict[str, Any]) -> Any:
        pictures = any(segment["type"] == "image" for segment in params["message"])
        return ActionFailed(retcode=1200, message="rich media transfer failed") if pictures else {"message_id": 9}

    transport, bot = door(send_group_msg=answer)
    assert await transport.send(GROUP, Content.of(CARD), 30) == "9"
    assert len(bot.calls) == 2


@pytest.mark.parametrize(
    "info",
    [
        {"retcode": 0},
        {"retcode": 1200, "message": ""},
        {"retcode": 1200, "message": "Error: socket hang up"},
        {"retcode": -1, "message": "write EPIPE"},
        {"retcode": 1200, "message": "与服务器的连接已断开"},
    ],
)
async def test_a_picture_that_may_have_arrived_is_not_sent_again_as_words(info: dict[str, Any]) -> None:
    transport, bot = door(send_group_msg=ActionFailed(**info))
    with pytest.raises(Unknown):
        await transport.send(GROUP, Content.of(CARD), 30)
    assert len(bot.calls) == 1


async def test_forward_has_pages_and_falls_back_to_text() -> None:
    forward = Content.of(Forward(title="全文", pages=("一", "二")))
    transport, bot = door(send_group_forward_msg={"message_id": 3, "forward_id": "x"})
    assert await transport.send(GROUP, forward, 30) == "3"
    pages = [node["data"]["content"][0]["data"]["text"] for node in bot.calls[0][1]["messages"]]
    assert pages == ["全文", "一", "二"]
    transport, bot = door()
    assert await transport.send(GROUP, forward, 30) == "7"
    assert shape(bot.calls[1][1]["message"]) == [("text", "全文\n一\n二")]


async def test_unknown_forward_is_not_sent_again_as_text() -> None:
    transport, bot = door(send_group_forward_msg=NetworkError("timeout"))
    with pytest.raises(Unknown):
        await transport.send(GROUP, Content.of(Forward(title="全文", pages=("一",))), 30)
    assert len(bot.calls) == 1


async def test_file_is_uploaded() -> None:
    transport, bot = door(upload_group_file=None, upload_private_file={"file_id": "/f"})
    await transport.send(GROUP, Content.of(Attachment(sha256="f", name="讲义.pdf")), 30)
    assert bot.calls[0][1] | {"timeout": 0} == {
        "group_id": 900, "file": encoded(b"f"), "name": "讲义.pdf", "timeout": 0
    }  # fmt: skip
    assert await transport.send(FRIEND, Content.of(Attachment(sha256="f", name="讲义.pdf")), 30) == "/f"
    with pytest.raises(Refused):
        await transport.send(GROUP, Content.of(Attachment(sha256="gone", name="x")), 30)


NTEVENT = "NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg ListenerName:x EventRet:"


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"retcode": 1200, "message": f"Error: Timeout: {NTEVENT}"}, None),
        ({"retcode": 1200, "wording": "消息发送超时"}, None),
        ({"retcode": 1200, "message": f'EventChecker Failed: {NTEVENT}\n{{ "result": 110, "errMsg": "" }}'}, "removed"),
        ({"retcode": 1200, "message": f'EventChecker Failed: {NTEVENT}\n{{ "result": 120, "errMsg": "" }}'}, "muted"),
        ({"retcode": 1200, "message": f'EventChecker Failed: {NTEVENT}\n{{ "result": 1100 }}'}, "invalid"),
        ({"retcode": 1200, "message": "EventChecker Failed, result 110"}, "removed"),
        ({"retcode": 100, "msg": "SEND_MSG_API_ERROR", "wording": "你已被禁言"}, "muted"),
        ({"retcode": 100, "wording": "机器人不在群内"}, "removed"),
        ({"retcode": 1404, "message": "不支持的Api"}, "invalid"),
        ({"retcode": 1400}, "invalid"),
    ],
)
def test_errors_mean_what_their_words_say(info: dict[str, object], expected: str | None) -> None:
    error = classify(info)
    assert (error.kind.value if isinstance(error, Refused) else None) == expected


def test_of_what_the_platform_refuses_a_person_reads_what_it_says_about_it() -> None:
    answer = {"retcode": 1200, "message": f'EventChecker Failed: {NTEVENT}\n{{ "result": 7, "errMsg": "内容违规" }}'}
    assert str(classify(answer)) == "result 7 内容违规"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (NetworkError("WebSocket call api send_group_msg timeout"), Unknown),
        (RuntimeError("socket"), Unknown),
        (ApiNotAvailable(), NotSent),
        (None, Unknown),
        ({"message_id": None}, Unknown),
        ({"message_id": 0}, Unknown),
        ({"message_id": ""}, Unknown),
        ({"message_id": "-1"}, Unknown),
        ({"message_id": [7]}, Unknown),
        (ActionFailed(retcode=1200, message="EventChecker Failed result 110"), Refused),
    ],
)
async def test_the_three_ends_are_kept_apart(answer: Any, error: type[Exception]) -> None:
    transport, _ = door(send_group_msg=answer)
    with pytest.raises(error):
        await transport.send(GROUP, Content.of("你好"), 30)


async def test_without_a_connection_nothing_leaves() -> None:
    transport, bot = door()
    assert transport.online_accounts() == {"10"}
    assert transport.set_online("10", False) and not transport.set_online("10", False)
    assert transport.online_accounts() == frozenset()
    with pytest.raises(NotSent):
        await transport.send(GROUP, Content.of("你好"), 30)
    with pytest.raises(NotSent):
        await transport.send(Target("11", "group", "900"), Content.of("你好"), 30)
    assert bot.calls == []


async def test_lost_connection_ends_the_calls_under_way() -> None:
    transport, bot = door(send_group_msg=asyncio.get_running_loop().create_future())
    sending = asyncio.create_task(transport.send(GROUP, Content.of("你好"), 30))
    async with asyncio.timeout(PATIENCE):
        while not bot.calls:  # noqa: ASYNC110 - a fake sets no event
            await asyncio.sleep(0)
    transport.connection_lost("10")
    with pytest.raises(Unknown):
        await asyncio.wait_for(sending, PATIENCE)


def row(number: int, at: float, text: str = "", sender: int = 10, **segment: Any) -> dict[str, Any]:
    body = [{"type": "text", "data": {"text": text}}] if not segment else [segment]
    when = int(SINCE.timestamp() + at)
    return {"message_id": number, "message_seq": number, "time": when, "user_id": sender, "message": body}


def history(*rows: dict[str, Any], made_by: str = "NapCat") -> Any:
    """Pages of up to ``count`` messages, oldest first. They end with the message asked for, but NapCat's begin with it
    where ``reverse_order`` isn't said, as some old one's did where it was; Lagrange looks at ``message_id`` only."""

    def page(params: dict[str, Any]) -> Any:
        at = params.get("message_id" if made_by == "Lagrange" else "message_seq")
        if at is None:
            return {"messages": list(rows[-params["count"] :])}
        backwards = params.get("reverse_order", False)
        if made_by == "Lagrange" or backwards == (made_by == "NapCat"):
            return {"messages": [entry for entry in rows if entry["message_seq"] <= at][-params["count"] :]}
        return {"messages": [entry for entry in rows if entry["message_seq"] >= at][: params["count"]]}

    return page


BEFORE = row(1, -30, "早上好", 3)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([BEFORE, row(2, 1, "学习\n〔学1124-07〕")], Found("2")),
        ([row(2, 1, "学习\n〔学1124-07〕")], Found("2")),
        ([BEFORE, row(2, 1, "〔学1124-07〕", 4)], Absent()),
        ([BEFORE, row(2, 1, "〔学1124-07〕\n〔学1124-08〕")], Absent()),
        ([BEFORE, row(2, 1, "学1124-07")], Absent()),
        ([BEFORE], Absent()),
        ([], NoHistory()),
        ([row(2, 5, "晚了", 3)], NoHistory()),
        ([row(1, -86400 * 365, "〔学1124-07〕"), BEFORE], Absent()),
        ([BEFORE, row(2, 1, type="file", data={"file": "讲义〔学1124-07〕.pdf"})], Found("2")),
        ([BEFORE, row(2, 1, type="forward", data={"id": "x"})], NoHistory()),
        ([BEFORE, row(2, 1, type="forward", data={"content": [{"text": "〔学1124-07〕"}]})], Found("2")),
        ([BEFORE, row(2, 1, type="json", data={"data": "{}"})], NoHistory()),
        ([BEFORE, {**row(2, 1), "message": []}], NoHistory()),
        ([BEFORE, {**row(2, 1), "message": [], "raw_message": "学习\n〔学1124-07〕"}], Found("2")),
        ([BEFORE, {**row(2, 1), "message": "[CQ:at,qq=3] 学习\n〔学1124-07〕"}], Found("2")),
        ([BEFORE, {**row(2, 1), "message": "[CQ:forward,id=x]"}], NoHistory()),
        ([{**row(2, 1, "学习\n〔学1124-07〕"), "time": 0}], Found("2")),
        ([{**BEFORE, "time": 0}], NoHistory()),
        ([{**BEFORE, "time": None}, row(2, 5, "晚了", 3)], NoHistory()),
    ],
)
async def test_history_proves_only_what_it_can(rows: list[dict[str, Any]], expected: object) -> None:
    transport, _ = door(get_group_msg_history=history(*rows))
    assert await transport.find(GROUP, "学1124-07", SINCE) == expected


@pytest.mark.parametrize("made_by", ["NapCat", "Lagrange", "some old one"])
async def test_history_is_read_back_page_by_page(made_by: str) -> None:
    chatter = [row(number, number, "聊天", 3) for number in range(3, 153)]
    transport, bot = door(get_group_msg_history=history(BEFORE, row(2, 1, "〔学1124-07〕"), *chatter, made_by=made_by))
    assert await transport.find(GROUP, "学1124-07", SINCE) == Found("2")
    transport, _ = door(get_group_msg_history=history(BEFORE, *chatter, made_by=made_by))
    assert await transport.find(GROUP, "学1124-07", SINCE) == Absent()
    many = [row(number, number, "聊天", 3) for number in range(3, 1000)]
    transport, bot = door(get_group_msg_history=history(BEFORE, *many, made_by=made_by))
    assert await transport.find(GROUP, "学1124-07", SINCE) == NoHistory()
    assert len(bot.calls) == 8


async def test_failing_history_proves_nothing() -> None:
    transport, bot = door(get_friend_msg_history=history(BEFORE))
    assert await transport.find(GROUP, "学1124-07", SINCE) == NoHistory()
    assert await transport.find(FRIEND, "学1124-07", SINCE) == Absent()
    assert bot.calls[-1][1]["user_id"] == 55


SOON, LONG_AGO = time.time() + 600, time.time() - 600
ALL_OPEN, ALL_SHUT = {"group_id": 900, "group_all_shut": 0}, {"group_id": 900, "group_all_shut": -1}


@pytest.mark.parametrize(
    ("me", "group", "expected"),
    [
        ({"user_id": 10, "role": "member", "shut_up_timestamp": 0}, ALL_OPEN, True),
        ({"user_id": "10", "role": "member", "shut_up_timestamp": int(LONG_AGO)}, ALL_OPEN, True),
        ({"user_id": 10, "role": "member", "shut_up_timestamp": int(SOON)}, ALL_OPEN, False),
        ({"user_id": 10, "role": "member", "shut_up_timestamp": 0}, ALL_SHUT, False),
        ({"user_id": 10, "role": "admin", "shut_up_timestamp": 0}, ALL_SHUT, True),
        ({"user_id": 0}, ALL_OPEN, False),
        (None, ALL_OPEN, False),
        (ActionFailed(retcode=1200, message="群(900)成员10不存在"), ALL_OPEN, False),
    ],
)
async def test_where_the_account_may_write(me: Any, group: Any, expected: bool) -> None:
    transport, _ = door(get_group_member_info=me, get_group_info=group)
    assert await transport.may_write(GROUP) is expected


@pytest.mark.parametrize(("friends", "expected"), [([{"user_id": 55}], True), ([{"user_id": 5}], False), (None, False)])
async def test_only_to_friends(friends: Any, expected: bool) -> None:
    transport, _ = door(get_friend_list=friends)
    assert await transport.may_write(FRIEND) is expected


async def test_recall() -> None:
    transport, bot = door(delete_msg=None)
    assert await transport.recall(GROUP, "-12")
    assert bot.calls[0][1]["message_id"] == -12
    transport, _ = door()
    assert not await transport.recall(GROUP, "12")


@pytest.mark.parametrize("made_by", ["NapCat", "Lagrange", "some old one"])
async def test_what_was_said_since_then_is_whole_or_it_says_so(made_by: str) -> None:
    said = [row(number, number, "聊天", 10 if number == 9 else 3) for number in range(2, 120)]
    others = [one for one in said if one["user_id"] != 10]
    transport, _ = door(get_group_msg_history=history(BEFORE, *said, made_by=made_by))
    assert await transport.said_since(GROUP, SINCE) == (others, True)
    transport, _ = door(get_group_msg_history=history(*said, made_by=made_by))
    assert await transport.said_since(GROUP, SINCE) == (others, False)


async def test_what_cannot_be_read_may_have_been_anything() -> None:
    transport, bot = door(get_group_msg_history=ActionFailed(status="failed", retcode=1200, message="no"))
    assert await transport.said_since(GROUP, SINCE) == ([], False)
    assert await transport.said_since(Target("11", "group", "900"), SINCE) == ([], False)
    assert len(bot.calls) == 1


async def test_the_platform_tells_whole_seconds_only() -> None:
    at = row(1, 0, "已学", 3)
    transport, _ = door(get_group_msg_history=history(BEFORE, at))
    assert await transport.said_since(GROUP, SINCE.replace(microsecond=900_000)) == ([at], True)
