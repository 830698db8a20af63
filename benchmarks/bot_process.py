"""Starting what is measured, and preparing a database with a branch of many members and many open readings."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.branch.models import Branch, BranchKind, BranchSetting, ChatGroup, Member, MemberAccount, Numbering
from bot.core.clock import SystemClock
from bot.core.db import Database
from bot.core.migrate import upgrade
from bot.study.models import Assignment, Expected, Material

GROUP = 700_000_001
FIRST_USER = 200_000_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child process that is ended at the end of the block."""
    child = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


@contextmanager
def xueban(folder: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The whole product under ``run``."""
    with process(
        sys.executable,
        "-m",
        "bot",
        "run",
        HOST="127.0.0.1",
        PORT=str(port),
        XUEBAN__DATA_DIR=str(folder),
        XUEBAN__ALLOW_WITHOUT_TOKENS="true",
        **environment,
    ) as child:
        yield child


def memory(pid: int) -> float:
    """Resident memory of a process in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def wait_for_port(port: int, seconds: float = 60) -> float:
    """Seconds until something listens."""
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return time.perf_counter() - start
        time.sleep(0.02)
    raise TimeoutError(port)


async def prepare(url: str, members: int, readings: int, groups: int) -> None:
    """A branch without quiet hours and its groups from ``GROUP`` on, ``members`` people with accounts from
    ``FIRST_USER`` + 1 on, ``readings`` open readings."""
    await upgrade(url)
    database = Database(url, SystemClock())
    now = datetime.now(UTC)
    async with database.unit_of_work() as uow:
        run = uow.session.execute
        await run(insert(Branch).values(id=1, kind=BranchKind.BRANCH, name="测试支部", path="/1/", created_at=now))
        await run(insert(BranchSetting).values(branch_id=1, key="quiet_hours", value="00:00-00:00"))
        for kind, last in (("assignment", readings), ("material", 1)):
            await run(insert(Numbering).values(branch_id=1, kind=kind, last=last))
        group = {"branch_id": 1, "platform": "onebot11", "account": "10001", "created_at": now}
        await run(insert(ChatGroup), [group | {"group_id": str(GROUP + i)} for i in range(groups)])
        people = range(1, members + 1)
        joined = date(2020, 1, 1)
        await run(
            insert(Member),
            [{"id": i, "branch_id": 1, "name": f"党员{i}", "joined_on": joined, "created_at": now} for i in people],
        )
        await run(
            insert(MemberAccount),
            [{"member_id": i, "platform": "onebot11", "user_id": str(FIRST_USER + i), "bound_at": now} for i in people],
        )
        await run(
            insert(Material).values(
                id=1,
                branch_id=1,
                no=1,
                title="材料",
                text="正文",
                minutes=1,
                key_terms="[]",
                sha256="0" * 64,
                created_at=now,
            )
        )
        await run(
            insert(Assignment),
            [
                {
                    "id": i,
                    "branch_id": 1,
                    "no": i,
                    "material_id": 1,
                    "pushed_at": now,
                    "due_at": now + timedelta(days=3),
                    "readers": members,
                    "counted": members,
                }
                for i in range(1, readings + 1)
            ],
        )
        expected = [{"assignment_id": a, "member_id": m} for a in range(1, readings + 1) for m in people]
        await run(insert(Expected), expected)
    await database.close()


def prepare_now(url: str, members: int, readings: int, groups: int = 1) -> None:
    asyncio.run(prepare(url, members, readings, groups))
