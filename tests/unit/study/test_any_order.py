"""Completions under anything that members and leaders may do, in any order, against a model of a few lines: who has
proved what, who is expected, away, exempt or gone. After every step the secretary's list and the totals say the same.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import event, select

from bot.branch import exemption
from bot.branch.actor import Actor
from bot.branch.models import Branch, ChatGroup, Leave, Member
from bot.core.clock import CHINA, ShiftableClock
from bot.core.db import Database, UnitOfWork
from bot.core.errors import UserError
from bot.study import attending, completion, correcting, manual, proving, pushing
from bot.study.checking_in import Claim, check_in_all
from bot.study.models import Assignment, Completion, LowerProof, Material, Method, Proof
from bot.study.proving import Evidence
from tests.conftest import MORNING
from tests.databases import on_sqlite
from tests.unit.study.house import material

PROOFS = {Proof.PAGE: Method.CODE, Proof.QUIZ: Method.QUIZ, Proof.REFLECTION: Method.REFLECTION}
NEEDS = [Proof.WORD, Proof.WORD, Proof.QUIZ, Proof.ATTENDANCE]
EVERYBODY = range(1, 5)
BOSS = Actor("onebot11", "1", "100", branch_id=1, is_superuser=True)
people, readings = st.sampled_from(EVERYBODY), st.integers(1, 3)


@dataclass
class Known:
    """A reading as the model has it. ``stacks``: member → (proof, how, when) of what stands, the lowest first."""

    need: Proof
    days: list[date]
    expected: set[int]
    stacks: dict[int, list[tuple[Proof, Method, int]]] = field(default_factory=dict)

    def prove(self, member: int, proof: Proof, how: Method, when: int) -> None:
        stack = self.stacks.get(member, [])
        if proof >= self.need and (not stack or proof > stack[-1][0]):
            self.stacks[member] = [*stack, (proof, how, when)]

    def drop(self, member: int) -> None:
        """The highest."""
        self.stacks[member].pop()
        if not self.stacks[member]:
            del self.stacks[member]


class Completions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop, self.folder, self.clock = asyncio.new_event_loop(), TemporaryDirectory(), ShiftableClock(MORNING)
        self.database = Database(on_sqlite(Path(self.folder.name)), self.clock)
        engine = self.database.engine.sync_engine
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        self.known: dict[int, Known] = {}
        self.away: set[tuple[int, date]] = set()
        self.exempt: dict[int, date] = {}
        self.was_exempt: set[tuple[int, date]] = set()
        self.left: dict[int, date] = {}
        self.step = 0
        self.run(self._begin())
        self.push(Proof.WORD)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def act(self, work: Callable[[UnitOfWork], Awaitable[Any]]) -> bool:
        """In a unit of work of its own; False where it is refused."""

        async def whole() -> None:
            async with self.database.unit_of_work() as uow:
                await work(uow)

        self.step += 1
        try:
            self.run(whole())
        except UserError:
            return False
        return True

    async def _begin(self) -> None:
        async with self.database.unit_of_work() as uow:
            uow.session.add(Branch(id=1, kind="支部", name="一", path="/1/", created_at=uow.now))
            await uow.session.flush()
            uow.session.add(ChatGroup(branch_id=1, platform="onebot11", account="1", group_id="1", created_at=uow.now))
            uow.session.add(material(1, 1, uow.now))
            day = date(2020, 1, 1)
            for i in EVERYBODY:
                uow.session.add(Member(id=i, branch_id=1, name=f"党员{i}", joined_on=day, created_at=uow.now))

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(CHINA).date()

    # -- what happens

    @rule(need=st.sampled_from(NEEDS))
    def push(self, need: Proof) -> None:
        async def one(uow: UnitOfWork) -> None:
            text = (await uow.session.scalars(select(Material))).one()
            made = (await pushing.push(uow, 1, text)).assignment
            made.proof = need
            last = (made.due_at - timedelta(seconds=1)).astimezone(CHINA).date()
            days = [self.today + timedelta(days=n) for n in range((last - self.today).days + 1)]
            self.known[made.no] = Known(need, days, {i for i in EVERYBODY if i not in self.left})

        if len(self.known) < 3:
            assert self.act(one)

    @rule(member=people, no=readings, times=st.integers(1, 2))
    def say(self, member: int, no: int, times: int) -> None:
        """「已学」, and perhaps the same event twice."""
        actor = Actor("onebot11", "1", str(member), branch_id=1, member_id=member)
        self.act(lambda uow: check_in_all(uow, [Claim(actor, Method.PHRASE, no=no)] * times))
        if no in self.known:
            self.known[no].prove(member, Proof.WORD, Method.PHRASE, self.step)

    @rule(member=people, no=readings, proof=st.sampled_from(list(PROOFS)))
    def prove(self, member: int, no: int, proof: Proof) -> None:
        async def one(uow: UnitOfWork) -> None:
            assignment = await completion.get(uow, 1, no)
            await proving.prove(uow, assignment, member, Evidence(proof, PROOFS[proof], f"{proof.name}:{member}"))

        if self.act(one):
            self.known[no].prove(member, proof, PROOFS[proof], self.step)

    @rule(no=readings, present=st.sets(people))
    def meet(self, no: int, present: set[int]) -> None:
        """Who came to the meeting about it is settled, perhaps anew."""
        self.act(lambda uow: attending.settle(uow, 1, f"集体学习 {no}", "meeting:1", present))
        one = self.known.get(no)
        if one is not None and one.need is Proof.ATTENDANCE:
            for member in EVERYBODY:
                if member in present:
                    one.prove(member, Proof.ATTENDANCE, Method.ATTENDANCE, self.step)
                elif one.stacks.get(member, [(None, None, 0)])[-1][1] is Method.ATTENDANCE:
                    one.drop(member)

    @rule(member=people, no=readings)
    def enter(self, member: int, no: int) -> None:
        async def one(uow: UnitOfWork) -> None:
            await manual.enter(uow, BOSS, await uow.session.get_one(Member, member), no, "手机坏了")

        done = self.act(one)
        assert done == (no in self.known and member not in self.known[no].stacks)
        if done:
            self.known[no].prove(member, self.known[no].need, Method.MANUAL, self.step)

    @rule(member=people, no=readings)
    def strike(self, member: int, no: int) -> None:
        async def one(uow: UnitOfWork) -> None:
            await correcting.strike(uow, BOSS, await uow.session.get_one(Member, member), no, "点错了")

        done = self.act(one)
        assert done == (no in self.known and member in self.known[no].stacks)
        if done:
            del self.known[no].stacks[member]

    @rule(member=people)
    def take_back(self, member: int) -> None:
        tops = {no: one.stacks[member][-1] for no, one in self.known.items() if member in one.stacks}
        own = {no: when for no, (_, how, when) in tops.items() if how is not Method.MANUAL}
        actor = Actor("onebot11", "1", str(member), branch_id=1, member_id=member)
        assert self.act(lambda uow: correcting.take_back(uow, actor)) == bool(own)
        if own:
            self.known[max(own, key=own.__getitem__)].drop(member)

    @rule(member=people, what=st.sampled_from(["exempt", "leave", "left"]), n=st.integers(-3, 5))
    def change(self, member: int, what: str, n: int) -> None:
        async def one(uow: UnitOfWork) -> None:
            who, first = await uow.session.get_one(Member, member), self.today + timedelta(days=n)
            match what:
                case "exempt":
                    since = self.exempt.pop(member, None)
                    if since is None:
                        self.exempt[member] = self.today
                        await exemption.exempt(uow, BOSS, who, None, "年老体弱")
                    else:
                        days = range((self.today - since).days)
                        self.was_exempt |= {(member, since + timedelta(days=day)) for day in days}
                        await exemption.resume(uow, BOSS, who, self.today)
                case "leave":
                    self.away |= {(member, first), (member, first + timedelta(days=1))}
                    until = first + timedelta(days=1)
                    leave = Leave(member_id=member, first_day=first, last_day=until, reason="", created_at=uow.now)
                    uow.session.add(leave)
                case "left":
                    who.left_on = None if member in self.left else self.today
                    self.left = {i: day for i, day in self.left.items() if i != member}
                    if who.left_on is not None:
                        self.left[member] = who.left_on

        assert self.act(one)

    @rule(days=st.integers(1, 4))
    def wait(self, days: int) -> None:
        self.clock.set(self.clock.now() + timedelta(days=days))

    # -- what must hold

    @invariant()
    def the_list_is_the_model(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        async with self.database.reading() as uow:
            for assignment in await uow.session.scalars(select(Assignment)):
                one = self.known[assignment.no]
                tops = select(Completion).where(Completion.assignment_id == assignment.id)
                lower = select(LowerProof).where(LowerProof.assignment_id == assignment.id)
                rows = {c.member_id: [(c.proof, c.method)] for c in await uow.session.scalars(tops)}
                for below in await uow.session.scalars(lower.order_by(LowerProof.proof.desc())):
                    rows[below.member_id].insert(0, (below.proof, below.method))
                assert rows == {i: [entry[:2] for entry in stack] for i, stack in one.stacks.items()}
                found = await completion.standing_of(uow, assignment)
                assert {
                    "done": {who.member_id for who in found.done},
                    "open": {who.member_id for who in found.open},
                    "exempt": {who.member_id for who in found.exempt},
                    "away": {who.member_id for who in found.away},
                    "extra": found.extra,
                } == self._standing(one)

    def _standing(self, one: Known) -> dict[str, Any]:
        is_: dict[str, set[int]] = {"done": set(), "open": set(), "exempt": set(), "away": set()}
        for i in one.expected:
            gone = i in self.left and self.left[i] <= one.days[-1] and i not in one.stacks
            away = any((i, day) in self.away for day in one.days)
            exempt = i in self.exempt and self.exempt[i] <= one.days[-1]
            exempt = exempt or any((i, day) in self.was_exempt for day in one.days)
            if not gone:
                is_["exempt" if exempt else "away" if away else "done" if i in one.stacks else "open"].add(i)
        return {**is_, "extra": len(one.stacks.keys() - is_["done"])}

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        self.folder.cleanup()


MORE = int(os.environ.get("XUEBAN_EXAMPLES", "0"))
Completions.TestCase.settings = settings(max_examples=MORE or 12, stateful_step_count=30, derandomize=not MORE)
"""The same examples every time, so that a change is judged by what it does; ``XUEBAN_EXAMPLES=1000`` looks further."""
TestCompletions = Completions.TestCase
