"""A night in which what is past its time is summed up, in a process of its own that may not live to its end."""

import asyncio
import os
import signal
import threading
from datetime import datetime
from pathlib import Path

from bot.app import App
from bot.core.clock import ShiftableClock
from bot.core.settings import Settings
from bot.hours import repository as hours
from bot.notice import retention_repository as notice
from bot.study import retention_repository as study
from plugins.branch import retention as night
from tests.nursery import die_before
from tests.plugin import conftest  # noqa: F401 - every plugin says what it lets go


def sum_up(url: str, folder: str, now: str, seconds: float = 0, words: str = "") -> None:
    """One row at a time; killed after so many ``seconds`` or before a statement that begins with ``words``, unless
    everything is done before."""
    study.SOME = notice.SOME = hours.SOME = 1
    night.BREATH = 0
    asyncio.run(_sum_up(url, Path(folder), datetime.fromisoformat(now), seconds, words))


async def _sum_up(url: str, folder: Path, now: datetime, seconds: float, words: str) -> None:
    settings = Settings(_env_file=None, xueban={"data_dir": folder}, database_url=url)  # type: ignore[call-arg, arg-type]
    app = App(settings, ShiftableClock(now))
    if words:
        die_before(words)
    async with app.database.reading():
        if seconds:
            threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
    for _ in range(3):
        await night.sum_up(app)
