"""``make soak``: an hour in which every half minute a process is killed or stands still, and people lose nothing by it.

Three processes on one PostgreSQL, as an operator starts them, each with an account; two of them are hit at random, the
third is let be, so that its memory can be seen to stay flat. Now and then the database is restarted. The platform loses
answers, delivers what it says it hasn't, and drops connections. At the end: what people were told is done is on disk,
once; what was put into the outbox stands in its chat, once, or somebody was told that nobody can tell. The seed is
printed; ``--seed`` repeats the dice.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

import httpx
from sqlalchemy import func, select

from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.core.migrate import upgrade
from bot.delivery.models import OutboxRow, State
from bot.delivery.reference import marks_in
from bot.simulator.faults import Behaviour, Fault
from bot.simulator.simulator import Simulator
from bot.study.models import Assignment, Material
from tests.postgres import server
from tests.process import SUPERUSER, TOKEN, BotProcess, free_port

from .town import PLANNED, Branch, People, Promises, account_of, furnish, world

ACCOUNTS, BRANCHES = 3, 9
PAUSE = 3.0
"""Seconds between two acts of a branch."""
RATES = {
    Fault.SLOW: 0.02, Fault.LATE: 0.01, Fault.LOST_ANSWER: 0.02, Fault.LOST: 0.01, Fault.TIMEOUT_DELIVERED: 0.03,
    Fault.TIMEOUT_LOST: 0.03, Fault.DROP_BEFORE: 0.005, Fault.DROP_AFTER: 0.005,
}  # fmt: skip
SETTLE = 480.0
"""Seconds within which everything open must have settled at the end: a lease, two looks a minute apart, a retry."""
FLAT = 8.0
"""MiB by which the process that is let be may grow from the second quarter of the run to the last."""
PACE = {"XUEBAN__DELIVERY__PACE": "0.2", "XUEBAN__DELIVERY__JITTER": "0.1", "XUEBAN__DELIVERY__POLL": "5"}
OPEN = (State.PENDING, State.SENDING, State.UNKNOWN)
_DEFECT = re.compile(r" defect in| event not handled| ERROR |never retrieved")
_RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)
_BUCKET = re.compile(r'^xueban_(event_loop_lag|slot_late)_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.MULTILINE)


@dataclass
class Life:
    """One life of one process: MiB at its beginning and its end, and what it measured last."""

    born: float
    memory: list[float] = field(default_factory=list)
    measured: dict[str, Counter[float]] = field(default_factory=dict)
    stood_still: bool = False


class Seat:
    """A place of which one process after the other has the port."""

    def __init__(self, folder: Path, number: int, url: str) -> None:
        more = {"DATABASE_URL": url, "XUEBAN__METRICS_TOKEN": TOKEN, **PACE}
        self.bot = BotProcess(folder, port=free_port(), **more)
        self.bot.log = folder / f"bot{number}.log"
        self.lives: list[Life] = []
        self.busy = False

    async def start(self) -> None:
        await self.bot.start(120)
        self.lives.append(Life(time.monotonic()))

    async def look(self) -> None:
        """Note memory and figures, if the process can be asked just now."""
        life = self.lives[-1]
        with suppress(httpx.HTTPError, OSError):
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                headers = {"Authorization": f"Bearer {TOKEN}"}
                page = (await client.get(f"http://127.0.0.1:{self.bot.port}/metrics", headers=headers)).text
            life.memory.append(resident(self.bot.pid))
            for name, bound, count in _BUCKET.findall(page):
                life.measured.setdefault(name, Counter())[float(bound)] = int(float(count))


def resident(pid: int) -> float:
    """MiB of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def percentile(lives: Iterable[Life], name: str, share: float) -> str:
    """The bound under which this share of what the lives measured lies, as far as their histograms tell."""
    total: Counter[float] = Counter()
    for life in lives:
        total.update(life.measured.get(name, Counter()))
    most = max(total.values(), default=0)
    bound = next((bound for bound in sorted(total) if total[bound] >= share * most), float("nan"))
    return f"≤{bound * 1000:g} ms of {most}"


