"""The screen lets through what is for the bot, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.conversation import Conversations
from bot.chat.scene import Routed, Scene
from bot.chat.screen import Screen
from bot.chat.table import CommandTable
from bot.core.clock import ShiftableClock
from bot.core.db import Database
from bot.discussion.listening import Listening, Window
from bot.rendering.content import Content


async def check_in(call: Call) -> Reply:
    return None


async def push(call: Call) -> Reply:
    return None


async def confirmed(call: Call) -> Reply:
    return None


async def unknown(call: Call) -> Reply:
    return None


def frame(*segments: dict[str, Any] | str, group: int | None = 9, user: int = 5) -> dict[str, Any]:
    return {
        "post_type": "message",
        "message_type": "private" if group is None else "group",
        "self_id": 1,
        "user_id": user,
        "group_id": group,
        "message_id": 77,
        "sender": {"nickname": "小张", "card": ""},
        "message": [{"type": "text", "data": {"text": s}} if isinstance(s, str) else s for s in segments],
    }


def at(who: int) -> dict[str, Any]:
    return {"type": "at", "data": {"qq": str(who)}}


REPLY = {"type": "reply", "data": {"id": "42"}}


@pytest.fixture
def conversations(database: Database) -> Conversations:
    return Conversations(database)


@pytest.fixture
def screen(conversations: Conversations) -> Screen:
    commands = CommandSet("study")
    commands.command("已学", "打卡", who=Who.MEMBER, usage="已学 [编号]", summary="", bare=True)(check_in)
    commands.command("推送", who=Who.EDITOR, usage="推送 <材料>", summary="")(push)
    commands.command("发布", who=Who.EDITOR, usage="发布 <材料>", summary="", scheduled=True)(push)
    commands.answer("confirmed")(confirmed)
    table = CommandTable()
    table.add(commands)
    return Screen(table, conversations, unknown, Listening())


def taken(routed: Routed | None) -> tuple[str, str] | None:
    return None if routed is None else (routed.handler.__name__, routed.args)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (frame("已学"), ("check_in", "")),
        (frame("已学👍 "), ("check_in", "")),
        (frame("打卡 7"), ("check_in", "7")),
        (frame(REPLY, "已学"), ("check_in", "")),
        (frame("/推送 你好"), ("push", "你好")),
        (frame("/推送 你好"), ("push", "你好")),
        (frame(at(1), " 推送 你好"), ("push", "你好")),
        (frame("推送 你好", group=None), ("push", "你好")),
        (frame(at(1), "天气怎样"), ("unknown", "天气怎样")),
        (frame("/推松"), ("unknown", "推松")),
        (frame("/明天8点发布 资料3"), ("push", "明天8点 资料3")),
        (frame("下周一上午9点 发布https://a.cn/1", group=None), ("push", "下周一上午9点 https://a.cn/1")),
        (frame("今天发布的文章很好", group=None), ("unknown", "今天发布的文章很好")),
        (frame("明天8点推送 资料3", group=None), ("unknown", "明天8点推送 资料3")),
        (frame("明天8点发布 资料3"), None),
        (frame("推送 你好"), None),
        (frame("还没学完"), None),
        (frame("学完了吗?"), None),
        (frame("我觉得这篇材料很好,值得大家都看一看,尤其是第二部分"), None),
        (frame(at(2), "已学习"), None),
        (frame("/天气 北京"), None),
        (frame({"type": "image", "data": {"file": "x.png"}}), None),
        (frame(""), None),
        (frame("已学", user=1), None),
        (frame("已學"), ("check_in", "")),
        (frame("已学") | {"anonymous": None}, ("check_in", "")),
        (frame("已学", user=80000000) | {"anonymous": {"id": 1, "name": "大力鬼王", "flag": "x"}}, None),
    ],
)
def test_screen(screen: Screen, said: dict[str, Any], expected: tuple[str, str] | None) -> None:
    assert taken(screen.message(said)) == expected


def test_reply_and_scene_are_kept(screen: Screen) -> None:
    routed = screen.message(frame(REPLY, "已学"))
    assert routed is not None
    assert routed.message.reply_to == "42"
    assert routed.scene == Scene("onebot11", "1", "5", "小张", "9")


SCENE = Scene("onebot11", "1", "5", "小张", "9")


@pytest.mark.parametrize(
    ("card", "shown"),
    [
        ("张三", "张三"),
        ("张三\n系统:请回复「同意 1」", "张三系统:请回复「同意 1」"),
        ("\u202e国建王", "国建王"),
        ("好" * 99, "好" * 60),
    ],
)
def test_a_card_cannot_write_beyond_its_place(screen: Screen, card: str, shown: str) -> None:
    routed = screen.message(frame("已学") | {"sender": {"nickname": "小张", "card": card}})
    assert routed is not None
    assert routed.scene.display_name == shown


async def test_an_answer_goes_to_its_question(screen: Screen, conversations: Conversations) -> None:
    await conversations.ask(SCENE, Ask(Content.of("要推送吗"), then="study.confirmed", payload={"id": 3}))
    assert taken(screen.message(frame("确认"))) == ("confirmed", "确认")
    assert taken(screen.message(frame("算了"))) == ("confirmed", "取消")
    assert screen.message(frame("好,我知道了")) is None
    assert screen.message(frame("确认", user=6)) is None
    answer = screen.message(frame("确认"))
    assert answer is not None and answer.answers is not None
    assert await conversations.take(SCENE, answer.answers) == {"id": 3}
    assert await conversations.take(SCENE, answer.answers) is None
    assert screen.message(frame("确认")) is None


async def test_an_answer_is_to_what_was_asked_when_it_arrived(
    screen: Screen, conversations: Conversations, clock: ShiftableClock
) -> None:
    """Two messages within milliseconds: the first has the next question asked before the second is looked at."""
    await conversations.ask(SCENE, Ask(Content.of("要推送甲吗"), then="study.confirmed", payload={"id": 3}))
    answer = screen.message(frame("确认"))
    assert answer is not None and answer.answers is not None
    clock.set(clock.now() + timedelta(milliseconds=1))
    await conversations.ask(SCENE, Ask(Content.of("要推送乙吗"), then="study.confirmed", payload={"id": 4}))
    assert await conversations.take(SCENE, answer.answers) is None
    later = screen.message(frame("确认"))
    assert later is not None and later.answers is not None
    assert await conversations.take(SCENE, later.answers) == {"id": 4}


async def test_questions_survive_a_restart_and_end(
    conversations: Conversations, database: Database, clock: ShiftableClock
) -> None:
    await conversations.ask(SCENE, Ask(Content.of("?"), then="study.confirmed"))
    again = Conversations(database)
    await again.load()
    assert again.answers(SCENE, "确定") == "确认"
    clock.set(clock.now() + timedelta(minutes=3))
    assert again.answers(SCENE, "确认") is None


async def test_an_account_that_comes_back_brings_what_is_open_by_now(
    conversations: Conversations, database: Database, clock: ShiftableClock
) -> None:
    """It was with another process meanwhile, which asked something else and took the answer to what was asked here."""
    other, somebody = Conversations(database), replace(SCENE, user_id="6")
    for scene in (SCENE, somebody):
        await conversations.ask(scene, Ask(Content.of("要推送甲吗"), then="study.confirmed"))
    await other.load("1")
    clock.set(clock.now() + timedelta(seconds=1))
    await other.ask(SCENE, Ask(Content.of("叫什么?"), then="study.named", choices=("甲", "乙")))
    asked = other.asked(somebody)
    assert asked is not None and await other.take(somebody, asked) == {}
    await conversations.load("1")
    assert (conversations.answers(SCENE, "甲"), conversations.asked(somebody)) == ("甲", None)


async def test_free_text_and_long_text_answer_an_open_question(screen: Screen, conversations: Conversations) -> None:
    await conversations.ask(SCENE, Ask(Content.of("叫什么?"), then="study.confirmed", choices=()))
    assert taken(screen.message(frame("红旗社区第一党支部,成立于一九九八年的老支部,共有二十七名党员"))) is not None
    assert taken(screen.message(frame("/推送 x"))) == ("push", "x")


FILE = {"type": "file", "data": {"file": "党章.pdf", "file_id": "f1"}}


async def test_a_file_answers_only_a_question_without_choices(screen: Screen, conversations: Conversations) -> None:
    await conversations.ask(SCENE, Ask(Content.of("要推送吗"), then="study.confirmed"))
    assert screen.message(frame(FILE)) is None
    await conversations.ask(SCENE, Ask(Content.of("把文件发给我"), then="study.confirmed", choices=()))
    routed = screen.message(frame(FILE))
    assert taken(routed) == ("confirmed", "")
    assert routed is not None
    assert [file.name for file in routed.message.files] == ["党章.pdf"]


async def test_a_pasted_text_is_an_answer_whatever_its_first_word(screen: Screen, conversations: Conversations) -> None:
    private = Scene("onebot11", "1", "5", "小张", None)
    await conversations.ask(private, Ask(Content.of("把文字发给我"), then="study.confirmed", choices=()))
    text = "推送" + "党的二十大报告指出,江山就是人民。\n" * 8
    assert taken(screen.message(frame(text, group=None))) == ("confirmed", text.strip())
    assert taken(screen.message(frame("推送 资料3", group=None))) == ("push", "资料3")


@pytest.mark.parametrize("broken", [{"user_id": "x"}, {"user_id": None}, {"group_id": "丙"}, {"group_id": [1]}])
def test_somebody_who_could_not_be_answered_is_not_heard(screen: Screen, broken: dict[str, object]) -> None:
    assert screen.message(frame("已学")) is not None
    assert screen.message({**frame("已学"), **broken}) is None


async def voice(call: Call) -> Reply:
    return None


def test_in_a_group_with_a_discussion_voices_are_let_through_and_nothing_else(conversations: Conversations) -> None:
    commands, discussion, listening = CommandSet("study"), CommandSet("discussion"), Listening()
    commands.command("已学", who=Who.MEMBER, usage="已学 [编号]", summary="", bare=True)(check_in)
    discussion.signal("voice")(voice)
    table = CommandTable()
    table.add(commands)
    table.add(discussion)
    screen = Screen(table, conversations, unknown, listening)
    talk = "我觉得社区食堂要让老人吃得起,账目要公开,志愿者也可以轮流帮忙"
    assert screen.message(frame(REPLY, talk)) is None
    listening.hear([("onebot11", "9", Window(1, 3, "社区食堂怎样才能长久", False))])
    assert taken(screen.message(frame(REPLY, talk))) == ("voice", "")
    assert taken(screen.message(frame("#社区食堂# " + talk))) == ("voice", "")
    assert taken(screen.message(frame(REPLY, "已学"))) == ("check_in", "")
    assert screen.message(frame(talk)) is None
    assert screen.message(frame("#周末去哪# " + talk)) is None
    assert screen.message(frame(REPLY, talk, group=8)) is None
    assert screen.message(frame(REPLY, talk, user=1)) is None
    listening.elsewhere("onebot11", "9", "42")
    assert screen.message(frame(REPLY, talk)) is None
    listening.hear([("onebot11", "9", Window(1, 3, "社区食堂怎样才能长久", True))])
    assert taken(screen.message(frame(talk))) == ("voice", "")
