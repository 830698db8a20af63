"""Real bot processes for tests: started like an operator starts them, killed with real signals."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

TOKEN = "token-for-tests-only"
SECRET = "secret-for-tests-only"
SUPERUSER = "200000001"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class BotProcess:
    """``python -m bot <command>`` in a folder of its own, on loopback, with fast delivery settings."""

    def __init__(self, folder: Path, *command: str, port: int | None = None, **environment: str) -> None:
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
            "PYTHONPATH": str(Path(__file__).parents[1]),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    async def start(self, seconds: float = 60) -> "BotProcess":
        """Start it and wait until it listens. Raises ``RuntimeError`` with the end of its log if it doesn't."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: ASYNC220 it returns at once
                [sys.executable, "-m", "bot", *self.command],
                cwd=self.folder,
                env={k: v for k, v in os.environ.items() if not k.startswith(("XUEBAN", "ONEBOT"))} | self.environment,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
            )
        for _ in range(int(seconds / 0.05)):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            await asyncio.sleep(0.05)
        raise RuntimeError(f"the bot did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def kill(self) -> None:
        """SIGKILL: no clean-up of any kind."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM, as an operator stops it; its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        return self.process.returncode
