"""A notice about which two people do something in the same moment, on PostgreSQL, where two do work at once."""

import asyncio

import pytest
from sqlalchemy import select, text

from bot.branch import requests
from bot.branch import service as branch
from bot.branch.actor import Actor, Speaker
from bot.branch.models import Request
from bot.core.db import UnitOfWork
from bot.notice import approving, ending
from bot.notice.models import Notice, State
from tests.plugin.conftest import BOSS, EDITOR
from tests.plugin.talk import ACCOUNT, Talk
from tests.plugin.test_notice import publish

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


async def actor(uow: UnitOfWork, user: int) -> Actor:
    return await branch.resolve_actor(uow, Speaker("onebot11", ACCOUNT, str(user)), frozenset())


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
async def test_who_decides_and_who_withdraws_wait_in_one_order(talk: Talk) -> None:
    """The second finds things as the first has left them; the database has to break off neither."""
    await talk.whisper(BOSS, "设置 公告审批 书记")
    await publish(talk)
    database, begun = talk.app.database, asyncio.Event()

    async def decide() -> None:
        async with database.unit_of_work() as uow:
            request, boss = (await uow.session.scalars(select(Request))).one(), await actor(uow, BOSS)

            async def decision(*_: object) -> requests.Outcome:
                begun.set()
                async with asyncio.timeout(20), database.engine.connect() as other:
                    # Within one transaction PostgreSQL would never show a connection that came after the first look.
                    await other.execution_options(isolation_level="AUTOCOMMIT")
                    while not await other.scalar(WAITING):  # noqa: ASYNC110 - the database sets no event
                        await asyncio.sleep(0.02)
                await approving.decide(uow, boss, request, True)
                return requests.Outcome("")

            await requests.decide(uow, boss, request, decision, agree=True)

    async def withdraw() -> None:
        await begun.wait()
        async with database.unit_of_work() as uow:
            await ending.withdraw(uow, await actor(uow, EDITOR), 1)

    await asyncio.gather(decide(), withdraw())
    async with database.reading() as uow:
        assert await uow.session.scalar(select(Request.state)) == requests.State.AGREED
        assert await uow.session.scalar(select(Notice.state)) == State.WITHDRAWN
