"""Reading what strangers made (files, pages) in a child process that lives for one piece of work.

A file can be built to keep a parser busy for ever or to swell in memory; a thread can't be stopped and would slow every
check-in while it runs. The child is killed when its time is up, its memory is limited, and what the parsers need (some
60 MB) goes back to the system with it.
"""

import asyncio
import importlib
import pickle
import sys
from typing import Any

from bot.core.errors import UserError
from bot.core.settings import PACKAGE

SECONDS = 20.0
MEMORY = 1024 * 2**20
"""Address space of the child, in bytes."""
TOO_LONG = "读取花的时间太长,没有读完。可以复制全文发给我。"
TOO_MUCH = "里面的内容读不出来。可以复制全文发给我。"

_AT_ONCE = asyncio.Semaphore(2)


async def run(module: str, function: str, *arguments: object, seconds: float = SECONDS) -> Any:
    """``module.function(*arguments)``, computed apart. Raises the ``UserError`` it raises, or one that says that the
    work took too long or broke the parser."""
    job = pickle.dumps((module, function, arguments))
    async with _AT_ONCE:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            cwd=PACKAGE.parent,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(seconds):
                answer, _ = await child.communicate(job)
        except TimeoutError as error:
            raise UserError(TOO_LONG) from error
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode != 0:
        raise UserError(TOO_MUCH)
    refused, result = pickle.loads(answer)  # written by this very module, below
    if refused:
        raise UserError(result)
    return result


def _main() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # a parser that prints must not spoil the answer
    module, function, arguments = pickle.loads(sys.stdin.buffer.read())
    try:
        answer = (False, getattr(importlib.import_module(module), function)(*arguments))
    except UserError as error:
        answer = (True, str(error))
    out.write(pickle.dumps(answer))
    out.flush()


if __name__ == "__main__":
    _main()
