"""A day of 200 groups, replayed faster than it was: how late the event loop comes round, and whether memory stays flat.
``python -m benchmarks.day --minutes 60``

Talk all day with a peak in the morning, three pushes, 8,000 check-ins, a notice with 1,000 receipts, and a secretary
who asks for figures, pictures and files: within an hour. In fewer minutes it is the day of fewer groups, so that as
much is said a second. ``--days`` has one follow the other, each with readings of its own. The lag is the bot's own
measurement, read from its ``/metrics``.
"""

import argparse
import asyncio
import random
import re
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.bot_process import FIRST_USER, GROUP, free_port, memory, prepare_now, wait_for_port, xueban
from benchmarks.chat import acknowledged, url_of
from benchmarks.client import TALK, Account, frame

READINGS = 8
GROUPS, MEMBERS_OF_EACH, MESSAGES_OF_EACH = 200, 5, 300
"""In an hour."""
SECRETARY = FIRST_USER + 1
TOKEN = "the-benchmark-reads-its-own-metrics"
ASKED = ("谁还没学", "统计 本周", "资料 材料", "成员 列表", "三会一课", "回执", "我的") * 30 + (
    "导出 本月",
    "月报 本月",
    "考核",
) * 3
"""What the secretary asks in private in the course of a day."""

Said = tuple[float, int | None, int, str]
"""When (share of the day), group or None, who, and what."""


def day(chance: random.Random, groups: int, number: int) -> list[Said]:
    return sorted(_all_day(chance, groups, number), key=lambda said: said[0])


def _all_day(chance: random.Random, groups: int, number: int) -> Iterator[Said]:
    def moment() -> float:  # a third of everything between half past seven and half past eight
        return chance.uniform(7.5, 8.5) / 24 if chance.random() < 0.33 else chance.uniform(6, 23) / 24

    for i in range(groups * MESSAGES_OF_EACH):
        yield moment(), GROUP + chance.randrange(groups), 300_000_000 + i % 5000, f"{chance.choice(TALK)} {i}"
    for member in range(groups * MEMBERS_OF_EACH):
        for reading in range(number * READINGS + 1, (number + 1) * READINGS + 1):
            yield moment(), GROUP + member % groups, FIRST_USER + 1 + member, f"已学 {reading}"
    for member in range(groups * MEMBERS_OF_EACH):
        yield chance.uniform(10, 12) / 24, GROUP + member % groups, FIRST_USER + 1 + member, "收到"
    for words, hour in (
        ("/公告 周五下午3点开支部党员大会", 9.9),
        *(("/推送 资料 1", hour) for hour in (7.6, 12.0, 18.0)),
    ):
        yield hour / 24, GROUP, SECRETARY, words
        yield (hour + 0.1) / 24, GROUP, SECRETARY, "确认"
    for words in ASKED[:: GROUPS // groups]:
        yield chance.uniform(6, 23) / 24, None, SECRETARY, words


async def replay(url: str, pid: int, groups: int, seconds: float, number: int) -> tuple[list[float], list[float]]:
    """(seconds that each check-in of the day waited, MiB at ten moments and at its end)."""
    said = day(random.Random(7), groups, number)
    first, last = said[0][0], said[-1][0]
    waiting: dict[object, float] = {}
    sizes: list[float] = []
    async with Account(url) as account:
        taken = acknowledged(account, waiting, asyncio.Event())
        start = time.perf_counter()
        for at, (share, group, who, words) in enumerate(said):
            due = start + (share - first) / (last - first) * seconds
            if (left := due - time.perf_counter()) > 0.002:
                await asyncio.sleep(left)
            event = account.message(group, who, words)
            if words.startswith("已学"):
                waiting[event["message_id"]] = time.perf_counter()
            await account.shout([frame(event)])
            account.calls.clear()
            if at * 10 // len(said) == len(sizes):
                sizes.append(memory(pid))
        await asyncio.sleep(10)
        return taken, [*sizes, memory(pid)]


def lags(port: int) -> dict[float, float]:
    """Share of the event loop's rounds that were at most so many seconds late."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as page:
        found = re.findall(r'xueban_event_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)', page.read().decode())
    counts = {float(bound): float(count) for bound, count in found}
    return {bound: count / max(counts.values()) for bound, count in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--days", type=int, default=1)
    minutes, days = parser.parse_args().minutes, parser.parse_args().days
    groups = max(1, round(GROUPS * min(minutes, 60) / 60))
    members = groups * MEMBERS_OF_EACH
    with tempfile.TemporaryDirectory() as folder:
        database, port = Path(folder) / "xueban.db", free_port()
        prepare_now(f"sqlite+aiosqlite:///{database}", members, READINGS * days, groups)
        fast = {"XUEBAN__DELIVERY__PACE": "0", "XUEBAN__DELIVERY__JITTER": "0"}
        with xueban(Path(folder), port, SUPERUSERS=f'["{SECRETARY}"]', XUEBAN__METRICS_TOKEN=TOKEN, **fast) as child:
            wait_for_port(port)
            time.sleep(10)
            url, seconds = url_of(port), minutes * 60
            each = [asyncio.run(replay(url, child.pid, groups, seconds, number)) for number in range(days)]
            late = lags(port)
        with create_engine(f"sqlite:///{database}").connect() as connection:
            done, pushed, received = (
                connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("study_completion", "outbox WHERE state = 'sent'", "notice_receipt")
            )
    check_ins = members * READINGS * days
    said = f"{groups * MESSAGES_OF_EACH * days + check_ins:,} messages of {groups} groups in {minutes:g} minutes"
    print(said if days == 1 else f"{said} a day, {days} days one after the other")
    print(f"  {done} completions, {received} receipts on disk, {pushed} messages sent by the outbox")
    p99 = next(bound for bound, share in sorted(late.items()) if share >= 0.99)
    print(
        f"  the event loop is at most {p99 * 1000:g} ms late in 99 of 100 rounds (wanted: 50); "
        f"{late[0.05]:.2%} within 50 ms"
    )
    times = sorted(waited for taken, _ in each for waited in taken)
    print(
        f"  check-ins acknowledged after: median {times[len(times) // 2] * 1000:.0f} ms, p95 "
        f"{times[int(len(times) * 0.95)] * 1000:.0f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms"
    )
    for number, (_, sizes) in enumerate(each, 1):
        when = "it" if days == 1 else f"day {number}"
        print(f"  memory in the course of {when} (MiB): {', '.join(f'{size:.0f}' for size in sizes)}")
    if len(times) != check_ins:
        raise SystemExit(f"{len(times)} check-ins acknowledged, not {check_ins}")


if __name__ == "__main__":
    main()
