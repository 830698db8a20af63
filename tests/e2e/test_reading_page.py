"""The reading page in a real browser at a phone's width: read to its end, with and without JavaScript."""

import asyncio
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from bot.core.clock import ShiftableClock
from bot.core.db import Database
from bot.core.signing import PATH
from bot.simulator.local_web import EmbeddedServer
from bot.study import pushing
from bot.study.models import Completion, Material, Visit
from bot.study.pages import Pages
from bot.web import server
from tests.e2e.test_demo_page import EVIL, browser  # noqa: F401 a fixture
from tests.process import PATIENCE, BotProcess
from tests.unit.study.house import settle

LONG = "\n".join(f"第{n}条 " + "支部应当把学习落到实处,党员在群里读,在家门口做。" * 6 for n in range(1, 60))
PHONE = {"width": 390, "height": 844}


class House:
    """A served database with readings to open."""

    def __init__(self, database: Database, pages: Pages, clock: ShiftableClock) -> None:
        self.database, self.pages, self.clock = database, pages, clock

    async def push(self, title: str, text: str, member: int | None = None) -> str:
        """The link of a new reading: the group's, or this member's own."""
        async with self.database.unit_of_work() as uow:
            material = await uow.session.get_one(Material, 1)
            material.title, material.text = title, text
            assignment = (await pushing.push(uow, 1, material)).assignment
            if member is not None:
                return self.pages.of_member(assignment, member, uow.now)
            return self.pages.of_push(assignment)

    async def visits(self) -> list[Visit]:
        async with self.database.reading() as uow:
            return list(await uow.session.scalars(select(Visit)))


@pytest.fixture
async def house(database: Database, clock: ShiftableClock) -> AsyncIterator[House]:
    async with database.unit_of_work() as uow:
        await settle(uow, 1)
    listener = socket.create_server(("127.0.0.1", 0))
    pages = Pages(f"http://127.0.0.1:{listener.getsockname()[1]}", b"k" * 32)
    app = FastAPI()
    app.mount(PATH, server.serve(database, pages))
    embedded = EmbeddedServer(uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False))
    serving = asyncio.create_task(embedded.serve(sockets=[listener]))
    await embedded.ready.wait()
    yield House(database, pages, clock)
    embedded.should_exit = embedded.force_exit = True
    await serving


async def opened(context: BrowserContext, link: str) -> tuple[Page, list[str]]:
    """The page, and what it asks for and complains about."""
    page = await context.new_page()
    seen: list[str] = []
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda line: seen.append(line.text))
    page.on("request", lambda request: seen.append(f"{request.method} {request.url.partition('#')[0]}"))
    await page.goto(link)
    return page, seen


async def to_the_end(page: Page) -> None:
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await expect(page.locator("#read")).to_contain_text("读完了")


async def test_a_long_text_is_read_to_its_end_for_a_code(house: House, browser: Browser) -> None:  # noqa: F811
    link = await house.push("支部工作条例", LONG)
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page, seen = await opened(context, link)
    await page.clock.install()
    await page.reload()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert await page.evaluate("parseFloat(getComputedStyle(document.querySelector('article p')).fontSize)") >= 20
    house.clock.set(house.clock.now() + timedelta(minutes=20))
    await page.clock.run_for(600_000)
    await expect(page.locator("#read")).to_contain_text("已读")
    assert await house.visits() == []
    await to_the_end(page)
    await page.clock.run_for(2000)
    await expect(page.locator(".code")).to_have_text(await shown_code(house))
    await expect(page.locator("#end")).to_contain_text("只能用一次")
    await expect(page.locator("#copy")).to_be_in_viewport(ratio=1)
    assert set(seen) == {f"GET {link}", f"POST {link}"}


async def shown_code(house: House) -> str:
    """The code of the only visit, once it is there."""
    for _ in range(int(PATIENCE / 0.05)):
        if found := await house.visits():
            assert found[0].code is not None
            return found[0].code
        await asyncio.sleep(0.05)
    pytest.fail("no visit")


