"""What was said in the groups while nobody listened: platforms don't say it again, so it is read in the history when an
account connects. Check-ins and receipts are made up for; what can't be seen is told to the leaders (docs/adr/0017)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.branch import repository as branches
from bot.branch import telling
from bot.branch.models import ChatGroup
from bot.chat.screen import PLATFORM
from bot.core.clock import to_local
from bot.core.db import Database
from bot.delivery import heard_repository as heard
from bot.delivery.transport import Target
from bot.scheduling.words import say_clock, say_moment

log = logging.getLogger("xueban.onebot")

BEAT = 15.0
"""Seconds between two notes of how far an account has heard."""
TOLD = timedelta(seconds=30)
"""After a shorter absence nobody is told of it: a restart takes a few seconds."""
FURTHEST = timedelta(days=1)
"""What was said longer ago isn't made up for: nobody knows any more what it was about."""

Said = tuple[list[dict[str, Any]], bool]
History = Callable[[Target, datetime], Awaitable[Said]]
"""What others have said there since then, and whether that is all of it."""
MakeUp = Callable[[str, str, Iterable[dict[str, Any]]], Awaitable[int]]
"""Takes what was said (account, group, messages); how many were records."""


class CatchingUp:
    """Follows the accounts that are connected here. While one is, how far it has heard is on disk, at most ``BEAT``
    behind; it moves on only once what was missed is made up for."""

    def __init__(self, database: Database, history: History, make_up: MakeUp, superusers: frozenset[str]) -> None:
        self._database = database
        self._history = history
        self._make_up = make_up
        self._superusers = superusers
        self._following: dict[str, asyncio.Task[None]] = {}

    def connected(self, account: str) -> None:
        self.disconnected(account)
        self._following[account] = asyncio.get_running_loop().create_task(self._follow(account))

    def disconnected(self, account: str) -> None:
        if (task := self._following.pop(account, None)) is not None:
            task.cancel()

    async def _follow(self, account: str) -> None:
        caught_up = False
        while True:
            try:
                if not caught_up:
                    await self._catch_up(account)
                    caught_up = True
                async with self._database.unit_of_work() as uow:
                    await heard.note(uow, PLATFORM, account)
            except Exception as error:
                log.warning("how far account %s has heard isn't noted: %s", account, type(error).__name__)
            await asyncio.sleep(BEAT)

    async def _catch_up(self, account: str) -> None:
        now = self._database.clock.now()
        async with self._database.reading() as uow:
            since = await heard.until(uow, PLATFORM, account)
            groups = await branches.groups_by(uow, PLATFORM, account) if since is not None else []
        if since is None:
            return
        known = since <= now + TOLD  # else our clock was put back: nobody knows how far it has heard
        start = max(since, now - FURTHEST) if known else now - FURTHEST
        for group in groups:
            said, whole = await self._history(Target(account, "group", group.group_id), start)
            count = await self._make_up(account, group.group_id, said)
            if count:
                log.info("%d records made up for in group %s", count, group.group_id)
            if known and now - since >= TOLD:
                await self._tell(group, since, now, count, whole=whole and start == since)

    async def _tell(self, group: ChatGroup, since: datetime, now: datetime, count: int, *, whole: bool) -> None:
        begun, ended = to_local(since), to_local(now)
        day = say_moment(since, now) if begun.date() < ended.date() else say_clock(begun.time())
        away = f"{day}到{say_clock(ended.time())}"
        key = f"away:{group.account}:{group.group_id}:{since.isoformat()}"
        async with self._database.unit_of_work() as uow:
            if count:
                target = Target(group.account, "group", group.group_id, group.platform)
                line = f"{away}机器人不在线,这段时间的打卡和「收到」{count} 条已补录。"
                await telling.tell(uow, group.branch_id, target, line, key, "delivery.away")
            if not whole:
                line = (
                    f"{away}机器人不在线,「{group.name or group.group_id}」里这段时间的话没能看全,可能漏了打卡。"
                    "请在群里说一声:没得到 ✅ 的,再发一次「已学」或「收到」。"
                )
                await telling.tell_leaders(
                    uow, group.branch_id, line, key, "delivery.away", via=group.account, superusers=self._superusers
                )
