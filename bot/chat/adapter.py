"""The wire: NoneBot's OneBot v11 adapter, made safe for an account that people depend on.

A subclass, no patch. It differs in five things: what isn't for the bot is dropped before an event object exists; a
broken frame never ends a connection; a repeated one is served once; a new connection of an account takes the place of a
half-open old one; and nobody without the secrets can speak as an account or make one up.
"""

import asyncio
import contextlib
import json
import logging
import secrets
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

from nonebot.adapters.onebot.store import ResultStore
from nonebot.adapters.onebot.v11 import Adapter, Bot
from nonebot.drivers import Driver, Request, Response, WebSocket
from nonebot.exception import WebSocketClosed

from bot.chat.commands import CaughtUp
from bot.chat.desk import Desk
from bot.chat.matcher import hand_over
from bot.chat.onebot_message import read_segments
from bot.chat.scene import Routed
from bot.chat.screen import Screen

log = logging.getLogger("xueban.wire")

_REMEMBERED = 2000
"""Messages served last that are known again when they are repeated."""


_ESCAPES = ("\\ud", "\\uD", "\\u0000")
_MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def read(data: str | bytes) -> Any:
    """A frame from its JSON. What no database takes is mended: lone halves of surrogate pairs become U+FFFD, NULs go.

    Raises ``ValueError`` or ``RecursionError``.
    """
    frame = json.loads(data)
    text = data if isinstance(data, str) else data.decode(errors="replace")
    return _whole(frame) if "\\u" in text and any(escape in text for escape in _ESCAPES) else frame


