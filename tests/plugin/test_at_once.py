"""Two people do something in the same moment, on PostgreSQL, where two do work at once: one waits for the other, and
the database has to break off neither. Each stops the first in the middle until the second waits for a lock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import QueryableAttribute

from bot.branch import requests
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.branch.models import Request
from bot.core.db import Database, UnitOfWork
from bot.hours.models import HourDay
from bot.notice import approving, ending, sparing
from bot.notice.models import Notice, NoticeTotal, State
from bot.study import repository, tally_repository, visiting
from bot.study.models import Assignment
from bot.study.pages import Link, Opened
from tests.plugin.conftest import BOSS, EDITOR, MEMBER
from tests.plugin.talk import ACCOUNT, Talk
from tests.plugin.test_notice import WORDS, publish
from tests.plugin.test_reflections import MATERIAL, OWN, push
from tests.unit.study.house import china

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")

pytestmark = pytest.mark.parametrize("app", ["postgresql"], indirect=True)


async def actor(uow: UnitOfWork, user: int) -> Actor:
    return await branch.resolve_actor(uow, Speaker("onebot11", ACCOUNT, str(user)), frozenset())


async def somebody_waits(database: Database) -> None:
    async with asyncio.timeout(20), database.engine.connect() as other:
        # Within one transaction PostgreSQL would never show a connection that came after the first look.
        await other.execution_options(isolation_level="AUTOCOMMIT")
        while not await other.scalar(WAITING):  # noqa: ASYNC110 - the database sets no event
            await asyncio.sleep(0.02)


class Meeting:
    """Lets the first go on from ``at`` only when the second waits. What was broken off is in ``broken``."""

    def __init__(self, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database, self.monkeypatch = talk.app.database, monkeypatch
        self.begun, self.met = asyncio.Event(), False
        self.broken: list[str] = []
        event.listen(self.database.engine.sync_engine, "handle_error", self._noted)

    def _noted(self, context: ExceptionContext) -> None:
        self.broken.append(str(context.original_exception))

    async def stop_here(self) -> None:
        if not self.begun.is_set():
            self.begun.set()
            await somebody_waits(self.database)
            self.met = True

    def at(self, owner: object, name: str) -> None:
        """Stop the first before it does this."""
        do = getattr(owner, name)

        async def stopped(*what: Any, **how: Any) -> Any:
            await self.stop_here()
            return await do(*what, **how)

        self.monkeypatch.setattr(owner, name, stopped)

    async def of(self, first: Awaitable[object], second: Callable[[], Awaitable[object]]) -> list[Any]:
        """What both came to."""

        async def after() -> object:
            await self.begun.wait()
            return await second()

        both = await asyncio.gather(first, after())
        assert (self.met, self.broken) == (True, [])
        return list(both)


@pytest.fixture
def meeting(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> Meeting:
    return Meeting(talk, monkeypatch)


def clock(talk: Talk, moment: str) -> None:
    talk.app.clock.set(china(moment))  # type: ignore[attr-defined]


async def totals(talk: Talk, column: QueryableAttribute[int]) -> list[int]:
    async with talk.app.database.reading() as uow:
        return sorted(await uow.session.scalars(select(column)))


async def test_who_decides_and_who_withdraws_wait_in_one_order(talk: Talk, meeting: Meeting) -> None:
    """The second finds things as the first has left them."""
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await publish(talk)

    async def decide() -> None:
        async with talk.app.database.unit_of_work() as uow:
            request, boss = (await uow.session.scalars(select(Request))).one(), await actor(uow, BOSS)

            async def decision(*_: object) -> requests.Outcome:
                await meeting.stop_here()
                await approving.decide(uow, boss, request, True)
                return requests.Outcome("")

            await requests.decide(uow, boss, request, decision, agree=True)

    async def withdraw() -> None:
        async with talk.app.database.unit_of_work() as uow:
            await ending.withdraw(uow, await actor(uow, EDITOR), 1)

    await meeting.of(decide(), withdraw)
    async with talk.app.database.reading() as uow:
        assert await uow.session.scalar(select(Request.state)) == requests.State.AGREED
        assert await uow.session.scalar(select(Notice.state)) == State.WITHDRAWN


async def test_two_who_come_to_the_end_of_one_page_are_both_counted(
    talk: Talk, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each has inserted holds the reading by its foreign key; counting must not wait for that."""
    await push(talk)
    both, hold = asyncio.Barrier(2), tally_repository.hold

    async def together(*what: Any) -> Any:
        await both.wait()
        return await hold(*what)

    monkeypatch.setattr(tally_repository, "hold", together)

    async def read(member: int) -> None:
        async with talk.app.database.unit_of_work() as uow:
            page = await visiting.page(uow, Link(1, member, uow.now + timedelta(days=1)))
            assert page is not None
            opened = Opened(1, member, uow.now - timedelta(minutes=5), f"{member:012}")
            assert isinstance(await visiting.reach_end(uow, page, opened), visiting.Completed)

    await asyncio.gather(read(1), read(3))
    assert meeting.broken == []
    assert await totals(talk, Assignment.done) == [2]


