"""What we are measured against: other frameworks with one command that echoes, and what is possible at all."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from time import sleep

from benchmarks.bot_process import free_port, process, wait_for_port


@dataclass(frozen=True)
class Rival:
    """``talk`` is how many messages it is sent that aren't for it, by how fast it is."""

    name: str
    command: tuple[str, ...]
    path: str
    talk: int

    @contextmanager
    def running(self) -> Iterator[str]:
        """Inside, it can be reached at the url."""
        port = free_port()
        with process(*self.command, str(port), NODE_PATH=os.environ.get("KOISHI", "")):
            wait_for_port(port)
            sleep(1)
            yield f"ws://127.0.0.1:{port}{self.path}"


LIMIT = Rival("a websocket server that only parses JSON", (sys.executable, "-m", "benchmarks.limit"), "/", 60_000)
NONEBOT = Rival("NoneBot", (sys.executable, "-m", "benchmarks.bare"), "/onebot/v11/ws", 2000)
_AIOCQHTTP = Rival("aiocqhttp", (sys.executable, "-m", "benchmarks.cqhttp"), "/ws/", 20_000)
_KOISHI = Rival("Koishi", ("node", "benchmarks/koishi.js"), "/onebot", 2000)


def present() -> list[Rival]:
    """All that are installed here; of the others it is said what is missing."""
    found = [LIMIT, NONEBOT]
    if find_spec("aiocqhttp"):
        found.append(_AIOCQHTTP)
    else:
        print("aiocqhttp is not installed: left out", file=sys.stderr)
    if shutil.which("node") and os.environ.get("KOISHI"):
        found.append(_KOISHI)
    else:
        print(
            "Koishi is left out. With node: npm install koishi koishi-plugin-adapter-onebot @koishijs/plugin-server"
            " somewhere, and KOISHI=<its node_modules>",
            file=sys.stderr,
        )
    return found
