"""A stranger's first five minutes: ``xueban demo`` as a process of its own, its page in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.simulator import sample
from tests.process import BotProcess, free_port

from .test_demo_page import QUIET, chromium

TEXT = "/推送 抓党建促治理\n社区把网格建在楼栋里,党员在家门口亮身份、领任务。半年来解决停车、漏水、噪声等小事四百多件。"
SLOWEST = 60_000
"""Milliseconds for what takes a second or two on a machine that has nothing else to do."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[BotProcess]:
    port = free_port()
    process = BotProcess(tmp_path, "demo", "--page-port", str(port), port=port)
    yield await process.start()
    process.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        await browser.close()


async def say(page: Page, person: int, words: str) -> None:
    await page.get_by_test_id(f"persona-{person}").click()
    await page.get_by_test_id("composer").fill(words)
    await page.get_by_test_id("composer").press("Enter")


async def test_a_push_three_who_complete_it_tomorrow_s_push_and_who_has_not(demo: BotProcess, browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 820})
    page.set_default_timeout(SLOWEST)
    await page.goto(f"http://127.0.0.1:{demo.port}")
    messages = page.get_by_test_id("messages")
    await expect(messages).to_contain_text("【今日学习 1】", timeout=SLOWEST)

    await say(page, sample.PROPAGANDIST, TEXT)
    await expect(messages).to_contain_text("回复「确认」马上推送", timeout=SLOWEST)
    await say(page, sample.PROPAGANDIST, "确认")
    await expect(messages).to_contain_text("【今日学习 2】《抓党建促治理》", timeout=SLOWEST)
    for person in sample.MEMBERS[3:6]:
        await say(page, person, "已学 2")
    await expect(messages.locator('[data-testid^="reaction-"]')).to_have_count(3, timeout=SLOWEST)

    await page.get_by_test_id("clock-jump-tomorrow").click()
    await expect(page.get_by_test_id("clock")).to_contain_text("08:00", timeout=SLOWEST)
    await expect(messages).to_contain_text("【今日学习 3】", timeout=SLOWEST)
    await page.get_by_test_id(f"persona-{sample.SECRETARY}").click()
    await page.get_by_test_id("chat-private").click()
    await say(page, sample.SECRETARY, "谁还没学 2")
    await expect(messages).to_contain_text("3/11,未完成 8 人", timeout=SLOWEST)
    # nothing for a stranger to wonder about in the terminal
    told = demo.written.split("(Ctrl+C 结束)")
    assert [part.strip() for part in told[1:]] == [""]
    assert "INFO" not in told[0]
