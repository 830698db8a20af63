"""What was acknowledged is on disk; what isn't on disk is not acknowledged."""

import asyncio
import os
import random
import resource
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.branch.models import Member, MemberAccount, RoleGrant
from bot.core.clock import CHINA
from bot.simulator import events
from bot.simulator.entities import Member as InGroup
from bot.simulator.entities import Person
from bot.simulator.simulator import Simulator
from bot.study.models import Assignment, Completion
from tests.nursery import SLOW_DISK

from .house import BRANCH, EVERYBODY, GROUP, House, acknowledged, answered, reaction, reactions

BUSY = "没有记下来"
TEXT = "社区把网格建在楼栋里,党员在家门口亮身份、领任务,半年来解决停车、漏水、噪声等小事四百多件。"


async def completions(house: House, user: int | None = None) -> int:
    """How many completions are on disk (of one person)."""
    query = select(func.count()).select_from(Completion)
    if user is not None:
        query = query.join(MemberAccount, MemberAccount.member_id == Completion.member_id)
        query = query.where(MemberAccount.user_id == str(user))
    async with house.database.reading() as uow:
        return int(await uow.session.scalar(query) or 0)


def frame_of(sim: Simulator, message_id: int) -> dict[str, Any]:
    return events.message_body(sim.world, sim.world.messages[message_id])


# -- case 23


async def test_the_same_event_twice_is_one_completion(house: House) -> None:
    """At once, later, and after a SIGKILL."""
    sim = await house.open()
    user = EVERYBODY[3]
    message = await sim.say(GROUP, user, "已学")
    frame = frame_of(sim, message)
    sim.link.emit(frame)
    await acknowledged(sim, message)
    sim.link.emit(frame)
    house.bot.kill()
    await house.bot.start()
    await sim.ready()
    sim.link.emit(frame)
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学"))
    assert await completions(house) == 2


async def test_the_same_event_twice_takes_back_one_completion(house: House) -> None:
    sim = await house.open()
    boss, user = EVERYBODY[0], EVERYBODY[3]
    await house.asked(sim, boss, f"推送 第二篇\n{TEXT}", "确认")
    await sim.whisper(boss, "确认")
    await answered(sim, lambda: [s.text for s in sim.sent if s.group_id == GROUP], "今日学习 2")
    for number in (1, 2):
        await acknowledged(sim, await sim.say(GROUP, user, f"已学 {number}"))
    frame = frame_of(sim, await sim.say(GROUP, user, "撤回打卡"))
    sim.link.emit(frame)
    sim.link.emit(frame)
    await answered(sim, lambda: [s.text for s in sim.sent], "已撤回")
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[4], "已学 1"))
    await asyncio.sleep(0.2)  # time for it to be taken back again
    assert await completions(house, user) == 1


