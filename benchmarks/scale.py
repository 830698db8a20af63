"""One, two and four processes on one PostgreSQL: 5,000 groups of 20 accounts. ``python -m benchmarks.scale``

A message to every group at once, without pacing, then 64 members who check in by all accounts. What was sent and
acknowledged is counted in the database afterwards. The load comes from this same machine: it says what bounds it.
"""

import argparse
import asyncio
import os
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.bot_process import FIRST_USER, GROUP, free_port, prepare, wait_for_port, xueban
from benchmarks.client import Account, frame
from bot.branch.models import ChatGroup
from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.delivery import outbox
from bot.delivery.models import OutboxRow, State
from bot.delivery.outbox import Outgoing
from bot.delivery.transport import Target
from bot.rendering.content import Content
from bot.study.models import Completion
from tests.postgres import server

GROUPS, ACCOUNTS, MEMBERS, READINGS = 5000, 20, 64, 20
FIRST_ACCOUNT = 10001


def account_of(group: int) -> int:
    return FIRST_ACCOUNT + group % ACCOUNTS


async def fan_out(database: Database, accounts: list[Account]) -> float:
    """Messages a second: one to each group, from the commit to the last call."""
    seen: list[object] = []
    everywhere = asyncio.Event()

    def called(action: str, params: dict[str, object]) -> None:
        if action == "send_group_msg":
            seen.append(params["group_id"])
            if len(seen) == GROUPS:
                everywhere.set()

    for account in accounts:
        account.on_call = called
    groups, text = range(GROUP, GROUP + GROUPS), Content.of("今日学习")
    async with database.unit_of_work() as uow:
        outs = [
            Outgoing(1, Target(str(account_of(group)), "group", str(group)), text, "bench", f"b{group}")
            for group in groups
        ]
        await outbox.enqueue_all(uow, outs)
    start = time.perf_counter()
    await asyncio.wait_for(everywhere.wait(), 300)
    taken = time.perf_counter() - start
    if sorted(map(int, map(str, seen))) != list(groups):
        raise SystemExit("not every group got its message once")
    return GROUPS / taken


async def check_ins(accounts: list[Account]) -> float:
    """Acknowledged check-ins a second; each member says the next when the last was acknowledged."""
    waiting: dict[int, asyncio.Event] = {}

    def called(action: str, params: dict[str, object]) -> None:
        if (done := waiting.pop(int(str(params.get("message_id", 0))), None)) is not None:
            done.set()

    async def member(k: int) -> None:
        account, group = accounts[account_of(GROUP + k) - FIRST_ACCOUNT], GROUP + k
        for no in range(1, READINGS + 1):
            event = account.message(group, FIRST_USER + 1 + k, f"已学 {no}")
            done = waiting[event["message_id"]] = asyncio.Event()
            await account.shout([frame(event)])
            await asyncio.wait_for(done.wait(), 60)

    for number, account in enumerate(accounts):
        account.number_from(1_000_000 * (number + 1))
        account.on_call = called
    start = time.perf_counter()
    await asyncio.gather(*map(member, range(MEMBERS)))
    return MEMBERS * READINGS / (time.perf_counter() - start)


async def one(processes: int) -> tuple[float, float]:
    url = await server().fresh()
    await prepare(url, MEMBERS, READINGS, GROUPS)
    database = Database(url, SystemClock())
    async with database.unit_of_work() as uow:
        for group in await uow.session.scalars(select(ChatGroup)):
            group.account = str(account_of(int(group.group_id)))
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        ports = [free_port() for _ in range(processes)]
        for port in ports:
            fast = {"XUEBAN__DELIVERY__PACE": "0", "XUEBAN__DELIVERY__JITTER": "0"}
            running.enter_context(xueban(Path(folder), port, DATABASE_URL=url, **fast))
        for port in ports:
            await asyncio.to_thread(wait_for_port, port)
        await asyncio.sleep(3)
        async with AsyncExitStack() as connected:
            accounts = [
                await connected.enter_async_context(
                    Account(f"ws://127.0.0.1:{ports[i % processes]}/onebot/v11/ws", self_id=FIRST_ACCOUNT + i)
                )
                for i in range(ACCOUNTS)
            ]
            sent, checked = await fan_out(database, accounts), await check_ins(accounts)
            await asyncio.sleep(1)
    async with database.reading() as uow:
        arrived = await uow.session.scalar(select(func.count()).where(OutboxRow.state == State.SENT))
        done = await uow.session.scalar(select(func.count()).select_from(Completion))
    await database.close()
    if (arrived, done) != (GROUPS, MEMBERS * READINGS):
        raise SystemExit(f"{arrived} sent and {done} completions on disk, not {GROUPS} and {MEMBERS * READINGS}")
    return sent, checked


async def measure(counts: list[int]) -> None:
    print(f"{os.cpu_count()} cores, shared with PostgreSQL and the load; {GROUPS} groups, {ACCOUNTS} accounts")
    first: tuple[float, float] | None = None
    for processes in counts:
        sent, checked = await one(processes)
        first = first or (sent, checked)
        ratios = f"{sent / first[0]:.2f}x, {checked / first[1]:.2f}x of the first row"
        print(f"{processes} process(es): {sent:8.0f} messages/s  {checked:8.0f} check-ins/s   {ratios}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("processes", type=int, nargs="*", default=[1, 2, 4])
    asyncio.run(measure(parser.parse_args().processes))


if __name__ == "__main__":
    main()