class Soak:
    def __init__(self, folder: Path, url: str, seed: int) -> None:
        self.dice = random.Random(seed)
        self.url = url
        self.database = Database(url, SystemClock())
        self.seats = [Seat(folder, number, url) for number in range(ACCOUNTS)]
        self.sims: list[Simulator] = []
        self.promises = Promises()
        self.done: Counter[str] = Counter()
        self._hits: list[asyncio.Task[None]] = []

    async def run(self, minutes: float, every: float) -> None:
        await upgrade(self.url)
        planned = await furnish(self.database, BRANCHES, ACCOUNTS, minutes)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            for seat in self.seats:
                stack.callback(seat.bot.kill)
            await asyncio.gather(*(seat.start() for seat in self.seats))
            branches = [Branch(number, account_of(number, ACCOUNTS)) for number in range(BRANCHES)]
            for number, seat in enumerate(self.seats):
                behaviour = Behaviour(rates=dict(RATES), seconds=20, seed=self.dice.randrange(10**6))
                made = world(branches, account_of(number, ACCOUNTS), int(SUPERUSER))
                sim = Simulator(seat.bot.url, token=TOKEN, world=made, behaviour=behaviour, heartbeat=5)
                self.sims.append(await stack.enter_async_context(sim))
            crowd = [
                People(branch, self.sims[branch.number % ACCOUNTS], self.promises, random.Random(self.dice.random()))
                for branch in branches
            ]
            tasks = [asyncio.create_task(people.live(PAUSE)) for people in crowd]
            tasks += [asyncio.create_task(self._hit(every)), asyncio.create_task(self._look())]
            finished, _ = await asyncio.wait(tasks, timeout=minutes * 60, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for task in [*finished, *self._hits]:
                await task
            await self._settle()
            await self._judge(planned)

    async def _look(self) -> None:
        while True:
            for seat in self.seats:
                if not seat.busy:
                    await seat.look()
            await asyncio.sleep(5)

    async def _hit(self, every: float) -> None:
        """Kill one of the two every so many seconds; now and then let it stand still for longer than its leases."""
        while True:
            await asyncio.sleep(every)
            if self.dice.random() < 0.05:
                await asyncio.to_thread(server().restart)
                self.done["database restarted"] += 1
                continue
            free = [seat for seat in self.seats[:-1] if not seat.busy]
            if free:
                seat, number = self.dice.choice(free), self.dice.randrange(ACCOUNTS - 1)
                if self.dice.random() < 0.75:
                    hit = self._kill(seat, self.dice.uniform(0, 3))
                else:
                    hit = self._stand_still(seat, self.dice.uniform(5, 50))
                self._hits.append(asyncio.create_task(hit))
                if self.dice.random() < 0.4:
                    self._hits.append(asyncio.create_task(self._move(number, self.dice.choice(self.seats))))

    async def _kill(self, seat: Seat, pause: float) -> None:
        seat.busy = True
        await seat.look()
        await asyncio.to_thread(seat.bot.kill)
        self.done["killed"] += 1
        await asyncio.sleep(pause)
        await seat.start()
        seat.busy = False

    async def _stand_still(self, seat: Seat, seconds: float) -> None:
        seat.busy = seat.lives[-1].stood_still = True
        os.kill(seat.bot.pid, signal.SIGSTOP)
        self.done["stopped"] += 1
        await asyncio.sleep(seconds)
        os.kill(seat.bot.pid, signal.SIGCONT)
        seat.busy = False

    async def _move(self, number: int, seat: Seat) -> None:
        """An account connects to whichever process, while the one that sent for it may be dead or only asleep."""
        self.done["moved"] += 1
        await self.sims[number].connect(seat.bot.url)

    async def _settle(self) -> None:
        """Let the platform be well, and wait until nothing is open."""
        for sim in self.sims:
            sim.behaviour.heal()
        begun = time.monotonic()
        for _ in range(int(SETTLE / 2)):
            if not await self._open():
                break
            await asyncio.sleep(2)
        print(f"settled {time.monotonic() - begun:.0f} s after the last fault", flush=True)
        for seat in self.seats:
            await seat.look()

    async def _open(self) -> int:
        async with self.database.reading() as uow:
            query = select(func.count()).select_from(OutboxRow).where(OutboxRow.state.in_(OPEN))
            return int(await uow.session.scalar(query) or 0)

    async def _judge(self, planned: int) -> None:
        async with self.database.reading() as uow:
            rows = list(await uow.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
            pushed = select(Material.title).join(Assignment, Assignment.material_id == Material.id)
            by_plan = Counter(await uow.session.scalars(pushed.where(Material.title.startswith(PLANNED))))
            broken = await self.promises.broken(uow)
            uow.session.expunge_all()
        stands = self._standing()
        lost = [f"{row.lane} {row.reference}" for row in rows if row.state == State.SENT and not stands[_place(row)]]
        doubled = [f"{place} {times} times" for place, times in stands.items() if times > 1]
        doubled += [f"{title} {times} times" for title, times in by_plan.items() if times > 1]
        unplanned = planned - len(by_plan)
        states = Counter(row.state for row in rows)
        doubts = [row for row in rows if row.unknown_at is not None]
        human = [row for row in rows if row.state == State.NEEDS_HUMAN]
        waits = sorted((row.sent_at - row.unknown_at).total_seconds() for row in doubts if row.sent_at)
        ages = sorted((row.sent_at - row.due_at).total_seconds() for row in rows if row.sent_at)
        print(f"hits: {dict(self.done)}; processes: {[len(seat.lives) for seat in self.seats]} lives")
        print(f"outbox: {dict(states)}; the longest waits for arrival {_tail(ages)}")
        print(f"people were told of {self.promises}")
        print(
            f"plans: {len(by_plan)} of {planned} readings, late by p99 {percentile(self._lives(), 'slot_late', 0.99)}"
        )
        print(f"unknown: {len(doubts)}, settled by themselves {len(waits)}, after {_tail(waits)}")
        for row in human:
            print(f"  needs_human {row.lane} {row.reference}: {row.reason}; {stands[_place(row)]} there")
        self._print_processes()
        print(f"lost: {len(lost) + len(broken)}, doubled: {len(doubled)}, plans not carried out: {unplanned}")
        troubles = [*lost, *broken, *doubled, *self._defects()]
        troubles += [f"{row.lane} {row.reference} is {row.state}" for row in rows if row.state in OPEN]
        troubles += [f"{row.lane} {row.reference} without a reason" for row in human if not row.reason]
        if unplanned:
            troubles.append(f"{unplanned} planned readings not pushed")
        if (grown := self._grown()) > FLAT:
            troubles.append(f"the process that was let be grew by {grown:.1f} MiB")
        for line in troubles:
            print(f"  {line}")
        if troubles:
            raise SystemExit("the soak has found something")

    def _standing(self) -> Counter[tuple[str, str]]:
        """How often each reference stands in each chat."""
        stands: Counter[tuple[str, str]] = Counter()
        for sim in self.sims:
            for sent in sim.sent:
                kind, chat = ("group", sent.group_id) if sent.group_id is not None else ("private", sent.user_id)
                stands.update(
                    (f"onebot11:{sim.world.self_id}:{kind}:{chat}", mark) for mark in marks_in(sent.text)[-1:]
                )
        return stands

    def _lives(self) -> list[Life]:
        """Those that never stood still: what they measured of time is their own."""
        return [life for seat in self.seats for life in seat.lives if not life.stood_still]

    def _defects(self) -> list[str]:
        """What the logs tell of errors that nobody had thought of, each with the end of its traceback."""
        logs = "\n".join(seat.bot.written for seat in self.seats)
        found = [one.splitlines() for one in _RECORD.split(logs) if _DEFECT.search(one)]
        return ["\n    ".join([lines[0], *lines[1:][-6:]]) for lines in found[:20]]

    def _grown(self) -> float:
        """MiB from the second quarter to the last, of the process that was let be."""
        memory = self.seats[-1].lives[0].memory
        quarter = len(memory) // 4
        return mean(memory[-quarter:]) - mean(memory[quarter : 2 * quarter]) if quarter else 0.0

    def _print_processes(self) -> None:
        for seat in self.seats:
            known = [life for life in seat.lives if len(life.memory) > 1]
            ends = [life.memory[-1] for life in known]
            starts = [life.memory[0] for life in known]
            if known:
                print(
                    f"  {len(known)} lives: MiB at birth {min(starts):.0f} to {max(starts):.0f}, "
                    f"at death {min(ends):.0f} to {max(ends):.0f} (median {median(ends):.0f})"
                )
        memory = self.seats[-1].lives[0].memory
        every = max(len(memory) // 12, 1)
        print(f"  let be, MiB over time: {[round(one, 1) for one in memory[::every]]}, grown by {self._grown():.1f}")
        print(f"  event loop late by p99 {percentile(self._lives(), 'event_loop_lag', 0.99)}")
        print(f"  of the one let be {percentile(self.seats[-1].lives, 'event_loop_lag', 0.99)}")


def _place(row: OutboxRow) -> tuple[str, str]:
    return row.lane, row.reference


def _tail(seconds: list[float]) -> str:
    """Of sorted seconds: how long half, most and all of them took."""
    if not seconds:
        return "-"
    half, most = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    return f"p50 {half:.1f} s, p95 {most:.1f} s, most {seconds[-1]:.1f} s"


async def soak(minutes: float, every: float, seed: int) -> None:
    print(f"seed {seed}: {minutes:g} minutes, a hit every {every:g} s, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="xueban-soak-") as folder:
        await Soak(Path(folder), await server().fresh(), seed).run(minutes, every)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=30, help="seconds between two hits")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    asyncio.run(soak(given.minutes, given.every, given.seed))


if __name__ == "__main__":
    main()
