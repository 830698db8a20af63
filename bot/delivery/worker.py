"""The one loop through which messages leave: claim → mark "about to send" → send → record.

One turn writes all results that have come in, and claims, in a single commit; a second commit marks what was claimed;
then it goes to the wire. So a crash at any point leaves each message either certainly unsent (claimed, not marked) or
to be looked for (marked), and many messages share the cost of a commit.
"""

import asyncio
import logging
import random
import uuid
from collections import OrderedDict
from collections.abc import Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any

from bot.core import measures
from bot.core.clock import Clock
from bot.core.db import Database, UnitOfWork
from bot.core.settings import DeliverySettings
from bot.delivery import outbox, repository
from bot.delivery.flight import Flight, Outcome, Sent
from bot.delivery.lanes import Account, Presence
from bot.delivery.models import HoldKind, State, lane_of
from bot.delivery.reconcile import Reconciler
from bot.delivery.reference import marks_in
from bot.delivery.reopening import Reopener
from bot.delivery.repository import Claimed
from bot.delivery.transport import NotSent, Refusal, Refused, Target, Transport, Unknown
from bot.delivery.trouble import Herald, OnRemoved, OnTrouble, Trouble, TroubleKind

log = logging.getLogger("xueban.delivery")

_SENDS = measures.durations("send", "from the wire to the result of a message, by result", "outcome")

_GATHER = 0.002
"""Seconds that a turn waits for further results, so that they share its commit."""


