"""A running bot says that it is well, to a container's health check and to the doctor, without any data."""

import asyncio
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.simulator import Simulator, sample
from tests.nursery import clean_environment
from tests.process import PATIENCE, TOKEN, BotProcess

METRICS = "token-for-prometheus"
LAG = "xueban_event_loop_lag_seconds_count"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = await BotProcess(tmp_path, XUEBAN__METRICS_TOKEN=METRICS).start()
    yield process
    process.stop()


def health(bot: BotProcess) -> tuple[int, bytes, str | None]:
    with urllib.request.urlopen(f"http://127.0.0.1:{bot.port}/healthz", timeout=PATIENCE) as response:
        return response.status, response.read(), response.headers["X-Connected-Accounts"]


def metrics(bot: BotProcess, token: str = METRICS) -> dict[str, float]:
    """The samples, by name and labels, of a page that Prometheus can read. Raises ``HTTPError``."""
    address = f"http://127.0.0.1:{bot.port}/metrics"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        families = list(text_string_to_metric_families(response.read().decode()))
    assert all(family.documentation and family.type != "unknown" for family in families)
    return {_shown(one): one.value for family in families for one in family.samples}


def _shown(one: Sample) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in one.labels.items())
    return f"{one.name}{{{labels}}}" if labels else one.name


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


async def test_what_happens_is_measured_and_shown_to_who_has_the_token(bot: BotProcess) -> None:
    for wrong in ("", "guess", METRICS[:-1]):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            await asyncio.to_thread(metrics, bot, wrong)
    async with Simulator(bot.url, token=TOKEN) as sim:
        await sim.ready()
        for text in ("今天天气不错", "/帮助", "下班了"):
            await sim.say(sample.GROUP_ID, sample.SECRETARY, text)
        account = f'account="{sim.world.self_id}"'
        expected = {
            "xueban_database_up": 1.0,
            "xueban_clock_error_seconds": 0.0,
            'xueban_heard_total{ours="yes"}': 1.0,
            'xueban_heard_total{ours="no"}': 2.0,
            f"xueban_account_connected{{{account}}}": 1.0,
            f"xueban_account_circuit_open{{{account}}}": 0.0,
            'xueban_outbox_messages{state="pending"}': 0.0,
            'xueban_outbox_messages{state="needs_human"}': 0.0,
            "xueban_outbox_oldest_due_seconds": 0.0,
        }
        shown = await asyncio.to_thread(metrics, bot)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not (shown[LAG] and expected.items() <= shown.items()):
            shown = await asyncio.to_thread(metrics, bot)
    assert {name: shown.get(name) for name in expected} == expected
    assert shown[LAG]


async def test_one_that_cannot_begin_names_the_doctor(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        bot = BotProcess(tmp_path, port=other.getsockname()[1])
        bot.launch()
        assert await asyncio.to_thread(bot.wait) != 0
    assert bot.written.rstrip().endswith("没能启动,原因在上面。用 xueban doctor 看该修什么。")
