"""The page of the simulated group in a real browser, against the real page server. No bot is needed: what the bot
would send is put into the world as its account's message."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.core.clock import ShiftableClock
from bot.core.errors import UserError
from bot.simulator import sample
from bot.simulator import segments as seg
from bot.simulator.server import PageServer
from bot.simulator.simulator import Simulator
from bot.simulator.world import Member, Message, Person

GROUP = f"group:{sample.GROUP_ID}"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
EVIL = "<img src=http://evil.example/x onerror=\"document.title='bad'\"><script>document.title='bad'</script>"


def chromium() -> str:
    """The browser of this machine; ``CHROMIUM`` names another one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path is not None, "no Chromium found: install Debian's chromium or set CHROMIUM"
    return path


@dataclass
class Demo:
    """The simulated group with its page's server."""

    sim: Simulator
    server: PageServer
    clock: ShiftableClock
    jumps: list[str] = field(default_factory=list)

    async def jump(self, wanted: str) -> datetime:
        self.jumps.append(wanted)
        if wanted == "+1h":
            self.clock.set(self.clock.now() + timedelta(hours=1))
        elif wanted != "明天 8:00":
            raise UserError("看不懂这个时间。")
        return self.clock.now()

    async def bot_says(self, *segments: dict[str, Any], chat: str = GROUP) -> Message:
        world = self.sim.world
        return world.say(chat, world.self_id, await seg.accept(world, list(segments), world.self_id))

    def last(self, chat: str = GROUP) -> Message:
        return self.sim.world.in_chat(chat)[-1]


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "data": {"text": words}}


@pytest.fixture
async def demo(clock: ShiftableClock) -> AsyncIterator[Demo]:
    async with Simulator(listen=("127.0.0.1", 0), clock=clock) as sim:
        server = PageServer(sim, port=0)
        demo = Demo(sim, server, clock)
        server.jump = demo.jump
        await server.start()
        yield demo
        await server.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        await browser.close()


async def open_page(browser: Browser, demo: Demo, width: int = 1280, height: int = 800) -> tuple[Page, list[str]]:
    """The page, and a list that fills with script errors and requests to other hosts."""
    page = await browser.new_page(viewport={"width": width, "height": height})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None)
    own = (demo.server.url, "data:", "blob:", demo.server.url.replace("http", "ws"))
    page.on("request", lambda request: None if request.url.startswith(own) else troubles.append(request.url))
    await page.goto(demo.server.url)
    await page.get_by_test_id(f"persona-{sample.SECRETARY}").wait_for(state="attached")
    return page, troubles


async def choose(page: Page, action: str, message_id: int) -> None:
    await page.get_by_test_id(f"msg-{message_id}").hover()
    await page.get_by_test_id(f"more-{message_id}").click()
    await page.get_by_test_id(action).click()


async def test_people_speak_in_the_group_and_in_private(demo: Demo, browser: Browser) -> None:
    page, troubles = await open_page(browser, demo)
    await page.get_by_test_id("persona-200000005").click()
    await page.get_by_test_id("composer").fill("大家早上好")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("messages")).to_contain_text("大家早上好")
    said = demo.last()
    assert (said.user_id, said.text) == (200000005, "大家早上好")
    await expect(page.get_by_test_id("composer")).to_have_value("")

    await page.get_by_test_id("chat-private").click()
    await page.get_by_test_id("quick-我的").click()
    await expect(page.get_by_test_id("messages")).to_contain_text("我的")
    assert demo.last("private:200000005").text == "我的"
    await demo.bot_says(text("今年学了 3 篇"), chat="private:200000005")
    await demo.bot_says(text("谁还没学:4 人"), chat=f"private:{sample.SECRETARY}")
    await expect(page.get_by_test_id("messages")).to_contain_text("今年学了 3 篇")
    await expect(page.get_by_test_id("messages")).not_to_contain_text("4 人")
    await expect(page.get_by_test_id(f"persona-{sample.SECRETARY}")).to_contain_text("1")
    assert troubles == []


