"""Group commit: calls that arrive while one is under way are carried out together, in one transaction.

A burst of a hundred check-ins costs a handful of queries and one flush to disk, and a single one waits for nobody.
The pattern is that of a data loader; what is acknowledged is what ``carry_out`` has committed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.core.errors import DatabaseBusy

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batch(Generic[Item, Result]):
    """``await batch(item)`` gives what ``carry_out`` returns for this item.

    ``carry_out`` gets up to ``most`` items and returns as many results in the same order; a result that is an exception
    is raised to that one caller. If ``carry_out`` itself raises, each item is tried alone, so that a bad one harms no
    other; what an item raises alone is raised to its caller. A database that can't write is no item's fault: everybody
    who waits is told at once. A caller that is cancelled changes nothing for the rest.
    """

    def __init__(
        self, carry_out: Callable[[list[Item]], Awaitable[Sequence[Result | Exception]]], most: int = 256
    ) -> None:
        self._carry_out = carry_out
        self._most = most
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())
        return await future

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._settle(batch)
        finally:
            self._task = None

    async def _settle(self, batch: list[tuple[Item, "asyncio.Future[Result]"]]) -> None:
        try:
            results = await self._carry_out([item for item, _ in batch])
        except Exception as error:
            if isinstance(error, DatabaseBusy):
                batch, self._waiting = batch + self._waiting, []
            elif len(batch) > 1:
                for each in batch:
                    await self._settle([each])
                return
            for _, future in batch:
                _give(future, error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            _give(future, result)


def _give(future: "asyncio.Future[Result]", result: Result | Exception) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
