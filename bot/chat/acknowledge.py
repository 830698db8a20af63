"""Quiet answers: where the platform has no reactions, claims are collected into one line; a question that several are
asked in a group is put once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

log = logging.getLogger("xueban.chat")

SHOWN = 3
"""Names in a collected line; the others are counted."""


def line(names: list[str], done: str, progress: str) -> str:
    """「✅ 张三、李四等 5 人已完成,23/27」"""
    unique = list(dict.fromkeys(names))
    who = "、".join(unique[:SHOWN])
    more = f"等 {len(unique)} 人" if len(unique) > SHOWN else ""
    return f"✅ {who}{more}{done},{progress}"


T = TypeVar("T")


class Collector(Generic[T]):
    """What waits to be said in one message instead of one a person. It is on disk already: losing one loses nothing."""

    def __init__(self, after: float) -> None:
        self._after = after
        self._waiting: dict[tuple[str, str], list[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, scene: str, item: str, one: T, say: Callable[[list[T]], Awaitable[object]]) -> None:
        """Say all that is added about this item in this scene, a while after the first."""
        key = (scene, item)
        if key in self._waiting:
            self._waiting[key].append(one)
            return
        self._waiting[key] = [one]
        task = asyncio.get_running_loop().create_task(self._flush(key, say))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self, key: tuple[str, str], say: Callable[[list[T]], Awaitable[object]]) -> None:
        await asyncio.sleep(self._after)
        collected = self._waiting.pop(key)
        try:
            await say(collected)
        except Exception:
            log.exception("what was collected was not said")
