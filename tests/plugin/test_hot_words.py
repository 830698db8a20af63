"""热词 and 讨论 as they are typed: sources, candidates, opening a discussion."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.clock import ShiftableClock
from bot.sources.hot import reading
from bot.sources.model import Model
from plugins.discussion.clockwork import end_what_is_due, read_sources
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import Talk, reply

BOARD = [
    ("守护万家灯火", "&Refer=new_time"),
    ("某男团新歌舞台", ""),
    ("老旧小区加装电梯新规出台", ""),
    ("医保跨省结算再扩大", ""),
    ("消防员抗洪抢险三天三夜", ""),
    ("社区食堂怎样才能长久", ""),
    ("国足热身赛一比零", ""),
    ("高标准农田迎来丰收", ""),
]


def board() -> bytes:
    rows = [{"title": title, "url": f"/weibo?q={at}{mark}"} for at, (title, mark) in enumerate(BOARD)]
    return json.dumps(rows, ensure_ascii=False).encode()


@pytest.fixture
async def hot(talk: Talk, data_dir: Path) -> Talk:
    """A branch that has subscribed to a file of hot words."""
    (data_dir / "hot").mkdir()
    (data_dir / "hot" / "day.json").write_bytes(board())
    said = await talk.whisper(EDITOR, "订阅 文件 day.json 今日热榜")
    assert said.startswith("已订阅来源 1「今日热榜」,现在有 8 条:守护万家灯火、某男团新歌舞台")
    return talk


async def test_without_sources_the_boards_are_proposed(talk: Talk) -> None:
    assert await talk.say(EDITOR, "热词") == (
        "还没有订阅热词来源。回复「确认」订阅微博热搜、百度热榜、头条热榜,「取消」放弃。"
    )
    assert await talk.say(EDITOR, "取消") == "已取消,什么都没有改动。"


async def test_five_candidates_with_source_and_reason(hot: Talk) -> None:
    said = (await hot.say(EDITOR, "热词")).splitlines()
    assert said[:2] == ["1. 守护万家灯火", "   今日热榜|官方置顶"]
    assert len(said) == 11
    assert not any("男团" in line or "国足" in line for line in said)
    assert said[-1] == "选一个发「讨论 1」,看链接发「热词 1」,换一批发「热词 更多」。"
    assert "https://s.weibo.com/weibo?q=0" in await hot.say(EDITOR, "热词 1")


async def test_nothing_is_posted_before_it_is_confirmed(hot: Talk) -> None:
    await hot.say(EDITOR, "热词")
    asked = (await hot.say(EDITOR, "讨论 1")).splitlines()
    assert asked[0] == "讨论「守护万家灯火」"
    assert asked[-1] == "回复「确认」发到群里(11月25日(周三)7:40结束),「换一组」换问题,「取消」放弃。"
    assert await hot.enqueued() == []
    other = (await hot.say(EDITOR, "换一组")).splitlines()
    assert other[0] == asked[0]
    assert other[1] != asked[1]
    assert await hot.say(EDITOR, "确认") == "讨论 1 已发起,11月25日(周三)7:40结束。提前结束发「结束讨论 1」。"
    ((where, card),) = await hot.enqueued()
    assert where == "group 9"
    assert card.startswith("【讨论 1】守护万家灯火\n来源:今日热榜\n")
    assert "回复这条消息,或发「#话题# 您的看法」" in card


async def test_numbers_mean_discussions_again_once_a_choice_was_made(hot: Talk) -> None:
    await hot.say(EDITOR, "热词")
    await hot.say(EDITOR, "讨论 1")
    await hot.say(EDITOR, "确认")
    assert (await hot.say(EDITOR, "讨论 1")).startswith("讨论 1「守护万家灯火」:0 人、0 条发言,")
    assert await hot.say(EDITOR, "讨论 2") == "没有讨论 2。发「讨论」看有哪些,要选今天的话题先发「热词」。"


async def test_the_secretary_may_choose_from_what_the_propagandist_was_shown(hot: Talk, clock: ShiftableClock) -> None:
    await hot.say(EDITOR, "热词")
    assert (await hot.say(BOSS, "讨论 1")).startswith("讨论「守护万家灯火」")
    clock.set(clock.now() + timedelta(minutes=61))
    assert await hot.say(BOSS, "讨论 1") == "没有讨论 1。发「讨论」看有哪些,要选今天的话题先发「热词」。"


async def test_what_was_discussed_isnt_offered_for_sixty_days(hot: Talk, clock: ShiftableClock) -> None:
    await hot.say(EDITOR, "热词")
    await hot.say(EDITOR, "讨论 1")
    await hot.say(EDITOR, "确认")
    assert "守护万家灯火" not in await hot.say(EDITOR, "热词")


async def test_a_topic_of_ones_own_with_its_end(talk: Talk) -> None:
    asked = await talk.say(EDITOR, "/讨论 社区食堂怎样才能长久 明天18:00")
    assert asked.startswith("讨论「社区食堂怎样才能长久」")
    assert "11月25日(周三)18:00结束" in asked
    assert "结束时间太近" in await talk.say(EDITOR, "/讨论 随便聊聊近况 1分钟后")


async def test_members_look_but_dont_open(hot: Talk) -> None:
    assert await hot.say(MEMBER, "热词") == "「热词」由宣传委员使用,您可以发「帮助」看看能做什么。"
    assert await hot.say(MEMBER, "/讨论 我来出一个题目") == "开讨论由宣传委员或书记来做。发「讨论」看正在进行的。"
    assert (await hot.say(MEMBER, "讨论")).startswith("还没有讨论。")


async def test_candidates_from_a_file_that_somebody_sent(talk: Talk) -> None:
    await talk.whisper(EDITOR, talk.file("榜单.json", board()))
    said = await talk.whisper(EDITOR, reply(talk.last_id), "热词")
    assert said.startswith("1. 守护万家灯火\n   榜单.json|官方置顶")


async def test_the_branchs_own_words(hot: Talk) -> None:
    assert await hot.whisper(EDITOR, "词典 添加 社区食堂") == "已添加词:社区食堂。看全部发「词典」。"
    assert await hot.whisper(EDITOR, "词典 添加 社区食堂") == "「社区食堂」已经在词典里了。"
    assert "像一个词" in await hot.whisper(EDITOR, "词典 添加 =HYPERLINK(1)")
    said = (await hot.say(EDITOR, "热词")).splitlines()
    assert said[2:4] == ["2. 社区食堂怎样才能长久", "   今日热榜|提到「社区食堂」"]
    assert await hot.whisper(EDITOR, "词典 提醒 食堂") == "已添加提醒词(只提醒,不拦截):食堂。看全部发「词典」。"
    assert "⚠ 有支部提醒词:食堂" in await hot.say(EDITOR, "讨论 2")
    assert await hot.whisper(EDITOR, "词典 删除 社区食堂") == "已从词典删除:社区食堂。"
    assert "支部的词:还没有。" in await hot.whisper(EDITOR, "词典")


async def test_sources_are_listed_given_up_and_taken_back(hot: Talk) -> None:
    assert await hot.whisper(EDITOR, "订阅 文件 day.json") == "这个来源已经订阅了。发「订阅」看看有哪些。"
    assert "没有热词文件" in await hot.whisper(EDITOR, "订阅 文件 ../xueban.db")
    assert "内部网络" in await hot.whisper(EDITOR, "订阅 http://127.0.0.1/rss.xml")
    assert (await hot.whisper(EDITOR, "订阅")).startswith("1. 今日热榜:11月24日(周二)7:40有回应")
    assert await hot.whisper(EDITOR, "退订 1") == "已退订「今日热榜」。退错了发「撤销」。"
    assert (await hot.whisper(EDITOR, "订阅")).startswith("还没有订阅来源。")
    await hot.whisper(EDITOR, "撤销")
    await hot.whisper(EDITOR, "确认")
    assert (await hot.whisper(EDITOR, "订阅")).startswith("1. 今日热榜")


async def test_a_source_that_fails_is_shown_and_after_a_while_reported(
    hot: Talk, data_dir: Path, clock: ShiftableClock
) -> None:
    (data_dir / "hot" / "day.json").write_bytes(b"<html>502</html>")
    for _ in range(3):
        clock.set(clock.now() + timedelta(hours=1, minutes=1))
        await read_sources(hot.app)
    assert "⚠ 来源「今日热榜」" in await hot.say(EDITOR, "热词")
    ((where, told),) = await hot.enqueued()
    assert where == f"private {EDITOR}"
    assert told.splitlines()[0] == "来源 1「今日热榜」这个地址给的是网页,不是 RSS 或 JSON 列表"


async def test_what_a_source_said_before_it_died_is_no_news(hot: Talk, data_dir: Path, clock: ShiftableClock) -> None:
    (data_dir / "hot" / "day.json").write_bytes(b"<html>502</html>")
    clock.set(clock.now() + timedelta(hours=47))
    assert "守护万家灯火" in await hot.say(EDITOR, "热词")
    clock.set(clock.now() + timedelta(hours=2))
    said = await hot.say(EDITOR, "热词")
    assert "守护万家灯火" not in said
    assert "⚠ 来源「今日热榜」" in said


async def test_a_source_is_asked_once_an_hour_by_however_many(
    hot: Talk, clock: ShiftableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = reading.read

    async def counted(spec: reading.Spec, *rest: Any) -> reading.Reading:
        asked.append(spec.address)
        return await real(spec, *rest)

    monkeypatch.setattr(reading, "read", counted)
    await read_sources(hot.app)
    assert asked == []
    clock.set(clock.now() + timedelta(hours=1))
    await asyncio.gather(read_sources(hot.app), read_sources(hot.app), hot.say(EDITOR, "热词"))
    await read_sources(hot.app)
    assert asked == ["day.json"]


async def test_a_source_without_anything_new_is_reported_once(hot: Talk, clock: ShiftableClock) -> None:
    for _ in range(2):
        clock.set(clock.now() + timedelta(days=4))
        await read_sources(hot.app)
    ((_, told),) = await hot.enqueued()
    assert "以后没有新内容" in told


async def test_an_end_by_the_clock_tells_the_propagandist(hot: Talk, clock: ShiftableClock) -> None:
    await hot.whisper(BOSS, "讨论 社区食堂怎样才能长久")
    await hot.whisper(BOSS, "确认")
    clock.set(clock.now() + timedelta(hours=22, minutes=30))
    await end_what_is_due(hot.app)
    clock.set(clock.now() + timedelta(hours=2))
    await end_what_is_due(hot.app)
    await end_what_is_due(hot.app)
    said = await hot.enqueued()
    assert [where for where, _ in said] == ["group 9", f"private {EDITOR}"]
    assert "到时间了:0 人、0 条发言" in said[1][1]


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_on_postgresql_too(hot: Talk) -> None:
    assert (await hot.say(EDITOR, "热词")).startswith("1. 守护万家灯火")
    assert (await hot.say(EDITOR, "热词")).startswith("1. 守护万家灯火")
    await hot.say(EDITOR, "讨论 1")
    assert "已发起" in await hot.say(EDITOR, "确认")
    assert "守护万家灯火" in await hot.say(EDITOR, "讨论 搜索 灯火")


async def test_a_model_may_propose_the_questions_and_the_templates_stay_at_hand(hot: Talk) -> None:
    class Proposing(Model):
        async def questions(self, title: str, about: str) -> tuple[str, ...]:
            return (f"说到{title},您想到了什么?", "我们支部能做一件什么事?")

    await hot.app.model.close()
    hot.app.model = Proposing(hot.app.settings.xueban.model)
    await hot.say(EDITOR, "热词")
    assert "问:说到守护万家灯火,您想到了什么?" in await hot.say(EDITOR, "讨论 1")
    assert "说到守护万家灯火" not in await hot.say(EDITOR, "换一组")
