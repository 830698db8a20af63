"""Finds out where an account may write again. The platform says nothing when a mute runs out by itself, and what it
says while nobody is connected (an unmute, a way back into a group) is never heard; so now and then it is asked. One
that says so of a target where it has just refused a message knows nothing of it, and isn't believed."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from bot.core.db import Database
from bot.delivery import repository
from bot.delivery.models import HoldKind, lane_of
from bot.delivery.transport import Target, Transport
from bot.delivery.trouble import Herald

log = logging.getLogger("xueban.delivery")


class Reopener:
    """Runs beside the worker. ``wake`` is called when messages that were held back may leave; ``every`` s it asks."""

    def __init__(
        self, database: Database, transport: Transport, herald: Herald, every: float, wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._transport = transport
        self._herald = herald
        self._every = every
        self._wake_worker = wake
        self._stirred = asyncio.Event()
        self._ask_at = 0.0
        self._refused: set[Target] = set()
        """Where it hasn't been asked since the last message was refused."""
        self._unaware: set[Target] = set()
        """Where it said so right after a message was refused."""
        self._stopping = False

    def stir(self) -> None:
        """An account is connected: much may have changed while it wasn't."""
        self._ask_at = 0.0
        self._stirred.set()

    def refused(self, target: Target) -> None:
        """The account is muted there, or isn't there: a message was refused for it."""
        self._refused.add(target)
        self._stirred.set()

    def stop(self) -> None:
        self._stopping = True
        self._stirred.set()

    async def run(self) -> None:
        while not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(self._ask_at - monotonic(), 0.0)):
                    await self._stirred.wait()
            self._stirred.clear()
            if self._stopping:
                return
            try:
                await self._compare()
                if monotonic() >= self._ask_at:
                    self._ask_at = monotonic() + self._every
                    await self._ask()
            except Exception as error:
                log.warning("who may write again isn't known: %s", type(error).__name__)

    async def _compare(self) -> None:
        while self._refused:
            target = self._refused.pop()
            self._unaware.add(target)
            if not await self._transport.may_write(target):
                self._unaware.discard(target)

    async def _ask(self) -> None:
        online = self._transport.online_accounts()
        async with self._database.reading() as uow:
            targets = await repository.held(uow, online) if online else []
        for target in targets:
            if target not in self._unaware | self._refused and await self._transport.may_write(target):
                await self.reopen(target)

    async def reopen(self, target: Target, kind: HoldKind | None = None) -> None:
        """The account may write there again; with ``kind`` only this hindrance is gone."""
        async with self._database.unit_of_work() as uow:
            if await repository.lift(uow, lane_of(target), kind):
                await self._herald.removed(uow, target, "")
                uow.after_commit(self._wake_worker)