# -- case 24


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Somebody else writes and doesn't come to an end."""
    with closing(sqlite3.connect(house.folder / "data" / "xueban.db", timeout=5)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


@contextmanager
def full(house: House) -> Iterator[None]:
    """The running bot can make no file longer than its write-ahead log is now."""
    size = (house.folder / "data" / "xueban.db-wal").stat().st_size
    before = resource.prlimit(house.bot.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(house.bot.pid, resource.RLIMIT_FSIZE, before)


def lines(sim: Simulator) -> list[list[str]]:
    """Whom each line mentions that says that something isn't recorded."""
    found = []
    for call in sim.calls:
        segments = call["params"].get("message") if call["action"] == "send_group_msg" else None
        if segments and BUSY in segments[-1]["data"].get("text", ""):
            assert "请过一会儿再发一次" in segments[-1]["data"]["text"]
            found.append([str(segment["data"]["qq"]) for segment in segments if segment["type"] == "at"])
    return found


@pytest.mark.parametrize("trouble", [locked, full])
async def test_a_database_that_cannot_write_acknowledges_nothing(house: House, trouble: Callable[[House], Any]) -> None:
    sim = await house.open()
    people = EVERYBODY[3:9]
    await acknowledged(sim, await sim.say(GROUP, EVERYBODY[0], "已学"))
    with trouble(house):
        messages = [await sim.say(GROUP, person, "已学") for person in people]

        told = await answered(sim, lambda: [str(who) for line in lines(sim) for who in line], most=len(people))
        assert await completions(house) == 1
        assert sum(reactions(sim, message) for message in messages) == 0
    assert sorted(told) == sorted(map(str, people))
    assert len(lines(sim)) <= 2  # not one each: they are told together
    for person in people:
        await acknowledged(sim, await sim.say(GROUP, person, "已学"))
    assert await completions(house) == 1 + len(people)


async def test_a_full_disk_is_seen_from_outside(house: House) -> None:
    """By who watches the container, before anybody complains; and that it is over."""

    def health() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{house.bot.port}/healthz", timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    async def until(answer: tuple[int, str]) -> None:
        seen = None
        for _ in range(450):
            if (seen := await asyncio.to_thread(health)) == answer:
                return
            await asyncio.sleep(0.2)
        raise AssertionError(seen)

    await house.open()
    await until((200, "ok"))
    with full(house):
        await until((503, "disk"))
    await until((200, "ok"))


# -- case 25


class Acts:
    """What people do, each with the sign by which the bot acknowledges it and the proof that it is on disk."""

    def __init__(self, house: House, sim: Simulator, dice: random.Random) -> None:
        self.house, self.sim, self.dice = house, sim, dice
        self.done: dict[int, bool] = dict.fromkeys(EVERYBODY[4:], False)
        self.pushed = 1
        self.strangers = 0

    async def complete(self) -> None:
        user = self.dice.choice([user for user, done in self.done.items() if not done] or [*self.done])
        said = self.house.dies_on(self.sim, reaction)
        await self.sim.say(GROUP, user, "已学 1")
        await said
        self.done[user] = True
        assert await completions(self.house, user) == 1

    async def take_back(self) -> None:
        users = [user for user, done in self.done.items() if done]
        if not users:
            await self.complete()
            return
        user = self.dice.choice(users)
        said = self._says("已撤回")
        await self.sim.say(GROUP, user, "撤回打卡")
        await said
        self.done[user] = False
        assert await completions(self.house, user) == 0

    async def push(self) -> None:
        boss = EVERYBODY[0]
        self.pushed += 1
        await self.house.asked(self.sim, boss, f"推送 第 {self.pushed} 篇\n{TEXT}{self.pushed}", "确认")
        said = self._says("已推送")
        await self.sim.whisper(boss, "确认")
        await said
        async with self.house.database.reading() as uow:
            numbers = list(await uow.session.scalars(select(Assignment.no).order_by(Assignment.no)))
        assert numbers == list(range(1, self.pushed + 1))

    async def appoint(self) -> None:
        async with self.house.database.reading() as uow:
            before = await uow.session.scalar(select(func.count()).select_from(RoleGrant))
            holders = select(RoleGrant.member_id)
            free = list(await uow.session.scalars(select(Member.name).where(Member.id.not_in(holders))))
        said = self._says(f"{free[0]}现在是")
        await self.sim.whisper(EVERYBODY[0], f"任命 {free[0]} 纪检委员")
        await said
        async with self.house.database.reading() as uow:
            assert await uow.session.scalar(select(func.count()).select_from(RoleGrant)) == (before or 0) + 1

    async def bind(self) -> None:
        self.strangers += 1
        user, name = 300000000 + self.strangers, f"新同志{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉'[self.strangers]}"
        self.sim.world.add_person(Person(user, name))
        self.sim.world.groups[GROUP].members[user] = InGroup(user)
        async with self.house.database.unit_of_work() as uow:
            joined = uow.now.astimezone(CHINA).date()
            uow.session.add(Member(branch_id=BRANCH, name=name, joined_on=joined, created_at=uow.now))
        said = self._says("绑定好了")
        await self.sim.say(GROUP, user, f"/绑定 {name}")
        await said
        async with self.house.database.reading() as uow:
            bound = select(MemberAccount.id).where(MemberAccount.user_id == str(user))
            assert await uow.session.scalar(bound) is not None

    def _says(self, words: str) -> Awaitable[None]:
        return self.house.dies_on(self.sim, lambda call: words in str(call["params"].get("message")))


async def test_what_was_acknowledged_survives_a_kill_right_after(house: House) -> None:
    """Twenty acts, twenty deaths. The seed is printed; XUEBAN_SEED repeats a run."""
    seed = int(os.environ.get("XUEBAN_SEED") or random.SystemRandom().randrange(10**6))
    print(f"seed {seed}")
    dice = random.Random(seed)
    house.bot.environment[SLOW_DISK] = "0.05"
    sim = await house.account()
    acts = Acts(house, sim, dice)
    kinds = [acts.complete, acts.take_back, acts.push, acts.appoint, acts.bind]
    for act in [*kinds, *dice.choices([*kinds, acts.complete, acts.complete], k=15)]:
        await house.bot.start()
        await sim.ready()
        await act()
    await house.bot.start()
    for number in range(2, acts.pushed + 1):  # one in flight at a death is reconciled first, so it comes later
        words = f"【今日学习 {number}】"
        await answered(sim, lambda: [s.text for s in sim.sent if s.group_id == GROUP], words, seconds=100)
    pushes = [s.text for s in sim.sent if s.group_id == GROUP and "今日学习" in s.text]
    assert len(pushes) == acts.pushed - 1
    assert {user: await completions(house, user) == 1 for user in acts.done} == acts.done
