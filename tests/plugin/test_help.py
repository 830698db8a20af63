"""帮助, tried through the table: what this person may do and no more, short enough for a phone."""

import pytest

from bot.chat import helping
from bot.chat.commands import Who
from bot.chat.runtime import PLUGINS
from bot.chat.table import TABLE
from tests.plugin.conftest import BOSS, EDITOR, MEMBER, STRANGER, SUPERUSER
from tests.plugin.talk import ACCOUNT, Talk, at

PHONE = 20
"""Chinese characters in one line of a phone at a size that is readable at 65."""
SCREEN = 16
"""Such lines on one screen of it."""
BOT = int(ACCOUNT)


def lines_on_a_phone(text: str) -> int:
    return sum(-(-len(line) // PHONE) for line in text.splitlines())


@pytest.mark.parametrize("user", [MEMBER, EDITOR, BOSS])
async def test_help_fits_a_phone(talk: Talk, user: int) -> None:
    text = await talk.whisper(user, "帮助")
    assert text
    assert lines_on_a_phone(text) <= SCREEN


async def test_a_member_sees_what_members_may(talk: Talk) -> None:
    text = await talk.whisper(MEMBER, "帮助")
    assert "已学" in text
    for command in TABLE:
        if command.who not in helping.EVERYBODY:
            assert f"{command.words[0]}、" not in text


async def test_a_secretary_sees_every_office_and_not_the_operators(talk: Talk) -> None:
    text = await talk.whisper(BOSS, "帮助")
    listed = {word for line in text.splitlines() for word in line.partition("】")[2].split("、") if word}
    assert listed == {c.words[0] for c in TABLE if c.who is not Who.SUPERUSER and c.plugin != "help" and not c.under}
    assert "开始" in await talk.whisper(SUPERUSER, "帮助")


async def test_what_belongs_to_a_command_is_named_with_it(talk: Talk) -> None:
    below = [c.words[0] for c in TABLE if c.under == "会议"]
    assert below
    assert f"相关:{'、'.join(below)}" in await talk.whisper(MEMBER, "帮助 会议")
    heads = {c.words[0] for c in TABLE if not c.under}
    assert {c.under for c in TABLE if c.under} <= heads


async def test_in_a_group_it_says_what_needs_no_prefix(talk: Talk) -> None:
    text = await talk.say(MEMBER, "/帮助")
    spoken = next(line for line in text.splitlines() if line.startswith("群里可以直接说:"))
    bare = {c.words[0] for c in TABLE if c.bare and not c.under and c.who in helping.EVERYBODY}
    assert set(spoken.partition(":")[2].partition(";")[0].split("、")) == bare


async def test_one_command_with_an_example(talk: Talk) -> None:
    lines = (await talk.whisper(EDITOR, "帮助 推送")).splitlines()
    assert lines[0] == "推送一篇学习材料"
    assert lines[1].startswith("推送 <")
    assert "例如「推送 资料 12 明天8点」" in lines


@pytest.mark.parametrize("typed", ["帮助 打卡", "帮助 /打卡", "/帮助 已学", "帮助已学"])
async def test_any_word_of_a_command_will_do(talk: Talk, typed: str) -> None:
    assert (await talk.whisper(MEMBER, typed)).startswith("登记学完了\n")


async def test_a_command_of_an_office_says_whose_it_is(talk: Talk) -> None:
    assert (await talk.whisper(MEMBER, "帮助 任命")).endswith("由书记使用。")


async def test_a_word_that_is_no_command_gets_the_nearest(talk: Talk) -> None:
    told = await talk.whisper(EDITOR, "帮助 推送材枓")
    assert told.startswith("推送一篇学习材料")
    assert "你是不是想说「学习计划」?" in await talk.whisper(EDITOR, "帮助 学习计化")
    assert await talk.whisper(EDITOR, "帮助 唱歌") == "没有「唱歌」这条命令。发「帮助」看全部。"


async def test_a_stranger_is_told_how_to_bind(talk: Talk) -> None:
    for answer in (await talk.say(STRANGER, at(BOT), "帮助"), await talk.whisper(STRANGER, "帮助")):
        assert "发「绑定 您的姓名」" in answer
        assert "推送" not in answer


async def test_a_group_without_a_branch_hears_nothing(talk: Talk) -> None:
    assert await talk.say(STRANGER, "/帮助", group=555) == ""
    assert "开始" in await talk.say(SUPERUSER, "/帮助", group=555)


async def test_hints_come_only_where_the_bot_was_addressed(talk: Talk) -> None:
    assert await talk.say(EDITOR, "推松一下吧") == ""
    assert await talk.say(EDITOR, "学习计画很好") == ""
    assert "「推送」" in await talk.say(EDITOR, "/推迭")
    assert "「帮助」" in await talk.say(EDITOR, at(BOT), "今天天气怎么样")


async def test_a_stranger_gets_no_hint(talk: Talk) -> None:
    assert await talk.say(STRANGER, at(BOT), "今天天气怎么样") == ""


def test_every_plugin_has_a_heading() -> None:
    assert set(helping.TITLES) == set(PLUGINS)


def test_every_command_that_takes_something_has_an_example_that_reaches_it() -> None:
    for command in TABLE:
        if command.takes_arguments or command.example:
            found = TABLE.addressed(command.example)
            assert found is not None, command.key
            assert found.command is command
