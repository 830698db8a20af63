"""Chatter, check-ins and start-up of the whole product beside bare NoneBot, in turn. ``python -m benchmarks.chat``

Prints medians and their ratio. Every check-in that is counted was committed before it was acknowledged: the benchmark
ends by counting the completions in the database.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.bot_process import FIRST_USER, GROUP, free_port, memory, prepare_now, process, wait_for_port, xueban
from benchmarks.client import Account, frame

MEMBERS, READINGS, GROUPS = 64, 40, 200


def url_of(port: int) -> str:
    return f"ws://127.0.0.1:{port}/onebot/v11/ws"


async def until(account: Account, event: dict[str, object], seconds: float = 120) -> None:
    """Send one event and wait for the bot's next call."""
    called = asyncio.Event()
    account.on_call = lambda action, params: called.set()
    await account.shout([frame(event)])
    await asyncio.wait_for(called.wait(), seconds)


async def chatter(port: int, count: int, closing: str) -> float:
    """Events a second: ``count`` messages that aren't for the bot, closed by one that it answers."""
    async with Account(url_of(port)) as account:
        await until(account, account.message(GROUP, FIRST_USER + 1, closing))
        frames = account.chatter(count, GROUP)
        last = account.message(GROUP, FIRST_USER + 2, closing)
        start = time.perf_counter()
        await account.shout(frames)
        await until(account, last)
        return count / (time.perf_counter() - start)


async def answered(port: int, texts: list[list[str]]) -> float:
    """Answers a second with one talker for each list of ``texts``, each sending its next when the last was answered.

    An answer is the reaction to, or the next message after, what was said.
    """
    async with Account(url_of(port)) as account:
        waiting: dict[str, asyncio.Event] = {}
        sent: dict[int, str] = {}

        def called(action: str, params: dict[str, object]) -> None:
            said = sent.get(int(str(params.get("message_id", 0))))
            if said is None:
                said = str(params.get("message", ""))
                said = next((key for key in waiting if key in said), "")
            if said in waiting:
                waiting.pop(said).set()

        account.on_call = called

        async def talker(k: int, lines: list[str]) -> None:
            for line in lines:
                event = account.message(GROUP, FIRST_USER + 1 + k, line)
                key = f"{k}:{line}" if not line.startswith("/echo") else line.removeprefix("/echo ")
                sent[event["message_id"]] = key
                done = waiting[key] = asyncio.Event()
                await account.shout([frame(event)])
                await asyncio.wait_for(done.wait(), 60)

        start = time.perf_counter()
        await asyncio.gather(*(talker(k, lines) for k, lines in enumerate(texts)))
        return sum(map(len, texts)) / (time.perf_counter() - start)


async def behind(port: int, queue: int, rounds: int) -> list[float]:
    """Seconds until a check-in queued behind ``queue`` messages of talk is acknowledged, for each round."""
    taken = []
    async with Account(url_of(port)) as account:
        for i in range(rounds):
            done = asyncio.Event()
            account.on_call = lambda action, params, done=done: done.set()  # type: ignore[misc]
            frames = account.chatter(queue, GROUP)
            frames.append(frame(account.message(GROUP, FIRST_USER + 1 + i, f"已学 {READINGS}")))
            start = time.perf_counter()
            await account.shout(frames)
            await asyncio.wait_for(done.wait(), 60)
            taken.append(time.perf_counter() - start)
            await asyncio.sleep(0.05)
    return taken


async def fanned_out(port: int) -> float:
    """Seconds from the confirmation of a push until the last of ``GROUPS`` groups has it."""
    async with Account(url_of(port)) as account:
        await until(account, account.message(GROUP, FIRST_USER + 1, "/推送 资料 1"))
        pushed: set[object] = set()
        everywhere = asyncio.Event()

        def called(action: str, params: dict[str, object]) -> None:
            if "今日学习" in str(params.get("message")):
                pushed.add(params["group_id"])
            if len(pushed) == GROUPS:
                everywhere.set()

        account.on_call = called
        start = time.perf_counter()
        await account.shout([frame(account.message(GROUP, FIRST_USER + 1, "确认"))])
        await asyncio.wait_for(everywhere.wait(), 60)
        return time.perf_counter() - start


def one_round(folder: Path, bare_events: int, our_events: int) -> dict[str, float]:
    port = free_port()
    with process("-m", "benchmarks.bare", str(port)):
        wait_for_port(port)
        bare_chatter = asyncio.run(chatter(port, bare_events, "/echo x"))
        bare_answers = asyncio.run(answered(port, [[f"/echo tk{k}x{i}x" for i in range(20)] for k in range(MEMBERS)]))
    database = folder / "xueban.db"
    prepare_now(f"sqlite+aiosqlite:///{database}", MEMBERS, READINGS, GROUPS)
    port = free_port()
    with xueban(
        folder, port, SUPERUSERS=f'["{FIRST_USER + 1}"]', XUEBAN__DELIVERY__PACE="0", XUEBAN__DELIVERY__JITTER="0"
    ) as child:
        started = wait_for_port(port)
        time.sleep(3)
        our_chatter = asyncio.run(chatter(port, our_events, "已学 1"))
        readings = range(2, READINGS)
        check_ins = asyncio.run(answered(port, [[f"已学 {i}" for i in readings] for _ in range(MEMBERS)]))
        queued = asyncio.run(behind(port, 1000, 40))
        push = asyncio.run(fanned_out(port))
        rss = memory(child.pid)
    with create_engine(f"sqlite:///{database}").connect() as connection:
        done = connection.execute(text("SELECT count(*) FROM study_completion")).scalar_one()
    expected = MEMBERS * len(readings) + 2 + 40
    if done != expected:
        raise SystemExit(f"{done} completions on disk, {expected} acknowledged")
    return {
        "bare NoneBot, talk (events/s)": bare_chatter,
        "xueban, talk (events/s)": our_chatter,
        "ratio talk": our_chatter / bare_chatter,
        "bare NoneBot, echoes (1/s, 64 at once)": bare_answers,
        "xueban, durable check-ins (1/s, 64 at once)": check_ins,
        "ratio check-ins": check_ins / bare_answers,
        "check-in behind 1000 messages, p95 (ms)": sorted(queued)[int(len(queued) * 0.95)] * 1000,
        f"push to {GROUPS} groups (s)": push,
        "start to listening (s)": started,
        "memory (MiB)": rss,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rounds = []
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder), 2000, 60_000))
    for name in rounds[0]:
        values = [each[name] for each in rounds]
        print(f"{name:48s} {statistics.median(values):10.1f}   ({min(values):.1f} - {max(values):.1f})")


if __name__ == "__main__":
    main()
