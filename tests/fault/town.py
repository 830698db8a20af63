"""Branches whose people talk all day long: they push, announce, check in and confirm, and remember what they were told.

For the soak (``tests.fault.soak``). Nobody here knows of processes: people see their chats only.
"""

import asyncio
import random
import re
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.branch import roster_repository, setting_up
from bot.branch.actor import Actor
from bot.branch.models import BranchSetting, MemberAccount, Role
from bot.core.db import Database, UnitOfWork
from bot.notice.models import Notice, NoticeReceipt
from bot.notice.models import State as NoticeState
from bot.simulator import events
from bot.simulator.happenings import Happening, Said
from bot.simulator.simulator import Simulator
from bot.simulator.world import Member, Person, World
from bot.sources.article import Article
from bot.study import materials, plans
from bot.study.models import Assignment, Completion, Material

MEMBERS = 7
"""In each branch; the first is its secretary."""
PATIENCE = 25.0
"""Seconds that a person waits for an answer before doing something else."""
_NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯"
_TEXT = "社区把网格建在楼栋里,党员在家门口亮身份、领任务,半年来解决停车、漏水、噪声等小事四百多件。"
_PUSHED, _PUBLIC = re.compile(r"今日学习 (\d+)"), re.compile(r"【公告 (\d+)】")


def account_of(branch: int, accounts: int) -> int:
    return 10001 + branch % accounts


@dataclass
class Promises:
    """What people were told is done. Each stands until the end, whatever dies meanwhile."""

    pushed: set[tuple[int, str]] = field(default_factory=set)
    """(branch, title)."""
    published: set[tuple[int, int]] = field(default_factory=set)
    """(branch, number of the notice)."""
    completed: set[tuple[int, int, int]] = field(default_factory=set)
    """(branch, number of the reading, user)."""
    confirmed: set[tuple[int, int, int]] = field(default_factory=set)
    """(branch, number of the notice, user)."""
    unanswered: int = 0
    """Acts on which nothing was said in time: nothing was promised."""

    def __str__(self) -> str:
        return (
            f"{len(self.pushed)} pushes, {len(self.published)} notices, {len(self.completed)} completions, "
            f"{len(self.confirmed)} receipts; {self.unanswered} acts had no answer in time"
        )

    async def broken(self, uow: UnitOfWork) -> list[str]:
        """Those of them of which the database knows nothing."""
        titles = select(Assignment.branch_id, Material.title).join(Material, Material.id == Assignment.material_id)
        pushed = Counter([(branch, title) for branch, title in await uow.session.execute(titles)])
        numbers = select(Notice.branch_id, Notice.no).where(Notice.state == NoticeState.PUBLISHED)
        published = {(branch, no) for branch, no in await uow.session.execute(numbers)}
        account = MemberAccount.user_id
        done = select(Assignment.branch_id, Assignment.no, account).join(Completion)
        done = done.join(MemberAccount, MemberAccount.member_id == Completion.member_id)
        completed = {(branch, no, int(user)) for branch, no, user in await uow.session.execute(done)}
        seen = select(Notice.branch_id, Notice.no, account).join(NoticeReceipt, NoticeReceipt.notice_id == Notice.id)
        seen = seen.join(MemberAccount, MemberAccount.member_id == NoticeReceipt.member_id)
        confirmed = {(branch, no, int(user)) for branch, no, user in await uow.session.execute(seen)}
        lost = [f"push {one}" for one in self.pushed if pushed[one] == 0]
        lost += [f"push {one} {times} times" for one, times in pushed.items() if times > 1]
        lost += [f"notice {one}" for one in self.published - published]
        lost += [f"completion {one}" for one in self.completed - completed]
        return lost + [f"receipt {one}" for one in self.confirmed - confirmed]


PLANNED = "按计划的一篇 "
"""How the titles of what plans push begin."""


async def furnish(database: Database, branches: int, accounts: int, minutes: float) -> int:
    """Found the branches, each with its group on one of the accounts, without quiet hours and with a plan that has a
    reading every few ``minutes`` until then; how many readings that are."""
    planned = 0
    async with database.unit_of_work() as uow:
        for number in range(branches):
            town = Branch(number, account_of(number, accounts))
            people = [(str(user), town.name(user)) for user in town.users]
            boss = Actor("onebot11", str(town.account), people[0][0], group_id=str(town.group), is_superuser=True)
            made = await setting_up.found(uow, boss, f"第{_NAMES[number]}社区党支部", f"第{_NAMES[number]}群")
            assert made.id == town.id
            boss = replace(boss, branch_id=made.id)
            await setting_up.enrol(uow, boss, made.id, people)
            owner = await roster_repository.owners(uow, boss.platform, [people[0][0]])
            await roster_repository.grant(uow, made.id, owner[people[0][0]], Role.SECRETARY)
            uow.session.add(BranchSetting(branch_id=made.id, key="quiet_hours", value="00:00-00:00"))
            moments = [uow.now + timedelta(minutes=at + number / branches) for at in range(1, int(minutes), 4)]
            items = []
            for moment in moments:
                planned += 1
                article = Article(f"{PLANNED}{planned}", f"{_TEXT * 2}按计划 {planned}", "", "")
                items.append((moment, await materials.add(uow, boss, await materials.prepare(article))))
            if items:
                await plans.dated(uow, boss, "天天学", items)
    return planned


