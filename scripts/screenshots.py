"""Pictures of the real program for the README: plays a morning in the demo and photographs it.

``python -m scripts.screenshots`` starts ``xueban demo`` with a database of its own in a temporary folder, and writes
``docs/pictures/*.png``.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.simulator import sample

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PATIENCE = 60.0
PEOPLE = (200000004, 200000005, 200000007)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def wait_for_port(port: int) -> None:
    """Until somebody listens. Raises ``TimeoutError``."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            await asyncio.sleep(0.2)


async def say(desk: Page, persona: int, words: str) -> None:
    """Somebody speaks, on the wide page where everybody is one click away."""
    await desk.get_by_test_id(f"persona-{persona}").click()
    await desk.get_by_test_id("composer").fill(words)
    await desk.get_by_test_id("composer").press("Enter")
    await desk.wait_for_timeout(800)


async def shoot(page: Page, name: str) -> None:
    await page.wait_for_timeout(1500)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def read(reader: Page, link: str) -> None:
    """Somebody reads the push on its page, to the code at its end."""
    await reader.goto(link)
    await reader.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await reader.locator(".code").wait_for(timeout=PATIENCE * 1000)
    await reader.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    await shoot(reader, "reading")


async def play(desk: Page, phone: Page, reader: Page, url: str) -> None:
    """The push, three people complete it, the secretary asks, and tomorrow's push comes by itself."""
    for page in (desk, phone):
        await page.goto(url)
        await page.get_by_test_id("messages").locator("img").first.wait_for(timeout=PATIENCE * 1000)
    await shoot(phone, "push")
    link = await phone.get_by_test_id("messages").locator('a[href*="/r/"]').first.get_attribute("href")
    assert link is not None
    await read(reader, link)
    for user in PEOPLE:
        await say(desk, user, "已学")
    await say(desk, sample.SECRETARY, "谁还没学")
    await shoot(phone, "complete")
    await phone.get_by_test_id("chat-private").click()
    await shoot(phone, "unfinished")
    before = await desk.get_by_test_id("messages").locator("img").count()
    await desk.get_by_test_id("clock-jump-tomorrow").click()
    await desk.wait_for_function(
        "n => document.querySelectorAll('[data-testid=messages] img').length > n", arg=before, timeout=PATIENCE * 1000
    )
    for state in ("attached", "detached"):  # what the page says of the jump would lie over the push
        await desk.locator(".toast").wait_for(state=state, timeout=PATIENCE * 1000)  # type: ignore[arg-type]
    await shoot(desk, "demo")


async def main() -> int:
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if browser_path is None:
        print("没有 Chromium,请先运行 scripts/install_chromium.sh。", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        demo = subprocess.Popen(  # noqa: ASYNC220 started once, before anything else happens
            [sys.executable, "-m", "bot", "demo", "--page-port", str(port)],
            env=os.environ | {"XUEBAN__DATA_DIR": folder},
            stdout=subprocess.DEVNULL,
        )
        try:
            await wait_for_port(port)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
                desk = await browser.new_page(viewport={"width": 1280, "height": 820})
                phone, reader = [
                    await browser.new_page(viewport={"width": 390, "height": 700}, device_scale_factor=1.5)
                    for _ in "12"
                ]
                await play(desk, phone, reader, f"http://127.0.0.1:{port}")
                await browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
