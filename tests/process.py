"""Real bot processes for tests: started like an operator starts them, killed with real signals."""

import asyncio
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.nursery import ROOT, Nursery, alive, clean_environment

TOKEN = "token-for-tests-only"
SECRET = "secret-for-tests-only"
SUPERUSER = "200000001"
PATIENCE = 30.0
"""Seconds that are waited for what takes one or two on a machine that has nothing else to do."""


_SHARE = 3_000
_LEAST = 20_000 + _SHARE * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4)
_PORTS = (_LEAST + number % _SHARE for number in itertools.count(random.randrange(_SHARE)))


def free_port() -> int:
    """A port that nobody has. It lies below those that the system gives to whoever asks for any, or dials out, and is
    given once, by one of those that test side by side: nobody takes it before a bot does, or while one is dead."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


class BotProcess:
    """``python -m bot <command>`` in a folder of its own, on loopback, with fast delivery settings.

    With a ``nursery`` it is forked from there instead of being started afresh: the same program, two seconds sooner.
    """

    def __init__(
        self, folder: Path, *command: str, port: int | None = None, nursery: Nursery | None = None, **environment: str
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.command = command or ("run",)
        self.log = folder / "bot.log"
        self.environment = {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SUPERUSERS": f'["{SUPERUSER}"]',
            "ONEBOT_ACCESS_TOKEN": TOKEN,
            "ONEBOT_SECRET": SECRET,
            "XUEBAN__DATA_DIR": str(folder / "data"),
            "XUEBAN__QUIET_ACK": "0.2",
            "XUEBAN__DELIVERY__PACE": "0",
            "XUEBAN__DELIVERY__JITTER": "0",
            "XUEBAN__DELIVERY__POLL": "0.5",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.pid = 0
        self._nursery = nursery
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    @property
    def written(self) -> str:
        """What it has logged and printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self.pid > 0 and alive(self.pid)

    def launch(self) -> None:
        """Begin, without waiting for anything."""
        if self._nursery is not None:
            self.pid = self._nursery.bear_bot(self.folder, self.command, self.environment, self.log)
            return
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", *self.command],
                cwd=self.folder,
                env=clean_environment() | self.environment,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
            )
        self.pid = self._process.pid

    async def start(self, seconds: float = 2 * PATIENCE) -> "BotProcess":
        """Start it and wait until it listens. Raises ``RuntimeError`` with the end of its log if it doesn't."""
        self.launch()
        for _ in range(int(seconds / 0.05)):
            if not self.running:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            await asyncio.sleep(0.05)
        raise RuntimeError(f"the bot did not start:\n{self.written[-4000:]}")

    def kill(self) -> None:
        """SIGKILL, if it is still there: no clean-up of any kind."""
        self._signal(signal.SIGKILL, 10)

    def stop(self) -> int | None:
        """SIGTERM, as an operator stops it; its exit status, where that can be known."""
        if not self._signal(signal.SIGTERM, 20):
            self._signal(signal.SIGKILL, 10)
        return self._process.returncode if self._process is not None else None

    def wait(self, seconds: float = 60) -> int:
        """Wait until it ends by itself; its exit status. Not for those of a nursery."""
        assert self._process is not None
        return self._process.wait(seconds)

    def _signal(self, number: int, seconds: float) -> bool:
        """Send it a signal and wait for its end; False if it lives on."""
        if not self.running:
            return True
        os.kill(self.pid, number)
        if self._process is not None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
            return True
        deadline = time.monotonic() + seconds
        while alive(self.pid) and time.monotonic() < deadline:
            time.sleep(0.005)
        return not alive(self.pid)
