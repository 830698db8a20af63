"""Quiet acknowledgement: where the platform has no reactions, claims are collected into one line."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.chat.call import Acknowledge

log = logging.getLogger("xueban.chat")

SHOWN = 3
"""Names in a collected line; the others are counted."""


def line(names: list[str], done: str, progress: str) -> str:
    """「✅ 张三、李四等 5 人已完成,23/27」"""
    unique = list(dict.fromkeys(names))
    who = "、".join(unique[:SHOWN])
    more = f"等 {len(unique)} 人" if len(unique) > SHOWN else ""
    return f"✅ {who}{more}{done},{progress}"


class Collector:
    """Acknowledgements that wait for their line. What they acknowledge is on disk already: losing one loses nothing."""

    def __init__(self, after: float) -> None:
        self._after = after
        self._waiting: dict[tuple[str, str], list[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(
        self,
        scene: str,
        ack: Acknowledge,
        progress: Callable[[], Awaitable[str]],
        say: Callable[[str], Awaitable[object]],
    ) -> None:
        """Say a line in this scene a while after the first of its acknowledgements, with the count of that moment."""
        key = (scene, ack.item)
        if key in self._waiting:
            self._waiting[key].append(ack.name)
            return
        self._waiting[key] = [ack.name]
        task = asyncio.get_running_loop().create_task(self._flush(key, ack.done, progress, say))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(
        self,
        key: tuple[str, str],
        done: str,
        progress: Callable[[], Awaitable[str]],
        say: Callable[[str], Awaitable[object]],
    ) -> None:
        await asyncio.sleep(self._after)
        names = self._waiting.pop(key)
        try:
            await say(line(names, done, await progress()))
        except Exception:
            log.exception("a collected line was not said")