def _whole(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {_whole(key): _whole(item) for key, item in value.items()}
    return value


class Listener(Protocol):
    """Who must know what happens to accounts: the delivery engine and the desk, joined in ``bot.chat.onebot``."""

    def connected(self, account: str) -> None: ...

    def disconnected(self, account: str) -> None: ...

    def online(self, account: str, online: bool) -> None:
        """The platform itself says that the account is logged in, or kicked out."""
        ...

    async def own_message(self, account: str, frame: dict[str, Any]) -> None:
        """The echo of a message of our own: the best proof that it arrived."""
        ...

    async def notice(self, account: str, frame: dict[str, Any]) -> Routed | None:
        """Reactions, joins, leaves, unmutes; what a plugin should hear comes back routed."""
        ...


class _Answers(ResultStore):
    """Numbers calls from a random start. NapCat gives a late answer to whatever connection it has by then, so the
    answer to a call of another process, or of one before a restart, must not be taken for that to one of ours."""

    def __init__(self) -> None:
        super().__init__()
        self._seq = secrets.randbelow(2**48)

    def add_result(self, result: dict[str, Any]) -> None:
        """An answer with a code of failure is one, whatever its status: "ok" or "async" would pass for an empty one."""
        super().add_result({**result, "status": "failed"} if result.get("retcode") not in (None, 0) else result)


class XuebanAdapter(Adapter):
    """``serve`` gives it the parts that don't exist yet when NoneBot makes it."""

    _result_store = _Answers()

    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        super().__init__(driver, **kwargs)
        self._screen: Screen
        self._desk: Desk
        self._listener: Listener
        self.heard = self.routed = 0
        """Messages that were said, and those of them that were for the bot."""
        self._served: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def serve(self, screen: Screen, desk: Desk, listener: Listener) -> None:
        self._screen, self._desk, self._listener = screen, desk, listener

    # -- frames in

    def take(self, bot: Bot, frame: Any) -> None:
        """One frame of an account. Anything that makes no sense is dropped."""
        if not isinstance(frame, dict):
            return
        kind = frame.get("post_type")
        if kind is None:
            with contextlib.suppress(asyncio.InvalidStateError):
                self._result_store.add_result(frame)
            return
        if str(frame.get("self_id")) != bot.self_id:
            log.warning("account %s sent an event of another account; dropped", bot.self_id)
            return
        try:
            if isinstance(body := frame.get("message"), str):
                frame["message"] = read_segments(body)
            if kind == "message":
                self.heard += 1
                if (routed := self._screen.message(frame)) is not None and self._new(bot, frame):
                    self.routed += 1
                    self._spawn(self._pass_on(bot, routed))
            elif kind == "message_sent":
                self._spawn(self._take_own(bot, frame))
            elif kind == "notice":
                self._spawn(self._take_notice(bot, frame))
            elif kind == "meta_event":
                status = frame.get("status")
                if isinstance(status, dict) and isinstance(status.get("online"), bool):
                    self._listener.online(bot.self_id, status["online"])
        except _MALFORMED as error:
            log.warning("malformed %s frame dropped (%s)", kind, type(error).__name__)

    def _new(self, bot: Bot, frame: dict[str, Any]) -> bool:
        """False for a message that was served before: implementations repeat some after a hiccup of the connection."""
        said = (frame.get(name) for name in ("message_id", "time", "group_id", "user_id"))
        message = (bot.self_id, *map(str, said))
        if message in self._served:
            return False
        self._served[message] = None
        if len(self._served) > _REMEMBERED:
            self._served.popitem(last=False)
        return True

    async def make_up(self, account: str, group_id: str, messages: Iterable[dict[str, Any]]) -> int:
        """Take the records (``CaughtUp``) of what was said in a group while nobody listened, one after the other of
        each person; how many they were."""
        bot = self.bots.get(account)
        if bot is None:
            return 0
        by_person: defaultdict[str, list[Routed]] = defaultdict(list)
        for message in messages:
            frame = {"sender": {}, **message, "self_id": account, "message_type": "group", "group_id": group_id}
            try:
                frame["user_id"] = frame.get("user_id") or frame["sender"].get("user_id")
                if isinstance(body := frame.get("message"), str):
                    frame["message"] = read_segments(body)
                routed = self._screen.message(frame)
                if routed is None or routed.command is None:
                    continue
                theirs = by_person[routed.scene.user_id]
                if routed.command.caught_up is CaughtUp.SLIP:
                    del theirs[-1:]
                elif routed.command.caught_up is CaughtUp.RECORD and self._new(bot, frame):  # type: ignore[arg-type]
                    said_at = datetime.fromtimestamp(float(frame["time"]), UTC)
                    theirs.append(replace(routed, message=replace(routed.message, said_at=said_at)))
            except _MALFORMED as error:
                log.warning("malformed message in the history dropped (%s)", type(error).__name__)

        async def of_one(said: list[Routed]) -> None:
            for routed in said:
                await self._pass_on(bot, routed)  # type: ignore[arg-type]

        await asyncio.gather(*map(of_one, by_person.values()))
        return sum(map(len, by_person.values()))

    async def _take_own(self, bot: Bot, frame: dict[str, Any]) -> None:
        try:
            await self._listener.own_message(bot.self_id, frame)
        except _MALFORMED as error:
            log.warning("malformed message of our own dropped (%s)", type(error).__name__)

    async def _take_notice(self, bot: Bot, frame: dict[str, Any]) -> None:
        try:
            routed = await self._listener.notice(bot.self_id, frame)
        except _MALFORMED as error:
            log.warning("malformed notice dropped (%s)", type(error).__name__)
        else:
            if routed is not None:
                await self._pass_on(bot, routed)

    async def _pass_on(self, bot: Bot, routed: Routed) -> None:
        await hand_over(bot, routed, self._desk)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("event not handled", exc_info=error)

    # -- connections

    async def _handle_ws(self, websocket: WebSocket) -> None:
        account = websocket.request.headers.get("x-self-id", "")
        refused = self._check_access_token(websocket.request)
        if refused is not None or not account.isdecimal():
            await websocket.close(1008, "refused")
            return
        await websocket.accept()
        await self._evict(account)
        bot = Bot(self, account)
        self.bot_connect(bot)
        self.connections[account] = websocket
        self._listener.connected(account)
        log.info("account %s connected", account)
        try:
            while True:
                data = await websocket.receive()
                try:
                    frame = read(data)
                except (ValueError, RecursionError):
                    log.warning("account %s sent a frame that is no JSON; dropped", account)
                    continue
                self.take(bot, frame)
        except WebSocketClosed:
            log.warning("account %s disconnected", account)
        finally:
            with contextlib.suppress(Exception):
                await websocket.close()
            self._forget(account, websocket, bot)

    async def _evict(self, account: str) -> None:
        """End an older connection of the account: a half-open one would lock it out for good."""
        while (old := self.connections.get(account)) is not None:  # one more may come while this one is closed
            log.warning("account %s connected again; the older connection is closed", account)
            bot = self.bots.get(account)
            if bot is not None:
                self._forget(account, old, bot)  # type: ignore[arg-type]
            with contextlib.suppress(Exception):
                await asyncio.wait_for(old.close(1001, "replaced"), 2)

    def _forget(self, account: str, websocket: WebSocket, bot: Bot) -> None:
        """Clean up after a connection, unless a newer one has taken its place."""
        if self.connections.get(account) is not websocket:
            return
        del self.connections[account]
        self.bot_disconnect(bot)
        self._listener.disconnected(account)

    async def _handle_http(self, request: Request) -> Response:
        """Events by HTTP POST: only signed ones, and only of an account that is connected."""
        if not self.onebot_config.onebot_secret or (self._check_signature(request)) is not None:
            return Response(401, content="Unauthorized")
        bot = self.bots.get(request.headers.get("x-self-id", ""))
        if bot is None:
            return Response(401, content="Unauthorized")
        try:
            frame = read(request.content or b"")
        except (ValueError, RecursionError):
            return Response(400, content="Bad Request")
        self.take(bot, frame)  # type: ignore[arg-type]
        return Response(204)
