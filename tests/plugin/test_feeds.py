"""A plan that a subscribed feed supplies: each slot the freshest article, fetched beforehand from a real server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.branch.models import Branch
from bot.core.clock import ShiftableClock
from bot.sources.fetcher import Fetcher
from bot.study import feeds
from bot.subscription import subscribing
from plugins.discussion.clockwork import read_sources
from plugins.study.clockwork import feed_plans, push_what_is_due
from tests.plugin.conftest import BOSS, EDITOR
from tests.plugin.talk import Talk
from tests.unit.study.house import china, pushed, told
from tests.web import Server, ok, serving

PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><div class='TRS_Editor'>{1}</div></body></html>"


class Feed:
    """What the server lists: titles with the day they are from (no zone: Chinese time) or without one."""

    def __init__(self, server: Server) -> None:
        self.address, self.answers, self.asked = server

    def list(self, *entries: tuple[str, str]) -> None:
        items = "".join(
            f"<item><title>{title}</title><link>{self.address}/{title}.html</link>"
            + (f"<pubDate>{day}</pubDate>" if day else "")
            + "</item>"
            for title, day in entries
        )
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>要闻</title>{items}</channel></rss>"
        self.answers["/rss.xml"] = ok(body.encode(), kind=b"application/rss+xml")
        for title, _ in entries:
            text = "".join(f"<p>{title}的第{i}段,讲的是社区里怎样把主题党日办得有意思。</p>" for i in range(4))
            self.answers.setdefault(
                f"/{quote(title)}.html", ok(PAGE.format(title, text).encode(), kind=b"text/html; charset=utf-8")
            )


@pytest.fixture
async def feed(talk: Talk) -> AsyncIterator[Feed]:
    talk.app.clock.set(china("2026-11-24 09:00"))  # type: ignore[attr-defined]
    await talk.app.fetcher.close()
    talk.app.fetcher = Fetcher(allow_private=True)
    async with serving() as server:
        yield Feed(server)


async def beat(talk: Talk, when: str) -> list[str]:
    """The titles pushed so far, after the clock has beaten shortly before this moment and at it."""
    moment = china(when)
    for at in (moment - timedelta(minutes=15), moment):
        talk.app.clock.set(at)  # type: ignore[attr-defined]
        await feed_plans(talk.app)
        await push_what_is_due(talk.app)
    async with talk.app.database.reading() as uow:
        return await pushed(uow)


async def said_to_editor(talk: Talk) -> list[str]:
    async with talk.app.database.reading() as uow:
        return await told(uow, str(EDITOR))


async def planned(talk: Talk, feed: Feed) -> str:
    await talk.whisper(EDITOR, f"订阅 {feed.address}/rss.xml 社区要闻")
    return await talk.whisper(EDITOR, "学习计划 新建 每日要闻 每天8点 来源 1")


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_the_freshest_article_is_pushed_at_each_slot_and_none_twice(talk: Talk, feed: Feed) -> None:
    feed.list(("甲", "2026-11-23 10:00:00"), ("乙", "2026-11-24 07:00:00"), ("旧", "2026-10-01 10:00:00"))
    assert await planned(talk, feed) == (
        "计划 1「每日要闻」已建立:来源 1「社区要闻」的新文章,每天 8:00,下次 11月25日(周三)8:00。\n"
        "要停发「学习计划 暂停 1」。"
    )
    assert await talk.whisper(EDITOR, "学习计划") == "1. 每日要闻:下次 11月25日(周三)8:00,来源「社区要闻」"
    assert await beat(talk, "2026-11-25 08:00") == ["乙"]
    feed.list(("丙", "2026-11-25 18:00:00"), ("甲", "2026-11-23 10:00:00"), ("乙", "2026-11-24 07:00:00"))
    assert await beat(talk, "2026-11-26 08:00") == ["乙", "丙"]
    assert await beat(talk, "2026-11-27 08:00") == ["乙", "丙", "甲"]
    assert await beat(talk, "2026-11-28 08:00") == ["乙", "丙", "甲"]
    assert await beat(talk, "2026-11-29 08:00") == ["乙", "丙", "甲"]
    assert await said_to_editor(talk) == [
        "计划 1「每日要闻」11月28日(周六)8:00没有可推送的:来源「社区要闻」里没有新文章。\n"
        "要补一篇,发「学习计划 添加 1 资料 编号」;不用了发「学习计划 删除 1」。"
    ]
    feed.list(("丁", "2026-11-29 18:00:00"))
    assert (await beat(talk, "2026-11-30 08:00"))[3:] == ["丁"]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
async def test_two_processes_that_fetch_at_once_take_one(talk: Talk, feed: Feed, clock: ShiftableClock) -> None:
    feed.list(("甲", "2026-11-23 10:00:00"), ("乙", "2026-11-24 07:00:00"))
    await planned(talk, feed)
    clock.set(china("2026-11-25 07:50"))
    await asyncio.gather(*(feeds.feed(talk.app.database, talk.app.fetcher, Path(), 1) for _ in range(2)))
    assert await talk.whisper(EDITOR, "资料") == "1. 《乙》约 1 分钟"
    assert await beat(talk, "2026-11-25 08:00") == ["乙"]


async def test_a_branch_below_is_fed_by_a_source_of_the_one_above(talk: Talk, feed: Feed) -> None:
    feed.list(("甲", "2026-11-24 07:00:00"))
    await talk.whisper(EDITOR, f"订阅 {feed.address}/rss.xml 社区要闻")
    async with talk.app.database.unit_of_work() as uow:
        uow.session.add(Branch(id=2, parent_id=1, kind="党小组", name="第一党小组", path="/1/2/", created_at=uow.now))
        await uow.session.flush()
        found = await subscribing.get(uow, 2, 1)
    assert found.name == "社区要闻"


async def test_an_article_that_cannot_be_read_is_passed_over(talk: Talk, feed: Feed) -> None:
    feed.list(("甲", "2026-11-23 10:00:00"), ("乙", "2026-11-24 07:00:00"))
    del feed.answers[f"/{quote('乙')}.html"]
    await planned(talk, feed)
    assert await beat(talk, "2026-11-25 08:00") == ["甲"]
    assert await beat(talk, "2026-11-26 08:00") == ["甲"]
    (line,) = await said_to_editor(talk)
    assert "最新的几篇都打不开" in line


async def test_a_start_at_the_last_moment_waits_for_the_article(talk: Talk, feed: Feed, clock: ShiftableClock) -> None:
    feed.list(("甲", "2026-11-24 07:00:00"))
    await planned(talk, feed)
    clock.set(china("2026-11-25 08:10"))
    await push_what_is_due(talk.app)
    async with talk.app.database.reading() as uow:
        assert await pushed(uow) == []
    assert await beat(talk, "2026-11-25 08:30") == ["甲"]


async def test_long_after_the_slot_it_is_missed_and_said(talk: Talk, feed: Feed, clock: ShiftableClock) -> None:
    feed.list(("甲", "2026-11-24 07:00:00"))
    await planned(talk, feed)
    clock.set(china("2026-11-25 12:00"))
    await push_what_is_due(talk.app)
    assert ["错过了 1 次推送" in line for line in await said_to_editor(talk)] == [True]
    assert await beat(talk, "2026-11-26 08:00") == ["甲"]


async def test_what_was_added_by_hand_goes_first(talk: Talk, feed: Feed) -> None:
    feed.list(("甲", "2026-11-24 07:00:00"))
    await planned(talk, feed)
    await talk.whisper(EDITOR, "入库 网格里的党小组\n" + "党小组长每周到网格里走一走,听听大家怎么说。" * 3)
    assert "现在还有 1 篇" in await talk.whisper(EDITOR, "学习计划 添加 1 资料 1")
    assert await beat(talk, "2026-11-25 08:00") == ["网格里的党小组"]
    assert await beat(talk, "2026-11-26 08:00") == ["网格里的党小组", "甲"]


async def test_a_source_given_up_or_paused(talk: Talk, feed: Feed) -> None:
    feed.list(("甲", "2026-11-24 07:00:00"))
    await planned(talk, feed)
    await talk.whisper(EDITOR, "学习计划 暂停 1")
    assert await beat(talk, "2026-11-25 08:00") == []
    await talk.whisper(EDITOR, "学习计划 恢复 1")
    await talk.whisper(EDITOR, "退订 1")
    assert await beat(talk, "2026-11-26 08:00") == []
    (line,) = await said_to_editor(talk)
    assert "来源「社区要闻」已经退订" in line


async def test_what_lists_no_articles_feeds_no_plan(talk: Talk, feed: Feed, data_dir: Path) -> None:
    (data_dir / "hot").mkdir()
    (data_dir / "hot" / "day.json").write_text('["一条", "两条"]', "utf-8")
    await talk.whisper(EDITOR, "订阅 文件 day.json 热榜")
    assert "里没有文章的链接" in await talk.whisper(EDITOR, "学习计划 新建 要闻 每天8点 来源 1")
    assert await talk.whisper(EDITOR, "学习计划 新建 要闻 每天8点 来源 7") == "没有来源 7。发「订阅」看看有哪些。"
    assert "还没有学习计划" in await talk.whisper(EDITOR, "学习计划")


async def test_a_feed_that_has_been_dead_for_long_is_said_to_be(talk: Talk, feed: Feed, clock: ShiftableClock) -> None:
    feed.list(("甲", "2023-05-01 20:00:00"))
    answer = await talk.whisper(EDITOR, f"订阅 {feed.address}/rss.xml 老网站")
    assert answer.endswith("⚠ 它有回应,但2023年5月1日以后没有新内容,不要了发「退订 1」。")
    feed.list(("乙", "2026-11-24 20:00:00"))
    clock.set(china("2026-11-25 09:00"))
    await read_sources(talk.app)
    assert await talk.whisper(EDITOR, "订阅") == "1. 老网站:11月25日(周三)9:00有回应"
    clock.set(china("2026-12-10 09:00"))
    await read_sources(talk.app)
    assert await said_to_editor(talk) == ["来源 1「老网站」有回应,但11月24日以后没有新内容\n不用了发「退订 1」。"]
    assert await talk.whisper(BOSS, "订阅") == "1. 老网站:有回应,但11月24日以后没有新内容"


async def test_what_nobody_has_questions_for_is_not_to_be_answered(talk: Talk, feed: Feed) -> None:
    feed.list(("甲", "2026-11-23 10:00:00"))
    await planned(talk, feed)
    refused = "来源推来的文章没有题目,不能凭答题完成。请换一种完成方式,比如打卡。"
    assert await talk.whisper(EDITOR, "学习计划 完成方式 1 答题") == refused
    assert await talk.whisper(EDITOR, "学习计划 新建 要闻 每天9点 来源 1 凭答题") == refused
