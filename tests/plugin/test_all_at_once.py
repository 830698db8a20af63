"""A branch in which everybody does everything at once, in three processes on one PostgreSQL: the database has to break
off nobody, and afterwards every total is what its rows add up to. The seed is printed; what meets what is by chance."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Select, event, func, inspect, or_, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import aliased
from sqlalchemy.util import await_only

from bot.app import App
from bot.branch import counting, organisation, roster_import
from bot.branch.actor import Actor
from bot.branch.models import Branch, Member, MemberAccount, RoleGrant
from bot.branch.roster_sheet import SheetRow
from bot.chat.desk import BUSY, DEFECT
from bot.chat.table import TABLE
from bot.core.clock import ShiftableClock
from bot.core.db import Base
from bot.core.errors import UserError
from bot.core.limits import RateLimit
from bot.discussion.models import Discussion, OptOut, Voice
from bot.hours import repository as hours
from bot.hours.models import HourDay, HourEntry
from bot.notice import totals
from bot.notice.models import Notice, NoticeTotal
from bot.quiz.models import Sitting
from bot.study import tally_repository as tally
from bot.study import visiting
from bot.study.models import Assignment
from bot.study.pages import Link, Opened
from plugins.discussion.clockwork import end_what_is_due, listen
from plugins.meeting.clockwork import do_meetings
from tests.plugin.conftest import BOSS, EDITOR, SUPERUSER
from tests.plugin.talk import ACCOUNT, Talk
from tests.plugin.test_at_once import actor
from tests.plugin.test_notice import WORDS
from tests.plugin.test_reflections import MATERIAL
from tests.unit.study.house import china

NAMES = {3: "张三", 5: "孙小兰", 6: "钱学礼", 7: "周玉珍", 8: "吴长河", 9: "郑春梅", 10: "冯国强"}
LEAVING = {21: "高志远", 22: "马秀兰", 23: "胡桂英"}
"""Who has their data erased some time."""
NEW = ("林小满", "何立春", "罗清明", "梁谷雨")
ABOVE = (4, 5, 6)
"""Branches above, of which each may hang below another."""
WALKING, EACH = 12, 15
"""How many act at a time, and how often each."""
DEADLOCK = "40P01"
Act = Callable[[], Awaitable[object]]


class Town:
    """``broken`` is whoever was broken off. Every statement is held up for a moment, so that more of them meet."""

    def __init__(self, talks: list[Talk], seed: int) -> None:
        self.talks, self.dice = talks, random.Random(seed)
        self.broken: list[str] = []
        self.nonce = itertools.count(1)
        self.leaving = [100 + one for one in LEAVING]
        for talk in talks:
            engine = talk.app.database.engine.sync_engine
            event.listen(engine, "before_cursor_execute", self._hold_up)
            event.listen(engine, "handle_error", self._note)

    def _hold_up(self, connection: Connection, *_: object) -> None:
        await_only(asyncio.sleep(self.dice.random() ** 3 * 0.004))

    def _note(self, context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == DEADLOCK:
            self.broken.append(f"{context.statement}")

    async def say(self, user: int, *texts: str) -> None:
        """Everybody speaks to one process, as an account is connected with one."""
        for words in texts:
            await self.talks[user % len(self.talks)].whisper(user, words)

    async def together(self, words: str) -> None:
        people = self.dice.sample(sorted(NAMES), 5)
        await asyncio.gather(*(self.say(100 + one, words) for one in people))

    async def read(self) -> None:
        """Somebody comes to the end of a page."""
        database, member = self.dice.choice(self.talks).app.database, self.dice.choice(sorted(NAMES))
        async with database.unit_of_work() as uow:
            page = await visiting.page(uow, Link(1, member, uow.now + timedelta(days=1)))
            if page is not None:
                opened = Opened(1, member, uow.now - timedelta(minutes=5), f"{next(self.nonce):012}")
                await visiting.reach_end(uow, page, opened)

    async def move(self) -> None:
        """As many at once as a list does."""
        async with self.dice.choice(self.talks).app.database.unit_of_work() as uow:
            members = list(await uow.session.scalars(select(Member).where(Member.id.in_(NAMES))))
            self.dice.shuffle(members)
            await counting.move(uow, {member: self.dice.choice((1, 2, 3)) for member in members[:4]})

    async def answer(self) -> None:
        """Somebody begins to answer, twice at once, and goes on as far as they get."""
        user = 100 + self.dice.choice(sorted(NAMES))
        await asyncio.gather(self.say(user, "答题 1"), self.say(user, "答题 1"))
        await self.say(user, *self.dice.choices("对对错", k=3))

    async def reorganise(self) -> None:
        """Somebody hangs a branch elsewhere."""
        async with self.dice.choice(self.talks).app.database.unit_of_work() as uow:
            admin = Actor("onebot11", ACCOUNT, str(SUPERUSER), is_superuser=True)
            node, parent = [await uow.session.get_one(Branch, one) for one in self.dice.sample((1, *ABOVE), 2)]
            with suppress(UserError):
                await organisation.move(uow, admin, node, parent)

    async def import_roster(self) -> None:
        """The same new people as others import, and some who are there."""
        names = [*self.dice.sample(sorted(NAMES.values()), 3), *self.dice.sample(NEW, 2)]
        rows = [SheetRow(i, name, group=self.dice.choice(("一组", "三组"))) for i, name in enumerate(names)]
        async with self.dice.choice(self.talks).app.database.unit_of_work() as uow:
            await roster_import.take_in(uow, await actor(uow, BOSS), rows)

    async def erase(self) -> None:
        if self.leaving:
            await self.say(self.leaving.pop(), "删除我的信息", "确认")

    async def let_go(self) -> None:
        """As the night does."""
        for let_go in TABLE.letting_go.values():
            async with self.dice.choice(self.talks).app.database.unit_of_work() as uow:
                await let_go(uow, china("2025-11-01 00:00"))

    async def go_on(self) -> None:
        """Time passes: meetings begin and end, and so do discussions."""
        app = self.dice.choice(self.talks).app
        app.clock.offset += timedelta(minutes=2)  # type: ignore[attr-defined]
        await do_meetings(app)
        await end_what_is_due(app)

    async def speak(self) -> None:
        user = 100 + self.dice.choice(sorted(NAMES))
        words = f"#电梯# 我们小区{next(self.nonce)}号楼去年装了电梯,三楼的李阿姨终于能自己下楼买菜了,大家都服气。"
        await self.talks[user % len(self.talks)].say(user, words)

    async def act(self) -> None:
        choice, number = self.dice.choice, self.dice.randrange(10**9)
        one, no, some = choice(sorted(NAMES)), choice((1, 2)), "、".join(self.dice.sample(sorted(NAMES.values()), 3))
        name, user = NAMES[one], 100 + one
        said: list[tuple[int, int, tuple[str, ...]]] = [
            (4, user, ("撤回打卡",)),
            (3, user, (f"心得 {no} 我在{number}号楼当楼长,看到邻居为停车争吵,想先让一步,主动去沟通。",)),
            (2, BOSS, (f"更正 {name} 学习 {no} 点错了",)),
            (3, BOSS, (f"补登 {name} 学习 {no} 手机坏了",)),
            (3, BOSS, (f"补登 {some} 昨天集中学习{number} 2学时 手机坏了", "确认")),
            (2, BOSS, (f"更正 补登 {number % 5} 登错了",)),
            (3, choice((BOSS, EDITOR, user)), ("撤销", "确认")),
            (2, user, (f"请假 看牙 {choice(('今天', '明天'))}",)),
            (2, BOSS, (f"请假 {name} 出差 11月20日到30日",)),
            (3, user, ("销假",)),
            (2, BOSS, (f"免学 {name} 从11月1日起 年老体弱",)),
            (2, BOSS, (f"恢复学习 {name} 身体好了",)),
            (2, EDITOR, (f"公告改 {no} {WORDS}{number}", "确认")),
            (1, EDITOR, (f"公告 {WORDS}{number}", "确认")),
            (1, EDITOR, (f"撤回 {2 + number % 3} 写错了", "确认")),
            (1, EDITOR, ("推送 资料 1", "确认")),
            (4, BOSS, (f"补签 1 {choice(('全体', name, name))} 纸质签到",)),
            (2, BOSS, (f"早退 1 {name} 15:40 有急事",)),
            (2, BOSS, (f"支部 分组 {name} {choice(('一组', '二组', '第一支部'))}",)),
            (1, BOSS, (f"移除 {name}", "确认")),
            (3, BOSS, (f"成员 恢复 {name}",)),
            (4, user, ("签到",)),
            (2, user, ("会议请假 2 出差在外",)),
            (2, BOSS, (f"任命 {name} 组织委员",)),
            (2, user, (choice(("别统计我", "恢复统计我")),)),
            (1, EDITOR, ("结束讨论 1",)),
            (1, EDITOR, ("讨论 电梯", "确认")),
        ]
        deeds: list[tuple[int, Act]] = [
            (6, lambda: self.together(f"已学 {no}")),
            (6, lambda: self.together(f"收到 {no}")),
            (5, self.read),
            (2, self.move),
            (5, self.answer),
            (2, self.reorganise),
            (2, self.import_roster),
            (2, self.erase),
            (1, self.let_go),
            (3, self.go_on),
            (4, self.speak),
        ]
        what: list[tuple[int, Act]] = [
            *deeds,
            *((weight, partial(self.say, who, *words)) for weight, who, words in said),
        ]
        (chosen,) = self.dice.choices([deed for _, deed in what], [weight for weight, _ in what])
        await chosen()

    async def walk(self) -> None:
        for _ in range(EACH):
            await self.act()


@pytest.fixture
async def talks(app: App, talk: Talk, clock: ShiftableClock) -> AsyncIterator[list[Talk]]:
    """Three processes; a branch of two groups with a meeting behind it and one to come, two readings, the first with
    questions, two notices and a discussion."""
    clock.set(china("2026-11-24 09:00"))
    async with app.database.unit_of_work() as uow:
        for i, name in ((2, "一组"), (3, "二组")):
            uow.session.add(Branch(id=i, parent_id=1, kind="党小组", name=name, path=f"/1/{i}/", created_at=uow.now))
        for i in ABOVE:
            uow.session.add(Branch(id=i, kind="党委", name=f"红旗{i}", path=f"/{i}/", created_at=uow.now))
        for one, name in (NAMES | LEAVING).items():
            if one > 4:
                uow.session.add(Member(id=one, branch_id=1, name=name, joined_on=date(2020, 7, 1), created_at=uow.now))
        await uow.session.flush()
        for one in NAMES | LEAVING:
            if one > 4:
                account = {"platform": "onebot11", "user_id": str(100 + one), "via": "1", "bound_at": uow.now}
                uow.session.add(MemberAccount(member_id=one, **account))
        for table in ("branch", "member"):
            await uow.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 100)"))
    questions = "\n".join(f"{i}. 第{i}题。( )\n答案:对" for i in (1, 2, 3))
    begun = (f"推送 {MATERIAL}", "推送 资料 1 凭到会", f"公告 {WORDS}", f"公告 {WORDS}带笔。", "讨论 电梯")
    for words in (*begun, f"导入题库 资料 1\n{questions}"):
        await talk.whisper(EDITOR, words)
        await talk.whisper(EDITOR, "确认")
    await talk.whisper(BOSS, "会议 党课 11月23日15:00 二楼 议题:学习 1、学习 2")
    assert "已补记" in await talk.whisper(BOSS, "确认")
    await talk.whisper(BOSS, "会议 支部党员大会 今天9:10-9:25 二楼 议题:学习 2")
    await talk.whisper(BOSS, "确认")
    others = [App(app.settings, clock) for _ in range(2)]
    found = [talk, *map(Talk, others)]
    for one in found:
        await listen(one.app)
    yield found
    for other in others:
        await other.fetcher.close()
        await other.database.close()


async def figures(app: App) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in every total."""
    async with app.database.reading() as uow:
        found = {}
        tables: tuple[type[Base], ...] = (Assignment, NoticeTotal, HourDay)
        for table in tables:
            rows = await uow.session.execute(select(*table.__table__.columns).order_by(*inspect(table).primary_key))
            found[table.__tablename__] = [tuple(row) for row in rows]
        return found


