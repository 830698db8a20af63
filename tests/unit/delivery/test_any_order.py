"""The outbox under anything that may happen, in any order: two processes that stand still or die between any two
commits, accounts that move between them, a platform that answers, refuses, is silent or is cut off, and people who
withdraw, decide and recall. Whatever hypothesis thinks of, nothing is sent twice, nothing is lost, order is kept.

The worker and the reconciler are the real ones, taken one turn at a time; database commits, the clock and the platform
are in the machine's hands. The platform is honest: what it has stored its history shows.
"""

import asyncio
import os
from collections import Counter, deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, select

from bot.branch.models import Branch
from bot.core.clock import CHINA
from bot.core.db import Base, Database, UnitOfWork
from bot.core.settings import DeliverySettings
from bot.delivery import lanes, outbox, repository, worker
from bot.delivery.models import Counter as Numbers
from bot.delivery.models import Hold, HoldKind, OutboxRow, State, lane_of
from bot.delivery.outbox import Outgoing
from bot.delivery.reference import marks_in
from bot.delivery.transport import Absent, Found, NoHistory, NotSent, Refusal, Refused, Target, Unknown
from bot.delivery.trouble import Trouble
from bot.delivery.worker import Worker
from bot.rendering.content import Content, Forward

SETTINGS = DeliverySettings(pace=0, jitter=0, burst=3, circuit_after=3)
LANES = [Target("1", "group", "甲"), Target("1", "group", "乙"), Target("2", "group", "甲")]
MOODS = ("ok", "ok", "delivered", "lost", "lost", "silent", "deaf", *Refusal, "offline")
"""What becomes of a send: "delivered" arrives and "lost" doesn't, both with an answer that says nothing; "silent"
arrives and "deaf" doesn't, and no answer comes."""
DONE = {State.SENT, State.RECALLED, State.CANCELLED}
TOLD = {State.NEEDS_HUMAN, State.REJECTED, State.EXPIRED}
WAITING = {State.PENDING, State.SENDING, State.UNKNOWN}


@dataclass
class Hands:
    """The clock, which only the machine moves, and the platform."""

    time: datetime = datetime(2026, 11, 24, 7, 40, tzinfo=CHINA)

    def __post_init__(self) -> None:
        self.started = self.time
        self.held_by: dict[str, Process | None] = {"1": None, "2": None}
        self.moods: deque[str] = deque()
        self.messages: list[tuple[Target, str, str]] = []
        self.calls: list[Call] = []
        self.history = True
        self.told: set[str] = set()
        self.crossed: list[Target] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return (self.time - self.started).total_seconds() + 1000

    def store(self, target: Target, content: Content) -> str:
        self.messages.append((target, marks_in(content.plain)[-1], f"p{len(self.messages)}"))
        return self.messages[-1][2]

    def stored(self, lane: str, reference: str) -> list[str]:
        return [one for target, mark, one in self.messages if (lane_of(target), mark) == (lane, reference)]


@dataclass(eq=False)
class Call:
    """A send without an answer yet; ``message_id`` if it has arrived."""

    process: "Process"
    target: Target
    text: str
    message_id: str | None
    at: datetime
    answer: "asyncio.Future[str]"


