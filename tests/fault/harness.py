"""A process that delivers and does nothing else, and can be made to die or to stand still at any step.

It is the real worker, transport and adapter; only commands and the scheduler are left out. It is born in the nursery
(``tests.nursery``), so that a life begins within milliseconds and hundreds of deaths can be tried.
"""

import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import nonebot
from nonebot.drivers.fastapi import FastAPIWebSocket

from bot.chat.adapter import XuebanAdapter
from bot.chat.onebot import OneBot
from bot.chat.onebot_transport import OneBotTransport
from bot.chat.table import CommandTable
from bot.core.clock import SystemClock
from bot.core.db import Database, UnitOfWork
from bot.core.settings import DeliverySettings
from bot.delivery import outbox
from bot.delivery.outbox import Outgoing
from bot.delivery.repository import Claimed
from bot.delivery.transport import Target
from bot.delivery.trouble import Trouble
from bot.delivery.worker import Worker
from bot.discussion.listening import Listening
from bot.rendering.content import Card, Content
from tests.process import SECRET, TOKEN

SECRETARY = "20001"
"""Who is told of troubles, in a private chat."""


@dataclass
class Job:
    """``die_at`` counts steps (begin, commit, wire …); 0 lives on. ``die_on`` is the name of the step to die at,
    ``halt_on`` that of the step at which it stands still the first time, until somebody lets it go on (SIGCONT)."""

    port: int
    database: str
    settings: dict[str, float] = field(default_factory=dict)
    die_at: int = 0
    die_on: str = ""
    halt_on: str = ""


class Fate:
    """Ends or stops the process at the chosen step."""

    def __init__(self, job: Job) -> None:
        self._left = job.die_at
        self._on = job.die_on
        self._halt_on = job.halt_on

    def step(self, name: str) -> None:
        self._left -= 1
        if self._left == 0 or name == self._on:
            os.kill(os.getpid(), signal.SIGKILL)
        if name == self._halt_on:
            self._halt_on = ""
            signal.raise_signal(signal.SIGSTOP)


class MortalDatabase(Database):
    fate: Fate
    next = "committed"
    """The name of the step after the next commit."""

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        committed, self.next = self.next, "committed"
        self.fate.step("begin")
        async with super().unit_of_work() as uow:
            yield uow
            self.fate.step("commit")
        self.fate.step(committed)


class MortalTransport(OneBotTransport):
    fate: Fate

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        self.fate.step("send")
        message_id = await super().send(target, content, timeout)
        self.fate.step("answered")
        return message_id


class MortalWorker(Worker):
    fate: Fate
    _database: MortalDatabase

    async def _launch(self, claimed: list[Claimed]) -> None:
        self.fate.step("claimed")
        self._database.next = "marked"
        await super()._launch(claimed)


class NoMedia:
    def get(self, sha256: str) -> bytes:
        raise FileNotFoundError(sha256)


class Deaf:
    """Takes the place of the screen: no message is for a process that only delivers."""

    def message(self, frame: dict[str, Any]) -> None:
        return None


async def no_cards(card: Card) -> bytes:
    raise AssertionError("nothing here is sent as a card")


async def tell_secretary(uow: UnitOfWork, trouble: Trouble) -> None:
    text = f"{trouble.kind.value} {trouble.reference or trouble.account}: {trouble.reason}"
    target = Target(trouble.account, "private", SECRETARY)
    key = f"trouble:{trouble.kind.value}:{trouble.key or uow.now.timestamp()}"
    await outbox.enqueue(uow, Outgoing(None, target, Content.of(text), "trouble.delivery", key))


def live(**given: Any) -> None:
    """The life of one process with a ``Job``: until SIGTERM, or its fate."""
    job = Job(**given)
    logging.basicConfig(level=logging.ERROR)
    fate = Fate(job)
    plain_send = FastAPIWebSocket.send_text

    async def send_text(self: FastAPIWebSocket, data: str) -> None:
        await plain_send(self, data)
        if '"action": "send_' in data[:40]:
            fate.step("written")

    FastAPIWebSocket.send_text = send_text  # type: ignore[method-assign]
    nonebot.init(
        _env_file=None,
        driver="~fastapi",
        host="127.0.0.1",
        port=job.port,
        onebot_access_token=TOKEN,
        onebot_secret=SECRET,
        log_level="ERROR",
        fastapi_docs_url=None,
        fastapi_openapi_url=None,
        fastapi_redoc_url=None,
    )
    driver = nonebot.get_driver()
    driver.register_adapter(XuebanAdapter)
    adapter = nonebot.get_adapter(XuebanAdapter)
    database = MortalDatabase(job.database, SystemClock())
    database.fate = fate
    transport = MortalTransport(adapter, NoMedia(), no_cards)
    transport.fate = fate
    settings = DeliverySettings.model_validate(job.settings)

    @driver.on_startup
    async def start() -> None:
        worker = MortalWorker(database, transport, database.clock, settings, tell_secretary)
        worker.fate = fate
        platform = OneBot(adapter, transport, cast("Any", None), database, CommandTable(), Listening())
        platform.worker = worker
        adapter.serve(cast("Any", Deaf()), cast("Any", None), platform)
        await worker.start()

        @driver.on_shutdown
        async def stop() -> None:
            await worker.stop()
            await database.close()

    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    nonebot.run(loop="uvloop", access_log=False, timeout_graceful_shutdown=2)