async def test_mention_reply_reaction_essence_recall(demo: Demo, browser: Browser) -> None:
    page, troubles = await open_page(browser, demo)
    push = await demo.bot_says(text("今天的学习材料"))
    composer = page.get_by_test_id("composer")
    await choose(page, "menu-reply", push.message_id)
    await composer.press_sequentially("请@李秀")
    await page.get_by_test_id(f"at-{sample.PROPAGANDIST}").wait_for()
    await composer.press("Enter")
    await composer.press_sequentially("看看")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("messages")).to_contain_text("看看")
    reply = demo.last()
    assert [s["type"] for s in reply.segments] == ["reply", "text", "at", "text"]
    assert reply.segments[0]["data"]["id"] == str(push.message_id)
    assert reply.segments[2]["data"]["qq"] == str(sample.PROPAGANDIST)
    await expect(page.get_by_test_id(f"msg-{reply.message_id}")).to_contain_text("今天的学习材料")

    await choose(page, "react-76", push.message_id)
    chip = page.get_by_test_id(f"reaction-{push.message_id}-76")
    await expect(chip).to_have_text("1")
    assert demo.sim.world.messages[push.message_id].reactions == {"76": [sample.SECRETARY]}
    await chip.click()
    await expect(chip).to_have_count(0)

    await choose(page, "menu-essence", push.message_id)
    await expect(page.get_by_test_id(f"msg-{push.message_id}")).to_contain_text("精华")
    await choose(page, "menu-recall", reply.message_id)
    gone = page.get_by_test_id(f"msg-{reply.message_id}")
    await expect(gone).to_contain_text("撤回了一条消息")
    await expect(gone).not_to_contain_text("看看")
    assert demo.sim.world.messages[reply.message_id].recalled
    assert troubles == []


async def test_pictures_files_and_forwards(demo: Demo, browser: Browser) -> None:
    page, troubles = await open_page(browser, demo)
    await demo.bot_says({"type": "image", "data": {"file": f"base64://{PIXEL}", "summary": "学习卡片"}})
    await page.get_by_role("button", name="看大图").click()
    await expect(page.locator("#viewer-image")).to_be_visible()
    await page.keyboard.press("Escape")

    content = b"# \xe5\xad\xa6\xe4\xb9\xa0"
    await page.get_by_test_id("file-input").set_input_files(
        {"name": "学习材料.md", "mimeType": "text/markdown", "buffer": content}
    )
    await expect(page.get_by_role("link", name="学习材料.md")).to_be_visible()
    assert demo.last().segments[0]["type"] == "file"
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="学习材料.md").click()
    download = await coming.value
    assert (await download.path()).read_bytes() == content

    nodes = [{"type": "node", "data": {"nickname": "学伴", "content": [text(words)]}} for words in ("第一页", "第二页")]
    await demo.bot_says(*nodes)
    await page.get_by_role("button", name="共 2 页").click()
    await expect(page.locator("#reader-body")).to_contain_text("第二页")
    assert troubles == []


async def test_what_people_type_never_becomes_markup(demo: Demo, browser: Browser) -> None:
    world = demo.sim.world
    world.groups[sample.GROUP_ID].members[sample.UNBOUND].card = EVIL
    page, troubles = await open_page(browser, demo)
    await demo.sim.say(sample.GROUP_ID, sample.UNBOUND, EVIL + " javascript:alert(1) 见 https://a.example/b?c=1。完")
    world.announce(sample.GROUP_ID, sample.SECRETARY, EVIL, {})
    shown = page.get_by_test_id(f"msg-{demo.last().message_id}")
    await expect(shown).to_contain_text("<script>document.title='bad'</script>")
    await expect(page.get_by_test_id("banner")).to_contain_text("<img src=")
    links = shown.locator("a")
    await expect(links.last).to_have_attribute("href", "https://a.example/b?c=1")
    await expect(links.last).to_have_attribute("rel", "noopener noreferrer")
    await expect(shown.locator('a[href^="javascript"], script')).to_have_count(0)
    assert "bad" not in await page.title()
    assert troubles == []