async def count_anew(app: App) -> None:
    async with app.database.unit_of_work() as uow:
        readings = (await uow.session.scalars(select(Assignment.id))).all()
        await tally.count(uow, await tally.hold(uow, readings))
        for notice in (await uow.session.scalars(select(Notice.id))).all():
            await totals.of_notice(uow, notice)
        known = await uow.session.execute(select(HourDay.branch_id, HourDay.day, HourDay.source))
        everybody = (await uow.session.scalars(select(HourEntry.member_id))).all()
        needed = await hours.totals_of_members(uow, everybody)
        await hours.count(uow, {(branch, day, source) for branch, day, source in known} | needed)


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_nobody_is_broken_off_and_every_total_is_right(
    app: App, talks: list[Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RateLimit, "allow", lambda *_: True)
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    town = Town(talks, seed)
    await asyncio.gather(*(town.walk() for _ in range(WALKING)))
    assert town.broken == []
    assert {said for talk in talks for _, said in talk.telephone.said} & {BUSY, DEFECT} == set()
    stood = await figures(app)
    await count_anew(app)
    assert stood == await figures(app)
    assert await oddities(app) == []


async def oddities(app: App) -> list[tuple[Any, ...]]:
    """What must not be: a branch that isn't below its parent, two sittings of one person at once, who has left with an
    office, one who was added twice, voices that nobody may count."""
    above = aliased(Branch)
    open_sittings = select(Sitting.member_id).where(Sitting.ended_at.is_(None)).group_by(Sitting.member_id)
    left = select(RoleGrant.member_id).join(Member, Member.id == RoleGrant.member_id)
    late = select(Voice.id).join(Discussion, Discussion.id == Voice.discussion_id)
    queries: tuple[Select[Any], ...] = (
        select(Branch.path, above.path)
        .outerjoin(above, above.id == Branch.parent_id)
        .where(Branch.path != func.concat(func.coalesce(above.path, "/"), Branch.id, "/")),
        open_sittings.having(func.count() > 1),
        left.where(Member.left_on.is_not(None)),
        select(Member.name).where(Member.name.in_(NEW)).group_by(Member.name).having(func.count() > 1),
        late.where(or_(Voice.at > Discussion.ended_at, Voice.member_id.in_(select(OptOut.member_id)))),
    )
    async with app.database.reading() as uow:
        return [tuple(row) for query in queries for row in await uow.session.execute(query)]
