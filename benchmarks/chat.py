"""Talk and check-ins with the whole product, beside other frameworks and beside what is possible, in turn.
``python -m benchmarks.chat``

Prints medians of the rounds. Every check-in that is counted was committed before it was acknowledged: each round ends
by counting the completions in the database.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.bot_process import FIRST_USER, GROUP, free_port, memory, prepare_now, wait_for_port, xueban
from benchmarks.client import Account, frame
from benchmarks.rivals import LIMIT, NONEBOT, Rival, present

TALKERS, MEMBERS, GROUPS = 64, 1000, 200
EACH = range(2, 38)
"""The readings that every talker checks in for; the three after them are for one measurement each."""
BEHIND, BESIDE, AT_ONCE = 38, 39, 40
READINGS = AT_ONCE
TALK = 60_000
QUEUE, ROUNDS_BEHIND = 1000, 40
RATE, CHECK_INS_BESIDE = 500, 300
"""Messages of talk a second, and check-ins among them (ten a second)."""


def url_of(port: int) -> str:
    return f"ws://127.0.0.1:{port}/onebot/v11/ws"


async def until(account: Account, event: dict[str, object], seconds: float = 120) -> None:
    """Send one event and wait for the bot's next call."""
    called = asyncio.Event()
    account.on_call = lambda action, params: called.set()
    await account.shout([frame(event)])
    await asyncio.wait_for(called.wait(), seconds)


async def chatter(url: str, count: int, closing: str) -> float:
    """Events a second: ``count`` messages that aren't for the bot, closed by one that it answers."""
    async with Account(url) as account:
        await until(account, account.message(GROUP, FIRST_USER + 1, closing))
        frames = account.chatter(count, GROUP)
        last = account.message(GROUP, FIRST_USER + 2, closing)
        start = time.perf_counter()
        await account.shout(frames)
        await until(account, last)
        return count / (time.perf_counter() - start)


async def answered(url: str, texts: list[list[str]]) -> float:
    """Answers a second with one talker for each list of ``texts``, each sending its next when the last was answered.

    An answer is the reaction to, or the next message after, what was said.
    """
    async with Account(url) as account:
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


def acknowledged(account: Account, waiting: dict[object, float], everybody: asyncio.Event) -> list[float]:
    """A list that fills with the seconds that each of those ``waiting`` (message id → when it was said) waits."""
    taken: list[float] = []

    def called(action: str, params: dict[str, object]) -> None:
        if (said := waiting.pop(params.get("message_id"), None)) is not None:
            taken.append(time.perf_counter() - said)
            if not waiting:
                everybody.set()

    account.on_call = called
    return taken


async def at_once(url: str) -> list[float]:
    """Seconds until each of ``MEMBERS`` check-ins that arrive in one go is acknowledged."""
    async with Account(url) as account:
        said = [account.message(GROUP, FIRST_USER + 1 + k, f"已学 {AT_ONCE}") for k in range(MEMBERS)]
        frames, everybody = [frame(each) for each in said], asyncio.Event()
        taken = acknowledged(
            account, dict.fromkeys([each["message_id"] for each in said], time.perf_counter()), everybody
        )
        await account.shout(frames)
        await asyncio.wait_for(everybody.wait(), 60)
        return taken