async def test_clock_fault_and_reset(demo: Demo, browser: Browser) -> None:
    page, troubles = await open_page(browser, demo)
    await expect(page.get_by_test_id("clock")).to_contain_text("11月24日 周二 07:4")
    await page.get_by_test_id("clock-jump-hour").click()
    await expect(page.get_by_test_id("clock")).to_contain_text("08:4")
    await page.get_by_test_id("clock-jump-tomorrow").click()
    await page.get_by_test_id("clock-input").fill("后天的后天")
    await page.get_by_test_id("clock-go").click()
    await expect(page.locator("#toasts")).to_contain_text("看不懂这个时间")
    assert demo.jumps == ["+1h", "明天 8:00", "后天的后天"]

    await page.get_by_test_id("fault").select_option("timeout_delivered")
    await expect(page.locator("#toasts")).to_contain_text("报超时")
    assert demo.sim.behaviour.describe()["kind"] == "timeout_delivered"
    await expect(page.get_by_test_id("bot-state")).to_contain_text("机器人不在线")

    said = await demo.sim.say(sample.GROUP_ID, sample.SECRETARY, "会被清掉")
    await page.get_by_test_id(f"msg-{said}").wait_for()
    await page.get_by_test_id("reset").click()
    assert demo.sim.world.messages
    await page.get_by_test_id("confirm-yes").click()
    await expect(page.get_by_test_id(f"msg-{said}")).to_have_count(0)
    await expect(page.get_by_test_id("fault")).to_have_value("none")
    assert not demo.sim.world.messages
    assert troubles == []


async def test_frames_are_shown_filtered_and_paused(demo: Demo, browser: Browser) -> None:
    page, troubles = await open_page(browser, demo)

    def frame(number: int, **more: object) -> dict[str, Any]:
        return {"type": "frame", "dir": "out", "at": demo.clock.now().isoformat(), "json": {"echo": number, **more}}

    demo.server.tell(frame(1, action="send_group_msg"), frame(2, post_type="message", message_type="group"))
    rows = page.get_by_test_id("frames").locator("li")
    await expect(rows).to_have_count(2)
    await page.get_by_test_id("frame-filter").fill("SEND_GROUP")
    await expect(rows).to_have_count(1)
    await rows.first.locator("summary").click()
    await expect(rows.first.locator("pre")).to_contain_text('"action": "send_group_msg"')
    await page.get_by_test_id("frame-filter").fill("")
    await page.get_by_test_id("frame-pause").click()
    demo.server.tell(frame(3, action="get_login_info"))
    await expect(page.locator("#frame-count")).to_contain_text("新来 1 条")
    await expect(rows).to_have_count(2)
    await page.get_by_test_id("frame-pause").click()
    await expect(rows).to_have_count(3)
    assert troubles == []


async def test_a_phone_and_two_hundred_members(demo: Demo, browser: Browser) -> None:
    world = demo.sim.world
    for number in range(300_000_000, 300_000_190):
        world.add_person(Person(number, f"昵称{number}"))
        card = f"名字特别特别特别特别长的同志{number}"
        world.groups[sample.GROUP_ID].members[number] = Member(number, card=card)
    page, troubles = await open_page(browser, demo, 375, 812)
    await demo.bot_says(text("网址很长 https://a.example/" + "b" * 300))
    await expect(page.get_by_test_id("messages")).to_contain_text("网址很长")
    await expect(page.locator("#people")).not_to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 375
    await page.get_by_test_id("open-people").click()
    await page.get_by_test_id("persona-300000189").click()
    await expect(page.locator("#people")).not_to_be_visible()
    await page.get_by_test_id("quick-已学").click()
    await expect(page.get_by_test_id("messages")).to_contain_text("已学")
    assert demo.last().user_id == 300000189
    await page.get_by_test_id("open-console").click()
    await expect(page.get_by_test_id("clock-jump-tomorrow")).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await expect(page.locator("#console")).not_to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 375
    assert troubles == []
