"""A running bot says that it is well, to a container's health check and to the doctor, without any data."""

import asyncio
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.simulator import Simulator
from tests.nursery import clean_environment
from tests.process import TOKEN, BotProcess


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = await BotProcess(tmp_path).start()
    yield process
    process.stop()


def health(bot: BotProcess) -> tuple[int, bytes, str | None]:
    with urllib.request.urlopen(f"http://127.0.0.1:{bot.port}/healthz", timeout=10) as response:
        return response.status, response.read(), response.headers["X-Connected-Accounts"]


def doctor(bot: BotProcess) -> tuple[int, str, str]:
    report = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=bot.folder,
        env=clean_environment() | bot.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return report.returncode, report.stdout, report.stderr


async def test_a_running_bot_is_well_once_an_account_is_connected(bot: BotProcess) -> None:
    assert await asyncio.to_thread(health, bot) == (200, b"ok", "0")
    status, told, _ = await asyncio.to_thread(doctor, bot)
    assert "✓ 机器人正在运行" in told
    assert (status, "✗ 没有 QQ 账号连上来" in told) == (1, True)
    async with Simulator(bot.url, token=TOKEN) as sim:
        await sim.ready()
        assert await asyncio.to_thread(health, bot) == (200, b"ok", "1")
        status, told, complaints = await asyncio.to_thread(doctor, bot)
    assert "✓ 连上的 QQ 账号有 1 个" in told
    assert (status, complaints) == (0, "")
