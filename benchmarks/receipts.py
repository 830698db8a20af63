"""10,000 people confirm one notice within a minute: how long until the last is acknowledged, and none is lost.
``python -m benchmarks.receipts``

Every receipt that is counted was committed before it was acknowledged: the benchmark ends by counting them on disk.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.bot_process import FIRST_USER, GROUP, free_port, prepare_now, wait_for_port, xueban
from benchmarks.chat import until, url_of
from benchmarks.client import Account, frame

MINUTE = 60
"""Seconds over which they say so."""


async def confirmed(port: int, people: int) -> float:
    """Seconds until all have their acknowledgement."""
    async with Account(url_of(port)) as account:
        await until(account, account.message(GROUP, FIRST_USER + 1, "/公告 周五下午3点开支部党员大会"))
        await until(account, account.message(GROUP, FIRST_USER + 1, "确认"))
        said = [account.message(GROUP, FIRST_USER + i, "收到") for i in range(1, people + 1)]
        waiting, everybody = {each["message_id"] for each in said}, asyncio.Event()

        def called(action: str, params: dict[str, object]) -> None:
            if action == "set_msg_emoji_like":
                waiting.discard(int(str(params["message_id"])))
                if not waiting:
                    everybody.set()

        account.on_call = called
        start = time.perf_counter()
        for second in range(MINUTE):
            await account.shout([frame(each) for each in said[second::MINUTE]])
            await asyncio.sleep(max(0.0, start + second + 1 - time.perf_counter()))
        await asyncio.wait_for(everybody.wait(), 300)
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        database, port = Path(folder) / "xueban.db", free_port()
        prepare_now(f"sqlite+aiosqlite:///{database}", people, 1)
        with xueban(Path(folder), port, SUPERUSERS=f'["{FIRST_USER + 1}"]'):
            wait_for_port(port)
            seconds = asyncio.run(confirmed(port, people))
        with create_engine(f"sqlite:///{database}").connect() as connection:
            done = connection.execute(text("SELECT count(*) FROM notice_receipt")).scalar_one()
    if done != people:
        raise SystemExit(f"{done} receipts on disk, {people} acknowledged")
    print(f"{people} receipts, durable and acknowledged: {seconds:.1f} s ({people / seconds:.0f}/s), none lost")


if __name__ == "__main__":
    main()