@dataclass(frozen=True)
class Branch:
    """One of them: its ids, its account, its people's."""

    number: int
    account: int

    @property
    def id(self) -> int:
        return self.number + 1

    @property
    def group(self) -> int:
        return 700_000_001 + self.number

    @property
    def users(self) -> range:
        return range(300_000_000 + self.number * 100, 300_000_000 + self.number * 100 + MEMBERS)

    def name(self, user: int) -> str:
        return f"陈{_NAMES[self.number]}{_NAMES[user % 100]}"


def world(branches: list[Branch], account: int, operator: int) -> World:
    """The chats of an account: the groups of its branches, in which somebody has said good morning."""
    made = World(account)
    for user in (account, operator):
        made.add_person(Person(user, str(user)))
    for branch in branches:
        if branch.account == account:
            for user in branch.users:
                made.add_person(Person(user, branch.name(user)))
            members = [Member(user, card=branch.name(user)) for user in branch.users]
            made.add_group(branch.group, str(branch.group), [Member(account, role="admin"), *members])
            made.say(f"group:{branch.group}", branch.users[1], [{"type": "text", "data": {"text": "早上好"}}])
    return made


class People:
    """The life of one branch in its chats."""

    def __init__(self, branch: Branch, sim: Simulator, promises: Promises, dice: random.Random) -> None:
        self.branch, self.sim, self.promises, self.dice = branch, sim, promises, dice
        self._acts = 0
        self._waiting: dict[int, asyncio.Event] = {}
        self._readings: deque[int] = deque(maxlen=8)
        self._notices: deque[int] = deque(maxlen=4)
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        sim.watch_frames(self._watch)
        sim.world.listen(self._read)

    async def live(self, pause: float) -> None:
        """Do one thing after the other, with ``pause`` seconds between them on average."""
        acts = [self.push, self.announce, *[self.check_in] * 6, *[self.confirm] * 4]
        while True:
            await self.dice.choice(acts)()
            await asyncio.sleep(self.dice.uniform(0.3, 1.7) * pause)

    async def push(self) -> None:
        self._acts += 1
        title = f"第 {self._acts} 篇"
        text = f"{_TEXT * 2}{self.branch.number}之{self._acts}"
        if await self._asked(f"推送 {title}\n{text}", f"《{title}》") and await self._asked("确认", f"《{title}》("):
            self.promises.pushed.add((self.branch.id, title))

    async def announce(self) -> None:
        self._acts += 1
        words = f"公告 第 {self._acts} 号:周五下午在二楼会议室开会,请带学习笔记"
        if await self._asked(words, "确认") and (told := await self._asked("确认", "已公开")):
            number = int(told.partition("公告 ")[2].partition(" ")[0])
            self.promises.published.add((self.branch.id, number))

    async def check_in(self) -> None:
        if self._readings:
            no, user = self.dice.choice(self._readings), self.dice.choice(self.branch.users)
            if await self._acknowledged(user, f"已学 {no}"):
                self.promises.completed.add((self.branch.id, no, user))

    async def confirm(self) -> None:
        if self._notices:
            no, user = self.dice.choice(self._notices), self.dice.choice(self.branch.users)
            if await self._acknowledged(user, f"收到 {no}"):
                self.promises.confirmed.add((self.branch.id, no, user))

    async def _asked(self, text: str, words: str) -> str:
        """What the secretary is answered in private, if that holds ``words``; else ''."""
        while not self._answers.empty():
            self._answers.get_nowait()
        await self.sim.whisper(self.branch.users[0], text)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while words not in (answer := await self._answers.get()):
                    pass
                return answer
        self.promises.unanswered += 1
        return ""

    async def _acknowledged(self, user: int, text: str) -> bool:
        """Whether the bot has put its sign on what a person said in the group; now and then that comes in twice."""
        message = await self.sim.say(self.branch.group, user, text)
        seen = self._waiting[message] = asyncio.Event()
        if self.dice.random() < 0.1:
            self.sim.link.emit(events.message_body(self.sim.world, self.sim.world.messages[message]))
        try:
            await asyncio.wait_for(seen.wait(), PATIENCE)
        except TimeoutError:
            self.promises.unanswered += 1
            return False
        finally:
            del self._waiting[message]
        return True

    def _watch(self, direction: str, frame: dict[str, Any]) -> None:
        if direction == "out" and frame.get("action") == "set_msg_emoji_like":
            seen = self._waiting.get(frame["params"]["message_id"])
            if seen is not None:
                seen.set()

    def _read(self, happening: Happening) -> None:
        """What the bot says in the group, and to the secretary."""
        if not isinstance(happening, Said) or happening.message.user_id != self.sim.world.self_id:
            return
        message = happening.message
        if message.peer_id == self.branch.users[0]:
            self._answers.put_nowait(message.text)
        elif message.group_id == self.branch.group:
            for sign, known in ((_PUSHED, self._readings), (_PUBLIC, self._notices)):
                if (found := sign.search(message.text)) and int(found[1]) not in known:
                    known.append(int(found[1]))