class Steps(Database):
    """A database whose process stands still after a commit, if told to."""

    left = 0

    def __init__(self, url: str, clock: Hands) -> None:
        super().__init__(url, clock)
        event.listen(self.engine.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        self.still = asyncio.Event()
        self.go = asyncio.Event()

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        async with super().unit_of_work() as uow:
            yield uow
        if self.left:
            self.left -= 1
            if self.left == 0:
                self.still.set()
                await self.go.wait()


class Process:
    """One that delivers; its ``turn`` is what it is in the middle of."""

    def __init__(self, url: str, hands: Hands) -> None:
        self.hands = hands
        self.database = Steps(url, hands)
        self.worker = Worker(self.database, self, hands, SETTINGS, self._tell)
        self.turn: asyncio.Task[None] | None = None
        self.missed: list[str] = []

    async def _tell(self, uow: UnitOfWork, trouble: Trouble) -> None:
        self.hands.told.add(trouble.reference)

    async def do(self, work: Coroutine[Any, Any, None], stop: int = 0) -> None:
        """Until it is done and what it sent has an answer, or is known to have none; or, with ``stop``, until it stands
        still after so many commits."""
        self.database.left = stop
        self.turn = asyncio.create_task(work)
        await self._finish()

    async def _finish(self) -> None:
        assert self.turn is not None
        still = asyncio.create_task(self.database.still.wait())
        await asyncio.wait({self.turn, still}, return_when=asyncio.FIRST_COMPLETED)
        still.cancel()
        self.database.left = 0
        if self.turn.done():
            turn, self.turn = self.turn, None
            turn.result()
            await self.settle()

    async def settle(self) -> None:
        while len(self.worker._flights) > sum(call.process is self for call in self.hands.calls):  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def wake(self) -> None:
        """Go on after standing still, and hear what has happened meanwhile."""
        self.database.still.clear()
        self.database.go.set()
        await self._finish()
        self.database.go.clear()
        for account in self.missed:
            self.worker.disconnected(account)
        self.missed.clear()
        await self.settle()

    async def die(self) -> None:
        tasks = [task for task in (self.turn, *self.worker._carriers) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.database.close()

    # -- the transport

    def online_accounts(self) -> frozenset[str]:
        return frozenset(account for account, holder in self.hands.held_by.items() if holder is self)

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        mood = self.hands.moods.popleft() if self.hands.moods else "ok"
        if target.account not in self.online_accounts() or mood == "offline":
            raise NotSent("offline")
        if [call for call in self.hands.calls if call.target == target]:
            self.hands.crossed.append(target)
        if mood in tuple(Refusal):
            raise Refused(Refusal(mood), mood)
        there = None if mood in ("lost", "deaf") else self.hands.store(target, content)
        if mood in ("silent", "deaf"):
            answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            call = Call(self, target, content.plain, there, self.hands.time, answer)
            self.hands.calls.append(call)
            try:
                return await answer
            finally:
                self.hands.calls.remove(call)
        if mood != "ok" or there is None:
            raise Unknown("Timeout: NTEvent")
        return there

    async def find(self, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
        found = self.hands.stored(lane_of(target), reference)
        return NoHistory() if not self.hands.history else Found(found[0]) if found else Absent()

    async def may_write(self, target: Target) -> bool:
        return False

    async def recall(self, target: Target, message_id: str) -> bool:
        raise AssertionError("the worker and the reconciler don't")

    async def pin(self, target: Target, message_id: str, how: str, text: str) -> bool:
        raise AssertionError("the worker and the reconciler don't")


ACTS = ["withdraw", "withdraw all", "decide", "recall", "let speak", "pause"]
MANY_MOODS = st.lists(st.sampled_from(MOODS), max_size=4)
which, lane, some = st.integers(0, 1), st.sampled_from(LANES), st.integers(0, 5)


class Outbox(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.hands = Hands()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(worker, "monotonic", self.hands.monotonic)
        self.patch.setattr(lanes, "_REST", 0.5)
        self.url = f"sqlite+aiosqlite:///{Path(self.folder.name) / 'outbox.db'}"
        self.processes = [Process(self.url, self.hands) for _ in range(2)]
        self.people = Steps(self.url, self.hands)
        self.put_in: dict[str, str] = {}
        self.before: dict[int, OutboxRow] = {}
        self.may_leave: set[str] = set()
        self.decided: set[int] = set()
        self.run(self._begin())
        for i, account in enumerate(self.hands.held_by):
            self._connect(account, self.processes[i])

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def _begin(self) -> None:
        tables = [table.__table__ for table in (Branch, OutboxRow, Hold, Numbers)]
        async with self.people.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all, tables=tables)

    async def _write(self, work: Any) -> Any:
        async with self.people.unit_of_work() as uow:
            return await work(uow)

    async def _rows(self) -> list[OutboxRow]:
        async with self.people.reading() as uow:
            return list(await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))

    # -- what people do

    @initialize(to=st.lists(lane, min_size=3, max_size=6))
    def begin(self, to: list[Target]) -> None:
        for n, one in enumerate(to):
            self._put(f"o{n % 2}", f"{n}", one)

    @rule(one=lane, after=st.sampled_from([0, 0, 40]), until=st.sampled_from([0, 0, 100]), pages=st.booleans(), n=some)
    def put(self, one: Target, after: int, until: int, pages: bool, n: int) -> None:
        now = self.hands.time
        start = now + timedelta(seconds=after) if after else None
        end = now + timedelta(seconds=until) if until else None
        self._put(f"o{n % 2}", f"{n}", one, pages=pages, not_before=start, expires_at=end)

    def _put(self, origin: str, key: str, one: Target, pages: bool = False, **more: datetime | None) -> None:
        content = Content.of("学习", *([Forward(title="全文", pages=("一",))] if pages else []))
        out = Outgoing(None, one, content, origin, f"{key}:{lane_of(one)}", **more)
        reference = self.run(self._write(lambda uow: outbox.enqueue(uow, out)))
        assert (reference is None) == (out.key in self.put_in), "a key is enqueued once"
        if reference is not None:
            self.put_in[out.key] = reference

    @rule(
        what=st.sampled_from(["withdraw", "withdraw all", "decide", "recall", "let speak", "pause"]), one=lane, n=some
    )
    def somebody(self, what: str, one: Target, n: int) -> None:
        match what:
            case "withdraw":
                self.run(self._write(lambda uow: outbox.cancel(uow, f"{n}:{lane_of(one)}")))
            case "withdraw all":
                self._withdraw_all(f"o{n % 2}", back=n > 2)
            case "decide":
                self._decide()
            case "recall":
                for target, _, which in self.hands.messages:
                    if target == one:
                        self.run(self._write(lambda uow, it=which: outbox.recalled(uow, one, it, gone=n > 2)))
            case "let speak":
                self.run(self._write(lambda uow: repository.lift(uow, lane_of(one))))
            case "pause":
                self.run(self._write(lambda uow: repository.hold(uow, lane_of(one), HoldKind.REMOVED, "不在群里")))

    def _withdraw_all(self, origin: str, *, back: bool) -> None:
        self.run(self._write(lambda uow: outbox.cancel_of(uow, origin)))
        self.look_over()
        if back:
            gone = [row for row in self.before.values() if row.origin == origin and row.state == State.CANCELLED]
            self.may_leave = {row.key for row in gone if row.first_sending_at is None}
            self.run(self._write(lambda uow: outbox.forget_cancelled(uow, origin)))
            self.put_in = {key: reference for key, reference in self.put_in.items() if key not in self.may_leave}

    def _decide(self) -> None:
        """They look into the chat first."""
        for row in self.before.values():
            if row.state in TOLD:
                arrived = bool(self.hands.stored(row.lane, row.reference))
                self.run(self._write(lambda uow, row=row, yes=arrived: outbox.decide_row(uow, row.id, arrived=yes)))
                row.state = State.SENT if arrived else State.PENDING
                self.decided.add(row.id)

    # -- what processes and accounts do

    @rule(i=which, moods=MANY_MOODS, stop=st.sampled_from([0, 0, 0, 1, 2]))
    def take_a_turn(self, i: int, moods: list[str], stop: int) -> None:
        process = self.processes[i]
        if process.turn is None:
            self.hands.moods.extend(moods)
            self.run(process.do(process.worker._turn(), stop))
            self.hands.moods.clear()

    @rule(i=which, history=st.booleans(), stop=st.sampled_from([0, 0, 1]))
    def look_into_history(self, i: int, history: bool, stop: int) -> None:
        process = self.processes[i]
        if process.turn is None:
            self.hands.history = history
            self.run(process.do(process.worker._reconciler.turn(), stop))

    @rule(i=which, stop=st.sampled_from([1, 2]), then=st.sampled_from([20, 31, 91]), moods=MANY_MOODS)
    def stand_still_while_the_other_takes_over(self, i: int, stop: int, then: int, moods: list[str]) -> None:
        """What a stopped process finds when it goes on: its messages may be in other hands by now."""
        other = self.processes[1 - i]
        self._all_move_to(self.processes[i])
        self.take_a_turn(i, [], stop)
        self._all_move_to(other)
        self.wait(then)
        for _ in range(2):
            self.take_a_turn(1 - i, moods, 0)
            self.look_into_history(1 - i, True, 0)
            self.look_over()
            self.wait(61)
        self.take_a_turn(1 - i, moods, 0)
        self._all_move_to(self.processes[i])

    def _all_move_to(self, process: Process) -> None:
        for account in self.hands.held_by:
            self._connect(account, process)

    @precondition(lambda self: any(process.turn for process in self.processes))
    @rule(i=which)
    def wake(self, i: int) -> None:
        if self.processes[i].turn is not None:
            self.run(self.processes[i].wake())

    @rule(i=which)
    def die(self, i: int) -> None:
        dead = self.processes[i]
        self.run(dead.die())
        self.processes[i] = Process(self.url, self.hands)
        for account, holder in self.hands.held_by.items():
            if holder is dead:
                self.hands.held_by[account] = None

    @rule(account=st.sampled_from(["1", "2"]), to=st.sampled_from([0, 1, None]))
    def move(self, account: str, to: int | None) -> None:
        self._connect(account, None if to is None else self.processes[to])

    def _connect(self, account: str, to: Process | None) -> None:
        old = self.hands.held_by[account]
        self.hands.held_by[account] = to

        async def tell() -> None:
            if old is not None and old.turn is not None:
                old.missed.append(account)
            elif old is not None:
                old.worker.disconnected(account)
                await old.settle()
            if to is not None and to.turn is None:
                to.worker.connected(account)

        self.run(tell())

    # -- time and the platform

    @rule(seconds=st.sampled_from([1, 20, 31, 61, 61, 200, 90_000]))
    def wait(self, seconds: int) -> None:
        self.hands.time += timedelta(seconds=seconds)
        self.run(self._time_out())

    async def _time_out(self) -> None:
        for call in list(self.hands.calls):
            late = self.hands.time - call.at >= timedelta(seconds=SETTINGS.send_timeout)
            if late and call.process.turn is None and not call.answer.done():
                call.answer.set_exception(Unknown("no answer"))
        for process in self.processes:
            await asyncio.sleep(0)
            if process.turn is None:
                await process.settle()

    @precondition(lambda self: self.hands.calls)
    @rule(how=st.sampled_from(["answer", "echo", "error"]), n=some)
    def the_platform_wakes_up(self, how: str, n: int) -> None:
        call = self.hands.calls[n % len(self.hands.calls)]
        if call.process.turn is not None or call.answer.done():
            return
        self.run(self._answer(call, how))

    async def _answer(self, call: Call, how: str) -> None:
        if how == "echo" and call.message_id is not None:
            await call.process.worker.echo("onebot11", call.target.account, call.message_id, call.text, call.target)
        if call.message_id is not None and how != "error":
            call.answer.set_result(call.message_id)
        else:
            call.answer.set_exception(Unknown("Timeout: NTEvent"))
        await asyncio.sleep(0)
        while call in self.hands.calls:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await call.process.settle()

    @rule(n=st.integers(0, 30), i=which)
    def an_echo_comes_late(self, n: int, i: int) -> None:
        process = self.processes[i]
        if process.turn is None and self.hands.messages:
            target, reference, message_id = self.hands.messages[n % len(self.hands.messages)]
            self.run(process.worker.echo("onebot11", target.account, message_id, f"〔{reference}〕", target))
            self.run(process.settle())

    # -- what must hold

    @invariant()
    def look_over(self) -> None:
        rows = self.run(self._rows())
        times = Counter((lane_of(target), reference) for target, reference, _ in self.hands.messages)
        assert not [one for one, n in times.items() if n > 1], "sent twice"
        assert self.hands.crossed == [], "two at once to one target"
        assert self.put_in.keys() <= {row.key for row in rows}, "a message vanished"
        for row in rows:
            there = self.hands.stored(row.lane, row.reference)
            if row.state in (State.PENDING, State.EXPIRED, State.REJECTED):
                assert not there, f"{row.state}, and it is there"
            if row.state == State.SENT:
                assert there and row.message_id in (there[0], None), "sent, and nobody has seen it"
            if row.state == State.CANCELLED and row.first_sending_at is None:
                assert not there, "withdrawn before it left, and it is there"
            if row.state in TOLD:
                assert row.reference in self.hands.told, f"{row.state}, and nobody was told"
        self._nothing_final_changed(rows)
        self._in_order(rows)
        self.before = {row.id: row for row in rows}
        self.may_leave = set()

    def _nothing_final_changed(self, rows: list[OutboxRow]) -> None:
        now = {row.id: row for row in rows}
        for was in self.before.values():
            if was.id not in now:
                assert was.key.partition("#")[0] in {key.partition("#")[0] for key in self.may_leave}
                continue
            row = now[was.id]
            assert row.fence >= was.fence
            assert was.first_sending_at in (None, row.first_sending_at)
            if was.state in DONE:
                assert row.state == was.state or (was.state, row.state) == (State.SENT, State.RECALLED)
                assert row.message_id == was.message_id
            if was.state in (State.REJECTED, State.EXPIRED):
                assert row.state == was.state, "given up, and taken up again by itself"

    def _in_order(self, rows: list[OutboxRow]) -> None:
        """What nobody ever doubted, held or decided stands in each group in the order in which it was due."""
        plain = {
            (row.lane, row.reference): (row.due_at, row.id)
            for row in rows
            if row.state == State.SENT and row.unknown_at is None and row.id not in self.decided
        }
        for target in LANES:
            seen = [plain.get((lane_of(to), mark)) for to, mark, _ in self.hands.messages if to == target]
            known = [one for one in seen if one is not None]
            assert known == sorted(known), "out of order"

    # -- the end: everything is well again, and what waited comes to an end

    def teardown(self) -> None:
        try:
            self._calm_down()
        finally:
            for process in self.processes:
                self.run(process.die())
            self.run(self.people.close())
            self.loop.close()
            self.folder.cleanup()
            self.patch.undo()

    def _calm_down(self) -> None:
        for process in self.processes:
            if process.turn is not None:
                self.run(process.wake())
        self.hands.history = True
        for account in self.hands.held_by:
            self._connect(account, self.processes[0])
        for one in LANES:
            self.somebody("let speak", one, 0)
        for _ in range(60):
            self.wait(61)
            for process in self.processes:
                self.run(process.do(process.worker._turn()))
                self.run(process.do(process.worker._reconciler.turn()))
            self.look_over()
            if not [row for row in self.before.values() if row.state in WAITING]:
                return
        raise AssertionError(f"never settled: {[(row.key, row.state) for row in self.before.values()]}")


MORE = int(os.environ.get("XUEBAN_EXAMPLES", "0"))
Outbox.TestCase.settings = settings(max_examples=MORE or 15, stateful_step_count=40, derandomize=not MORE)
"""The same examples every time, so that a change is judged by what it does; ``XUEBAN_EXAMPLES=1000`` looks further."""
TestOutbox = Outbox.TestCase