async def beside(url: str) -> list[float]:
    """Seconds that check-ins wait while people talk, ``RATE`` messages a second."""
    async with Account(url) as account:
        waiting: dict[object, float] = {}
        taken = acknowledged(account, waiting, asyncio.Event())
        talk = account.chatter(RATE * CHECK_INS_BESIDE // 10, GROUP)
        beats = CHECK_INS_BESIDE * 5
        start = time.perf_counter()
        for beat in range(beats):
            await account.shout(talk[beat * RATE // 50 : (beat + 1) * RATE // 50])
            if beat % 5 == 0:
                said = account.message(GROUP, FIRST_USER + 1 + beat // 5, f"已学 {BESIDE}")
                waiting[said["message_id"]] = time.perf_counter()
                await account.shout([frame(said)])
            await asyncio.sleep(max(0.0, start + (beat + 1) / 50 - time.perf_counter()))
        await asyncio.sleep(5)
        assert not waiting
        return taken


async def behind(url: str) -> list[float]:
    """Seconds until a check-in queued behind ``QUEUE`` messages of talk is acknowledged, for each round."""
    taken = []
    async with Account(url) as account:
        for i in range(ROUNDS_BEHIND):
            frames = account.chatter(QUEUE, GROUP)
            last = account.message(GROUP, FIRST_USER + 1 + i, f"已学 {BEHIND}")
            start = time.perf_counter()
            await account.shout(frames)
            await until(account, last)
            taken.append(time.perf_counter() - start)
            await asyncio.sleep(0.05)
    return taken


async def fanned_out(url: str) -> float:
    """Seconds from the confirmation of a push until the last of ``GROUPS`` groups has it."""
    async with Account(url) as account:
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


def p95(times: list[float]) -> float:
    """In milliseconds."""
    return sorted(times)[int(len(times) * 0.95)] * 1000


def of_rival(rival: Rival) -> dict[str, float]:
    with rival.running() as url:
        said = [[f"/echo tk{k}x{i}x" for i in range(20)] for k in range(TALKERS)]
        return {
            f"talk, {rival.name} (messages/s)": asyncio.run(chatter(url, rival.talk, "/echo x")),
            f"echoes, {rival.name} (1/s, {TALKERS} at once)": asyncio.run(answered(url, said)),
        }


def of_ours(folder: Path) -> dict[str, float]:
    database = folder / "xueban.db"
    prepare_now(f"sqlite+aiosqlite:///{database}", MEMBERS, READINGS, GROUPS)
    fast = {"XUEBAN__DELIVERY__PACE": "0", "XUEBAN__DELIVERY__JITTER": "0"}
    with xueban(folder, port := free_port(), SUPERUSERS=f'["{FIRST_USER + 1}"]', **fast):
        wait_for_port(port)  # the first start also puts the dictionary together and keeps it
        time.sleep(10)
    with xueban(folder, port := free_port(), SUPERUSERS=f'["{FIRST_USER + 1}"]', **fast) as child:
        started = wait_for_port(port)
        time.sleep(3)
        rest, url = memory(child.pid), url_of(port)
        figures = {
            "talk, xueban (messages/s)": asyncio.run(chatter(url, TALK, "已学 1")),
            f"check-ins, xueban (1/s, {TALKERS} at once)": asyncio.run(
                answered(url, [[f"已学 {i}" for i in EACH] for _ in range(TALKERS)])
            ),
            f"{MEMBERS} check-ins at once, the last acknowledged after (s)": max(asyncio.run(at_once(url))),
            f"check-in beside {RATE} messages/s, p95 (ms)": p95(asyncio.run(beside(url))),
            f"check-in behind {QUEUE} messages, p95 (ms)": p95(asyncio.run(behind(url))),
            f"push to {GROUPS} groups, unpaced (s)": asyncio.run(fanned_out(url)),
            "start until it listens (s)": started,
            "memory at rest (MiB)": rest,
            "memory after the push (MiB)": memory(child.pid),
        }
    with create_engine(f"sqlite:///{database}").connect() as connection:
        done = connection.execute(text("SELECT count(*) FROM study_completion")).scalar_one()
    expected = TALKERS * len(EACH) + 2 + MEMBERS + CHECK_INS_BESIDE + ROUNDS_BEHIND
    if done != expected:
        raise SystemExit(f"{done} completions on disk, {expected} acknowledged")
    return figures


def one_round(rivals: list[Rival]) -> dict[str, float]:
    found: dict[str, float] = {}
    for rival in rivals:
        found |= of_rival(rival)
    with tempfile.TemporaryDirectory() as folder:
        found |= of_ours(Path(folder))
    talk, done = found["talk, xueban (messages/s)"], found[f"check-ins, xueban (1/s, {TALKERS} at once)"]
    for rival in (LIMIT, NONEBOT):
        found[f"talk, xueban / {rival.name}"] = talk / found[f"talk, {rival.name} (messages/s)"]
    found["check-ins, xueban / echoes, NoneBot"] = done / found[f"echoes, {NONEBOT.name} (1/s, {TALKERS} at once)"]
    return found


WANTED = {
    f"talk, xueban / {LIMIT.name}": "≥ 0.5",
    f"talk, xueban / {NONEBOT.name}": "≥ 30",
    "check-ins, xueban / echoes, NoneBot": "≥ 2",
    f"{MEMBERS} check-ins at once, the last acknowledged after (s)": "≤ 3",
    f"check-in beside {RATE} messages/s, p95 (ms)": "≤ 50",
    f"check-in behind {QUEUE} messages, p95 (ms)": "≤ 300",
    f"push to {GROUPS} groups, unpaced (s)": "≤ 2",
    "start until it listens (s)": "≤ 3",
    "memory after the push (MiB)": "≤ 238 (250 MB)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rivals = present()
    rounds = [one_round(rivals) for _ in range(parser.parse_args().rounds)]
    print(f"{'medians of ' + str(len(rounds)) + ' rounds':68s} {'median':>10s} {'least':>10s} {'most':>10s}   wanted")
    for name in rounds[0]:
        values = [each[name] for each in rounds]
        figures = "".join(
            f" {value:10.{0 if value >= 1000 else 2}f}"
            for value in (statistics.median(values), min(values), max(values))
        )
        print(f"{name:68s}{figures}   {WANTED.get(name, '')}".rstrip())


if __name__ == "__main__":
    main()
