"""Settles what is unknown by looking into the chat's own history. It never guesses: see ``rules.settle``."""

import asyncio
import logging
from collections.abc import Callable

from bot.core.db import Database, UnitOfWork
from bot.core.settings import DeliverySettings
from bot.delivery import repository
from bot.delivery.models import OutboxRow, State
from bot.delivery.rules import MAX_ATTEMPTS, MAX_CLAIMS, OFFLINE_LIMIT, Step, settle
from bot.delivery.transport import Found, NoHistory, Transport
from bot.delivery.trouble import Herald, Trouble, TroubleKind

log = logging.getLogger("xueban.delivery")

_AT_ONCE = 4
"""Looks under way at the same time: each reads up to several hundred messages."""


class Reconciler:
    """Runs beside the worker. ``wake`` is called when a message goes back into the queue."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        settings: DeliverySettings,
        herald: Herald,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._transport = transport
        self._settings = settings
        self._herald = herald
        self._wake_worker = wake
        self._stirred = asyncio.Event()
        self._at_once: set[str] = set()
        self._stopping = False
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def stir(self, account: str | None = None) -> None:
        """Something became unknown; with ``account``: it is connected again, so look at its unknowns at once."""
        if account is not None:
            self._at_once.add(account)
        self._stirred.set()

    def stop(self) -> None:
        """Let ``run`` end after the turn that it is in."""
        self._stopping = True
        self._stirred.set()

    async def run(self) -> None:
        pause = min(self._settings.poll, max(self._settings.absent_gap / 4, 0.05))
        while not self._stopping:
            try:
                async with asyncio.timeout(pause):
                    await self._stirred.wait()
            except TimeoutError:
                pass
            self._stirred.clear()
            if self._stopping:
                return
            try:
                await self.turn()
            except Exception as error:
                log.warning("reconcile: %s; again soon", type(error).__name__)
                await asyncio.sleep(min(1.0, pause))

    async def turn(self) -> None:
        """Look once at everything that is due."""
        online = self._transport.online_accounts()
        at_once, self._at_once = self._at_once & online, self._at_once - online
        async with self._database.reading() as uow:
            rows = await repository.unknowns(uow, online, at_once) if online else []
            lost = await repository.abandoned(uow, uow.now - OFFLINE_LIMIT, online)
            uow.session.expunge_all()
        for row in lost:
            async with self._database.unit_of_work() as uow:
                await self._give_up(uow, row, "账号离线太久,没法核对是否送达")
        results = await asyncio.gather(*(self._settle(row) for row in rows), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _settle(self, row: OutboxRow) -> None:
        async with self._slots:
            since = row.first_sending_at or row.created_at
            try:
                look = await self._transport.find(row.target, row.reference, min(since, self._database.clock.now()))
            except Exception:
                log.exception("history of account %s can't be read", row.account)
                look = NoHistory()
        async with self._database.unit_of_work() as uow:
            if isinstance(look, Found):
                holder = await repository.holder_of(uow, row.lane, look.message_id)
                if holder not in (None, row.id):
                    look = NoHistory()
            looking_since = row.looking_since or uow.now
            attempts = row.attempts if row.fence <= MAX_CLAIMS else MAX_ATTEMPTS
            settled = settle(
                look, now=uow.now, looking_since=looking_since, absent_since=row.absent_since, attempts=attempts,
                absent_gap=self._settings.absent_gap, reconcile_for=self._settings.reconcile_for,
            )  # fmt: skip
            match settled.step:
                case Step.SENT:
                    await repository.set_sent(uow, row.id, row.fence, settled.message_id)
                    uow.after_commit(self._wake_worker)
                case Step.RETRY:
                    await repository.set_pending(uow, row.id, row.fence, unspent=False, reason=settled.reason)
                    uow.after_commit(self._wake_worker)
                case Step.HUMAN:
                    await self._give_up(uow, row, settled.reason)
                case Step.WAIT:
                    look_at = settled.look_at or uow.now
                    await repository.look_again(uow, row.id, row.fence, look_at, looking_since, settled.absent_since)

    async def _give_up(self, uow: UnitOfWork, row: OutboxRow, reason: str) -> None:
        if await repository.set_final(uow, row.id, row.fence, State.NEEDS_HUMAN, reason):
            row.state = State.NEEDS_HUMAN
            await self._herald.tell(uow, Trouble.of(row, TroubleKind.NEEDS_HUMAN, reason))