async def test_a_short_text_completes_by_itself_from_a_link_of_ones_own(
    house: House,
    browser: Browser,  # noqa: F811
) -> None:
    link = await house.push("短文", "社区把网格建在楼栋里。", member=3)
    context = await browser.new_context(viewport=PHONE, color_scheme="dark")  # type: ignore[arg-type]
    page, seen = await opened(context, link)
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 21, 19)"
    house.clock.set(house.clock.now() + timedelta(seconds=6))
    await expect(page.locator("#end")).to_contain_text("学习 1 已登记")
    assert set(seen) == {f"GET {link}", f"POST {link}"}
    async with house.database.reading() as uow:
        assert [(one.member_id, one.method) for one in await uow.session.scalars(select(Completion))] == [(3, "link")]


async def test_a_page_that_the_phone_reloads_goes_on_where_it_was(house: House, browser: Browser) -> None:  # noqa: F811
    link = await house.push("支部工作条例", LONG)
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page, _ = await opened(context, link)
    first = await page.locator("input[name=visit]").input_value()
    house.clock.set(house.clock.now() + timedelta(minutes=20))
    await page.reload()
    assert await page.locator("input[name=visit]").input_value() == first
    await to_the_end(page)
    await expect(page.locator(".code")).to_have_text(await shown_code(house))
    code = (await house.visits())[0].code
    await page.reload()
    await page.get_by_role("button", name="我看完了,取验证码").click()
    await expect(page.locator(".code")).to_have_text(code or "")
    house.clock.set(house.clock.now() + timedelta(hours=13))
    await page.reload()
    await page.get_by_role("button", name="我看完了,取验证码").click()
    await expect(page.locator("#end")).to_contain_text("打开得太久了")
    await page.reload()
    assert await page.locator("input[name=visit]").input_value() != first


async def test_a_page_that_nobody_looks_at_comes_to_nothing(house: House, browser: Browser) -> None:  # noqa: F811
    link = await house.push("短文", "社区把网格建在楼栋里。", member=3)
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    await context.add_init_script("Object.defineProperty(document, 'visibilityState', { get: () => window.state })")
    page, seen = await opened(context, link)
    await page.clock.install()
    await page.reload()
    house.clock.set(house.clock.now() + timedelta(hours=1))
    await page.clock.run_for(3_600_000)
    assert f"POST {link}" not in seen
    await page.evaluate("window.state = 'visible'")
    await page.clock.run_for(6000)
    await expect(page.locator("#end")).to_contain_text("学习 1 已登记")


async def test_without_javascript_a_button_gives_the_code(house: House, browser: Browser) -> None:  # noqa: F811
    link = await house.push("支部工作条例", LONG)
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page, _ = await opened(context, link)
    await expect(page.locator("#read")).not_to_be_visible()
    await page.get_by_role("button", name="我看完了,取验证码").click()
    await expect(page.locator("#end")).to_contain_text("才打开不久")
    await expect(page.locator("#end")).to_be_in_viewport()
    house.clock.set(house.clock.now() + timedelta(minutes=20))
    await page.get_by_role("button", name="我看完了,取验证码").click()
    await expect(page.locator(".code")).to_have_text(await shown_code(house))
    await expect(page.locator(".code")).to_be_in_viewport()
    await expect(page.locator("#copy")).not_to_be_visible()


async def test_what_a_material_holds_never_becomes_markup(house: House, browser: Browser) -> None:  # noqa: F811
    link = await house.push(EVIL, f"{EVIL}\n{LONG}")
    context = await browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page, seen = await opened(context, link)
    await expect(page.locator("h1")).to_have_text(EVIL)
    await expect(page.locator("article img, article script")).to_have_count(0)
    assert seen == [f"GET {link}"]


def get(url: str) -> tuple[int, str, str | None]:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(), answer.headers["Content-Security-Policy"]
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers["Content-Security-Policy"]


async def test_a_running_bot_serves_pages_only_where_it_has_a_public_address(tmp_path: Path) -> None:
    for address, friendly in (("https://x.example/bot/", True), ("", False)):
        folder = tmp_path / str(friendly)
        folder.mkdir()
        bot = await BotProcess(folder, XUEBAN__PUBLIC_URL=address).start()
        try:
            status, text, policy = await asyncio.to_thread(get, f"http://127.0.0.1:{bot.port}{PATH}/abc")
        finally:
            bot.stop()
        assert (status, "没有这个页面" in text, policy is not None) == (404, friendly, friendly)
        assert (folder / "data" / "link.key").exists() == friendly
