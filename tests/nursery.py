"""Processes that begin within a fraction of a second: a parent has everything imported and forks one for each request.

Each is a process of its own, with its own environment, folder and log, and dies by real signals.

``python -m tests.nursery`` reads requests as JSON lines and answers ``{"pid": …}`` for each.
"""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import traceback
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CLOCK = "TESTS_CLOCK"
"""The variable that names the file by which a bot's clock is set."""
SLOW_DISK = "TESTS_SLOW_DISK"
"""The variable with the seconds that every commit of a bot takes longer. What it says before one is on disk, it says so
much sooner that a kill in that moment shows it."""
DEATH = "TESTS_DEATH"
"""The variable with the words at which a bot is killed (``die_before``)."""


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that would set up a bot."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("XUEBAN", "ONEBOT"))}


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Nursery:
    """The parent, as the tests see it. What it bore and still lives ends with ``close``."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def bear(self, function: str, **given: Any) -> int:
        """Begin a process that calls ``module:function`` of the tests; its process id."""
        return self._bear({"function": function, "given": given})

    def bear_bot(self, folder: Path, command: tuple[str, ...], environment: dict[str, str], log: Path) -> int:
        """Begin ``xueban <command>`` in ``folder``; its process id."""
        bot = {"folder": str(folder), "command": command, "environment": environment, "log": str(log)}
        return self._bear({"bot": bot})

    def _bear(self, request: dict[str, Any]) -> int:
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(request) + "\n")
        self._parent.stdin.flush()
        return int(json.loads(self._parent.stdout.readline())["pid"])

    def close(self) -> None:
        assert self._parent.stdin is not None and self._parent.stdout is not None
        self._parent.stdin.close()
        self._parent.wait(10)
        self._parent.stdout.close()


def _go_by(clock: Path) -> None:
    """The machine's clock, as the program sees it, is so many seconds fast as the file says at the moment."""
    from bot.core.clock import SystemClock

    SystemClock.now = lambda _: datetime.now(UTC) + timedelta(seconds=float(clock.read_text()))  # type: ignore[method-assign]


def _commit_after(seconds: float) -> None:
    from sqlalchemy.ext.asyncio import AsyncSession

    plain = AsyncSession.commit

    async def commit(self: AsyncSession) -> None:
        await asyncio.sleep(seconds)
        await plain(self)

    AsyncSession.commit = commit  # type: ignore[method-assign]


def die_before(words: str) -> None:
    """This process is killed just before it gives a database a statement, commits (``COMMIT``), or opens or renames a
    file (``open /path``, ``os.rename /path``), whichever begins with ``words`` first."""
    from sqlalchemy import Engine, event

    def look(act: str) -> None:
        if act.startswith(words):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", lambda *given: look(given[2]))
    event.listen(Engine, "commit", lambda _: look("COMMIT"))
    sys.addaudithook(lambda name, given: look(f"{name} {given[0]}") if name in ("open", "os.rename") else None)


def _live_as_bot(folder: str, command: list[str], environment: dict[str, str], log: str) -> int:
    from bot.__main__ import main

    os.chdir(folder)
    os.environ.update(environment)
    if CLOCK in environment:
        _go_by(Path(environment[CLOCK]))
    if SLOW_DISK in environment:
        _commit_after(float(environment[SLOW_DISK]))
    if DEATH in environment:
        die_before(environment[DEATH])
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.path.insert(0, str(ROOT))
    return main(command)


def _live(request: dict[str, Any]) -> int:
    if "function" in request:
        module, name = request["function"].split(":")
        getattr(import_module(module), name)(**request["given"])
        return 0
    return _live_as_bot(**request["bot"])


def main() -> None:
    """The parent: forks a life for each request, and takes all of them with it when it ends."""
    import bot.chat.runtime  # noqa: F401 - imported for the children
    import tests.fault.harness  # noqa: F401
    from bot.textmining import segmenter

    segmenter._jieba()
    logging.getLogger().handlers.clear()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    born: set[int] = set()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)  # what a child prints is no answer of its parent
            status = 1
            try:
                status = _live(json.loads(line))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        born.add(pid)
        print(json.dumps({"pid": pid}), flush=True)
    for pid in born:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