class Worker:
    """Sends what is in the outbox for the accounts whose connection this process holds.

    ``on_trouble(uow, trouble)`` hears of everything that a person must know; ``on_removed(uow, target, reason)`` of
    groups the account was removed from, and with an empty reason of those where it may write again. Both join the unit
    of work that records it.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        clock: Clock,
        settings: DeliverySettings,
        on_trouble: OnTrouble | None = None,
        on_removed: OnRemoved | None = None,
    ) -> None:
        self.id = uuid.uuid4().hex[:16]
        self.clock = clock
        self._database = database
        self._transport = transport
        self._settings = settings
        self._herald = Herald(on_trouble, on_removed)
        self._reconciler = Reconciler(database, transport, settings, self._herald, self.wake)
        self._reopener = Reopener(database, transport, self._herald, settings.reopen, self.wake)
        self._stirred = asyncio.Event()
        self._accounts: dict[str, Account] = {}
        self._presence = Presence()
        self._flights: dict[int, Flight] = {}
        self._by_reference: dict[tuple[str, str], Flight] = {}
        self._landed: list[tuple[Claimed, Outcome | None]] = []
        self._alerts: list[Trouble] = []
        self._recent: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._take_over: set[str] = set()
        self._sweep_at = 0.0
        self._due_in: float | None = None
        self._landing = self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._hearing: asyncio.Task[None] | None = None
        self._carriers: set[asyncio.Task[None]] = set()

    # -- what the others call

    async def start(self) -> None:
        outbox.listeners.add(self.wake)
        self._spawn(self._run())
        self._spawn(self._reconciler.run())
        self._spawn(self._reopener.run())
        self._hearing = asyncio.create_task(self._database.hear(outbox.CHANNEL, self.wake))

    async def stop(self) -> None:
        """Let what is under way land, write the results down."""
        outbox.listeners.discard(self.wake)
        await self.land()
        self._stopping = True
        for flight in self._flights.values():
            flight.cut("程序停止")
        if self._carriers:
            await asyncio.wait(self._carriers, timeout=1.0)
        self._reconciler.stop()
        self._reopener.stop()
        if self._hearing is not None:
            self._hearing.cancel()
        self.wake()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=2.0)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self._landed:
            try:
                await self._turn()
            except Exception as error:
                log.warning("last results not written (%s); they are looked for at the next start", error)

    async def land(self) -> None:
        """From now on send nothing more; ends when what is under way has its result, or after a few seconds."""
        self._landing = True
        if self._carriers:
            await asyncio.wait(self._carriers, timeout=min(self._settings.send_timeout, 5.0))

    def wake(self) -> None:
        """There may be something to do."""
        self._stirred.set()

    @property
    def online(self) -> frozenset[str]:
        """The accounts whose connection is held here."""
        return self._transport.online_accounts()

    def accounts(self) -> dict[str, tuple[bool, bool]]:
        """For each account that was ever here: whether it is connected, and whether its circuit is open."""
        online, now = self._transport.online_accounts(), monotonic()
        return {name: (name in online, one.circuit.wait(now) > 0) for name, one in self._accounts.items()}

    def connected(self, account: str) -> None:
        """The account's connection is held here now. Its unknowns are looked at at once."""
        if self._presence.arrived(account):
            log.info("account %s is back", account)
        self._account(account).circuit.succeeded()
        self._take_over.add(account)
        self._reconciler.stir(account)
        self._reopener.stir()
        self.wake()

    def disconnected(self, account: str) -> None:
        """The connection is gone: what is under way there is unknown from now on."""
        self._presence.dropped(account, monotonic())
        for flight in self._flights.values():
            if flight.claimed.target.account == account:
                flight.cut("连接断开")
        self.wake()

    async def echo(self, platform: str, account: str, message_id: str, text: str, target: Target) -> None:
        """A message of our own was seen on the platform: the best proof that it arrived."""
        for reference in marks_in(text)[-1:]:
            key = (lane_of(target), reference)
            if (flight := self._by_reference.get(key)) is not None:
                flight.echo(message_id)
            elif key not in self._recent:
                await self._late_echo(key[0], reference, message_id)

    async def _late_echo(self, lane: str, reference: str, message_id: str) -> None:
        async with self._database.reading() as uow:
            if await repository.by_reference(uow, lane, reference) is None:
                return
        async with self._database.unit_of_work() as uow:
            row = await repository.by_reference(uow, lane, reference)
            if row is not None and await repository.set_sent(uow, row.id, row.fence, message_id):
                uow.after_commit(self.wake)

    async def may_write(self, target: Target, kind: HoldKind) -> None:
        """The platform says that the account may write there again: it was unmuted, or came (back) there."""
        await self._reopener.reopen(target, kind)

    # -- the loop

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _account(self, name: str) -> Account:
        return self._accounts.setdefault(name, Account(self._settings))

    async def _run(self) -> None:
        failures = 0
        while not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._stirred.wait()
            if self._flights:
                await asyncio.sleep(_GATHER)
            self._stirred.clear()
            try:
                await self._turn()
                failures = 0
            except Exception as error:
                failures += 1
                if failures == 1:
                    log.warning("delivery pauses: %s", type(error).__name__, exc_info=error)
                await asyncio.sleep(min(0.1 * 2**failures, 5.0))
                self.wake()

    def _pause(self) -> float:
        now = monotonic()
        waits = [account.wait(now) for account in self._accounts.values()]
        waits = [self._settings.poll, self._sweep_at - now, *(wait for wait in waits if wait > 0)]
        if self._due_in is not None:
            waits.append(self._due_in)
        return max(min(waits), 0.005)

    async def _turn(self) -> None:
        now = monotonic()
        online = self._transport.online_accounts()
        self._watch(online, now)
        wants = {} if self._landing else {name: self._account(name).room(now) for name in sorted(online)}
        landed, alerts, taken = list(self._landed), list(self._alerts), self._take_over & online
        claimed: list[Claimed] = []
        due = None
        async with self._database.unit_of_work() as uow:
            for flown, outcome in landed:
                await self._record(uow, flown, outcome)
            for alert in alerts:
                await self._herald.tell(uow, alert)
            for name in taken:
                await repository.take_over(uow, name, self.id)
            if now >= self._sweep_at:
                await self._sweep(uow)
            for name, room in wants.items():
                if room > 0:
                    claimed += await repository.claim(uow, name, room, self.id, self._settings.lease)
            if not claimed and online:
                due = await repository.next_due(uow, online)
            self._due_in = None if due is None else (due - uow.now).total_seconds()
        if now >= self._sweep_at:
            self._sweep_at = now + self._settings.poll
        del self._landed[: len(landed)], self._alerts[: len(alerts)]
        self._take_over -= taken
        if taken or any(isinstance(outcome, Unknown) for _, outcome in landed):
            self._reconciler.stir()
        if claimed:
            await self._launch(claimed)

    async def _launch(self, claimed: list[Claimed]) -> None:
        claimed_at = monotonic()
        lease = self._settings.lease + self._settings.send_timeout
        try:
            async with self._database.unit_of_work() as uow:
                marked = await repository.mark_sending(uow, [c.id for c in claimed], self.id, lease)
        except BaseException:
            self._landed += [(one, None) for one in claimed]
            raise
        for one in claimed:
            if one.id not in marked:
                continue
            if self._landing:
                self._landed.append((one, NotSent("程序停止")))
                continue
            if monotonic() - claimed_at > self._settings.lease:  # we stood still: somebody else may have it by now
                self._landed.append((one, NotSent("租约已过")))
                continue
            account = self._account(one.target.account)
            account.departed(monotonic(), random.random())
            flight = Flight(one, self._transport, self._settings.send_timeout)
            self._flights[one.id] = flight
            self._by_reference[one.lane, one.reference] = flight
            task = asyncio.create_task(self._carry(flight))
            self._carriers.add(task)
            task.add_done_callback(self._carriers.discard)

    async def _carry(self, flight: Flight) -> None:
        outcome: Outcome = Unknown("发送被中断")
        left_at = monotonic()
        try:
            outcome = await flight.carry()
        finally:
            _SENDS.labels(type(outcome).__name__.lower()).observe(monotonic() - left_at)
            self._land(flight, outcome)

    def _land(self, flight: Flight, outcome: Outcome) -> None:
        one, now = flight.claimed, monotonic()
        account = self._account(one.target.account)
        opened = account.landed(outcome, now, counts=not flight.cut_off)
        if opened:
            reason = f"连续 {self._settings.circuit_after} 条消息没有回应,先停 {self._settings.circuit_for:.0f} 秒"
            self._alerts.append(Trouble(TroubleKind.CIRCUIT, reason, one.target.platform, one.target.account))
        if isinstance(outcome, Refused) and outcome.kind in (Refusal.MUTED, Refusal.REMOVED):
            self._reopener.refused(one.target)
        if isinstance(outcome, Sent):
            self._recent[one.lane, one.reference] = None
            while len(self._recent) > 2000:
                self._recent.popitem(last=False)
        self._landed.append((one, outcome))
        del self._flights[one.id]
        self._by_reference.pop((one.lane, one.reference), None)
        self.wake()

    # -- what is written down

    async def _record(self, uow: UnitOfWork, one: Claimed, outcome: Outcome | None) -> None:
        match outcome:
            case None:
                await repository.release(uow, one.id, one.fence)
            case Sent(message_id):
                await repository.set_sent(uow, one.id, one.fence, message_id)
            case Unknown():
                await repository.set_unknown(uow, one.id, one.fence, str(outcome))
            case NotSent():
                await repository.set_pending(uow, one.id, one.fence, unspent=True, reason=str(outcome))
            case Refused(kind=Refusal.MUTED):
                if await repository.set_pending(uow, one.id, one.fence, unspent=True, reason=str(outcome)) and (
                    await repository.hold(uow, one.lane, HoldKind.MUTED, str(outcome))
                ):
                    await self._tell(uow, one, TroubleKind.MUTED, "账号被禁言,解除后自动补发")
            case Refused(kind=Refusal.REMOVED):
                if await repository.set_final(uow, one.id, one.fence, State.REJECTED, f"账号已不在这里({outcome})"):
                    await repository.hold(uow, one.lane, HoldKind.REMOVED, str(outcome))
                    await self._herald.removed(uow, one.target, "账号已不在这里")
                    await self._tell(uow, one, TroubleKind.REMOVED, "账号已不在这里,已暂停发送")
            case Refused(kind=Refusal.UNREADABLE):
                if await repository.set_final(uow, one.id, one.fence, State.REJECTED, str(outcome)):
                    await self._tell(uow, one, TroubleKind.UNREADABLE, f"没有发,{outcome}")
            case Refused():
                if await repository.set_final(uow, one.id, one.fence, State.NEEDS_HUMAN, str(outcome)):
                    await self._tell(uow, one, TroubleKind.NEEDS_HUMAN, f"平台没有接受这条消息:{outcome}")

    async def _tell(self, uow: UnitOfWork, one: Claimed, kind: TroubleKind, reason: str) -> None:
        row = await repository.get(uow, one.id)
        if row is not None:
            await self._herald.tell(uow, Trouble.of(row, kind, reason))

    async def _sweep(self, uow: UnitOfWork) -> None:
        """What nobody reports: leases that ran out, messages past their time."""
        ours = [*self._flights, *(one.id for one, _ in self._landed)]
        _, unknown = await repository.recover_leases(uow, self.id, ours)
        if unknown:
            uow.after_commit(self._reconciler.stir)
        for row in await repository.expire(uow):
            await self._herald.tell(uow, Trouble.of(row, TroubleKind.EXPIRED, "到截止时间仍没能发出"))

    def _watch(self, online: frozenset[str], now: float) -> None:
        """Compare with what the transport says: accounts come and go without anybody telling us, too."""
        for name in self._presence.newcomers(online):
            self.connected(name)
        for name in self._presence.missing(online, now):
            reason = "账号离线或连接断开,消息先等着"
            self._alerts.append(Trouble(TroubleKind.OFFLINE, reason, "onebot11", name))
