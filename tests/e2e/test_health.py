"""A running bot says that it is well, to a container's health check and to the doctor, without any data."""

import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.nursery import clean_environment
from tests.process import BotProcess


async def test_a_running_bot_is_well(tmp_path: Path) -> None:
    bot = await BotProcess(tmp_path).start()
    try:
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
    finally:
        bot.stop()
    assert "✓ 机器人正在运行" in report.stdout
    assert (report.returncode, report.stderr) == (0, "")