async def test_who_corrects_and_who_enters_wait_in_one_order(talk: Talk, meeting: Meeting) -> None:
    """Who changes completions has their reading first."""
    await push(talk)
    await talk.say(MEMBER, "已学 1")
    meeting.at(repository, "lower_proofs")  # the claim is locked by then
    said = await meeting.of(talk.say(MEMBER, "撤回打卡"), lambda: talk.whisper(MEMBER, f"心得 1 {OWN}"))
    assert ["已撤回" in said[0], "已登记" in said[1]] == [True, True]
    assert await totals(talk, Assignment.done) == [1]


async def test_who_leaves_and_what_a_meeting_gives_them(talk: Talk, meeting: Meeting) -> None:
    """People come before readings: also where a meeting gives hours and completes a reading. Who is on leave by then
    wasn't there."""
    clock(talk, "2026-11-24 09:00")
    await push(talk, "凭到会")
    for words in ("会议 党课 11月23日15:00 二楼 议题:学习 2", "确认"):
        await talk.whisper(BOSS, words)
    meeting.at(tally_repository, "readings_of")
    said = await meeting.of(
        talk.whisper(BOSS, "请假 张三 出差 11月20日到30日"), lambda: talk.whisper(BOSS, "补签 1 全体 纸质签到")
    )
    assert "已补签会议 1:全体 3 人到会。" in said[1]
    assert await totals(talk, Assignment.done) == [0, 3]
    assert await totals(talk, HourDay.halves) == [12]


async def test_who_leaves_while_something_is_pushed_to_them(talk: Talk, meeting: Meeting) -> None:
    """Whoever is to read it stays as they are until it is counted."""
    clock(talk, "2026-11-24 09:00")
    await talk.whisper(EDITOR, f"推送 {MATERIAL}")
    meeting.at(sparing.repository, "expected_since")
    await meeting.of(talk.whisper(MEMBER, "请假 看牙 今天"), lambda: talk.whisper(EDITOR, "确认"))
    assert await totals(talk, Assignment.counted) == [3]


async def test_who_is_exempt_while_a_notice_comes_out_anew(talk: Talk, meeting: Meeting) -> None:
    """People come before what a notice has come to."""
    clock(talk, "2026-11-24 09:00")
    await publish(talk)
    await talk.whisper(EDITOR, f"公告改 1 {WORDS}带上笔。")
    meeting.at(sparing.repository, "expected_since")
    await meeting.of(talk.whisper(BOSS, "免学 张三 年老体弱"), lambda: talk.whisper(EDITOR, "确认"))
    assert await totals(talk, NoticeTotal.wanted) == [3]


async def test_who_confirms_while_it_is_withdrawn(talk: Talk, meeting: Meeting) -> None:
    """A receipt doesn't wait for the notice; what is withdrawn has come to nothing, also if it came this moment."""
    clock(talk, "2026-11-24 09:00")
    await publish(talk)
    meeting.at(ending.outbox, "cancel_of")

    async def withdraw() -> None:
        async with talk.app.database.unit_of_work() as uow:
            await ending.withdraw(uow, await actor(uow, EDITOR), 1)

    await meeting.of(withdraw(), lambda: talk.say(MEMBER, "收到"))
    assert await totals(talk, NoticeTotal.wanted) == []


async def test_who_is_removed_while_on_leave(talk: Talk, meeting: Meeting) -> None:
    """Whoever changes what somebody counts as has them first."""
    clock(talk, "2026-11-24 09:00")
    await publish(talk)
    await talk.whisper(BOSS, "移除 张三")
    meeting.at(sparing.repository, "expected_since")
    said = await meeting.of(talk.whisper(MEMBER, "请假 看牙 今天"), lambda: talk.whisper(BOSS, "确认"))
    assert ["已记下" in said[0], "已移出" in said[1]] == [True, True]
    assert await totals(talk, NoticeTotal.wanted) == [3]
