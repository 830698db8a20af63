"""A running bot says that it is well, to a container's health check and to the doctor, without any data."""

import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.nursery import clean_environment
from tests.process import BotProcess


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = await BotProcess(tmp_path).start()
    yield process
    process.stop()


def test_a_running_bot_is_well(bot: BotProcess, tmp_path: Path) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{bot.port}/healthz", timeout=10) as response:
        assert (response.status, response.read()) == (200, b"ok")
    report = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=tmp_path,
        env=clean_environment() | bot.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "✓ 机器人正在运行" in report.stdout
    assert (report.returncode, report.stderr) == (0, "")
