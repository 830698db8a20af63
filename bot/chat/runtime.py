"""One process: NoneBot with our adapter and plugins, around the application. Used by ``run`` and by ``demo`` alike."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import nonebot
from nonebot.drivers import ASGIMixin, Driver
from nonebot.log import logger, logger_id

from bot.app import App
from bot.chat import health, hints, metrics
from bot.chat.adapter import XuebanAdapter
from bot.chat.catching_up import CatchingUp
from bot.chat.onebot import OneBot
from bot.chat.onebot_transport import OneBotTransport
from bot.chat.screen import Screen
from bot.chat.table import TABLE
from bot.core.clock import Clock
from bot.core.memory import look_at_new_only, one_heap
from bot.core.settings import Settings
from bot.core.signing import PATH
from bot.delivery.worker import Worker
from bot.rendering import cards
from bot.web import gate
from bot.web import server as reading

if TYPE_CHECKING:
    from loguru import Message

PLUGINS = ("branch", "delivery", "discussion", "help", "meeting", "notice", "quiz", "stats", "study")
"""Every plugin of the product. One that doesn't load ends the start: NoneBot itself would only log it."""

Hook = Callable[[App], Awaitable[None]]


class PluginMissing(RuntimeError):
    """A plugin of the product could not be loaded; NoneBot has logged why."""


def load_plugins() -> None:
    """Load the product's plugins by dotted name. Raises ``PluginMissing``."""
    for name in PLUGINS:
        if nonebot.load_plugin(f"plugins.{name}") is None:
            raise PluginMissing(name)


def quieten() -> None:
    """NoneBot's own log from WARNING on, written by ours. Below that it makes ten records of each message that is
    handled (a fifth of the cost of a check-in), prints the tokens at DEBUG, and quotes messages in its tracebacks."""
    with contextlib.suppress(ValueError):
        logger.remove(logger_id)
    logger.add(_pass_on, level="WARNING", format="{message}")


def _pass_on(message: "Message") -> None:
    record = message.record
    error = record["exception"]
    raised = (error.type, error.value, error.traceback) if error is not None and error.type and error.value else None
    logging.getLogger("xueban.nonebot").log(record["level"].no, record["message"], exc_info=raised)


def build(settings: Settings, clock: Clock, *, started: Hook | None = None, stopping: Hook | None = None) -> Driver:
    """The driver, ready to run. ``started`` is called when everything works, ``stopping`` before it is taken down."""
    quieten()
    one_heap()
    nonebot.init(
        _env_file=None,
        driver="~fastapi",
        host=settings.host,
        port=settings.port,
        superusers=set(settings.superusers),
        # under these names, since under the plain ones the environment would win over what is said here
        onebot_v11_access_token=settings.onebot_access_token or None,
        onebot_v11_secret=settings.onebot_secret or None,
        api_timeout=settings.xueban.delivery.send_timeout,
        fastapi_docs_url=None,
        fastapi_openapi_url=None,
        fastapi_redoc_url=None,
    )
    driver = nonebot.get_driver()
    driver.register_adapter(XuebanAdapter)
    adapter = nonebot.get_adapter(XuebanAdapter)
    load_plugins()

    app = App(settings, clock)
    transport = OneBotTransport(adapter, app.media, cards.draw)
    platform = OneBot(adapter, transport, app.fetcher, app.database, TABLE, app.listening)
    app.connect(transport, platform)
    platform.worker = app.worker
    catching_up = CatchingUp(app.database, transport.said_since, adapter.make_up, settings.superusers)

    def connected(account: str) -> None:
        app.hear_from(account)
        catching_up.connected(account)

    platform.on_connected, platform.on_disconnected = connected, catching_up.disconnected
    assert isinstance(driver, ASGIMixin)
    driver.server_app.add_middleware(gate.Gate)
    health.serve(driver, app.database, lambda: len(transport.online_accounts()))
    if app.pages:
        driver.server_app.mount(PATH, reading.serve(app.database, app.pages))
    adapter.serve(Screen(TABLE, app.conversations, hints.unknown, app.listening), app.chat, platform)
    metrics.serve(driver, app, lambda: (adapter.heard, adapter.routed))

    @driver.on_startup
    async def _start() -> None:
        await app.start(TABLE)
        if started is not None:
            await started(app)
        _land_before_stopping(app.worker)
        look_at_new_only()

    @driver.on_shutdown
    async def _stop() -> None:
        if stopping is not None:
            await stopping(app)
        await app.stop()

    return driver


def _land_before_stopping(worker: Worker) -> None:
    """Told to stop, the web server first closes the sockets by which the answers to what is under way would come; so it
    is told when they have come. Told twice, it stops at once."""
    loop, waiting = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    def told(number: int, _: object) -> None:
        signal.signal(number, before[number])
        loop.call_soon_threadsafe(lambda: waiting.add(loop.create_task(pass_on(number))))

    async def pass_on(number: int) -> None:
        await worker.land()
        signal.raise_signal(number)

    before: dict[int, Any] = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}


def serve(log_level: str = "info") -> None:
    """Run until stopped; ``log_level`` is the web server's. A connection that doesn't answer pings is closed after
    35 s, so a dead one is noticed."""
    logging.captureWarnings(True)
    try:
        nonebot.run(
            loop="uvloop",
            http=gate.Impatient,
            log_level=log_level,
            ws_ping_interval=15.0,
            ws_ping_timeout=20.0,
            ws_max_size=16 * 2**20,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    except SystemExit:  # the web server has logged why it can't begin
        print("没能启动,原因在上面。用 xueban doctor 看该修什么。", file=sys.stderr)
        raise
