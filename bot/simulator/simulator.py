"""The simulated platform in one object: a world, its wire, its faults. For the demo and for tests.

``async with Simulator(url, token=…) as sim: await sim.ready(); await sim.say(group_id, user_id, "已学")``
"""

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from bot.core.clock import Clock, SystemClock
from bot.simulator import actions, events, sample
from bot.simulator import segments as seg
from bot.simulator.acts_files import put_in_chat
from bot.simulator.cq import Segment
from bot.simulator.entities import Message
from bot.simulator.errors import ActionError, checker_failed, timed_out
from bot.simulator.faults import Behaviour, Fault, Stage
from bot.simulator.happenings import Happening, OnlineChanged, Reset, Said
from bot.simulator.link import Client, Direction, Link
from bot.simulator.world import World

_DELIVERED = {Fault.NONE, Fault.SLOW, Fault.LATE, Fault.LOST_ANSWER, Fault.TIMEOUT_DELIVERED, Fault.DROP_AFTER}


@dataclass(frozen=True)
class Sent:
    """A message the bot delivered. Exactly one of ``group_id`` and ``user_id`` is set."""

    message_id: int
    group_id: int | None
    user_id: int | None
    text: str
    segments: list[Segment]
    time: int
    recalled: bool

    @classmethod
    def of(cls, message: Message) -> "Sent":
        return cls(
            message.message_id,
            message.group_id,
            message.peer_id,
            message.text,
            message.segments,
            message.time,
            message.recalled,
        )


class Simulator:
    """``url`` is dialled (reverse WebSocket); ``listen`` = (host, port) waits for bots (forward). Loopback only.

    ``heartbeat`` and ``reconnect`` are seconds. ``report_self`` reports the bot's own messages (reportSelfMessage).
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str = "",
        world: World | None = None,
        behaviour: Behaviour | None = None,
        report_self: bool = True,
        clock: Clock | None = None,
        listen: tuple[str, int] | None = None,
        heartbeat: float = 30.0,
        reconnect: float = 1.0,
    ) -> None:
        actions.load()
        self.clock = clock or SystemClock()
        self.world = world or sample.world()
        self.world.now = self.clock.now
        self.behaviour = behaviour or Behaviour()
        self.report_self = report_self
        self.calls: list[dict[str, Any]] = []
        """Every call of the bot, as it came."""
        self.port: int | None = None
        self._url = url
        self._listen = listen
        self._watchers: list[Callable[[Direction, dict[str, Any]], None]] = []
        self._waiting: set[asyncio.Event] = set()
        self._performer = actions.Performer(actions.Context(self.world, self.behaviour))
        self._own = [m for m in self.world.messages.values() if m.user_id == self.world.self_id]
        self._unlisten = self.world.listen(self._happened)
        self.link = Link(
            self.world.self_id,
            token,
            self._answer,
            self._frame,
            hello=lambda: events.lifecycle(self.world),
            beat=lambda: events.heartbeat(self.world, heartbeat, online=self.behaviour.online),
            heartbeat=heartbeat,
            reconnect=reconnect,
        )

    async def __aenter__(self) -> Self:
        if self._listen is not None:
            self.port = await self.link.listen(*self._listen)
        if self._url is not None:
            self.link.dial(self._url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unlisten()
        await self.link.close()
        await self._performer.close()

    # -- the connection

    async def ready(self, timeout: float = 30.0) -> None:
        """Wait until a bot is connected."""
        await asyncio.wait_for(self.link.connected.wait(), timeout)

    async def connect(self, url: str | None = None) -> None:
        """Dial (another) bot; the old connection is ended first."""
        await self.link.hang_up()
        self._url = url or self._url
        if self._url is None:
            raise ValueError("no address to dial")
        self.link.dial(self._url)

    async def disconnect(self) -> None:
        """End the dialled connection properly and stay away until ``connect``."""
        await self.link.hang_up()

    def drop(self) -> None:
        """Break the socket; it is dialled anew after ``reconnect`` seconds."""
        self.link.drop()

    def freeze(self) -> None:
        """Make the connection half-open (silent, never closed) and dial a new one after ``reconnect`` seconds."""
        self.link.freeze()

    def set_online(self, online: bool, reason: str = "") -> None:
        """The account itself is kicked offline or back; the connection stays."""
        if self.behaviour.online == online:
            return
        self.behaviour.online = online
        self.world.tell(OnlineChanged(online, reason))
        self.link.emit(events.heartbeat(self.world, 30.0, online=online))

    def watch_frames(self, watcher: Callable[[Direction, dict[str, Any]], None]) -> Callable[[], None]:
        """Have ``watcher`` called with every frame: "out" is from the bot, "in" is to the bot."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    # -- people

    async def say(self, group_id: int, user_id: int, message: str | list[Segment]) -> int:
        """A person speaks in a group; the message id. A string is literal text."""
        return await self.speak(f"group:{group_id}", user_id, message)

    async def whisper(self, user_id: int, message: str | list[Segment]) -> int:
        """A person writes to the bot in private; the message id."""
        return await self.speak(f"private:{user_id}", user_id, message)

    async def reply(self, message_id: int, user_id: int, text: str) -> int:
        """A person answers a message, citing it, in the same chat."""
        chat = self.world.message(message_id).chat
        segments = [{"type": "reply", "data": {"id": str(message_id)}}, {"type": "text", "data": {"text": text}}]
        return await self.speak(chat, user_id, segments)

    async def speak(self, chat: str, user_id: int, message: str | list[Segment]) -> int:
        """A person says something in ``chat`` (``group:ID`` or ``private:ID``); the message id.

        Raises ``ActionError`` if that can't be said there.
        """
        received = await seg.accept(self.world, seg.parse(message, auto_escape=True), user_id)
        return self.world.say(chat, user_id, received).message_id

    async def send_file(self, chat: str, user_id: int, data: bytes, name: str) -> int:
        """A person sends a file to ``chat`` (``group:ID`` or ``private:ID``); the message id."""
        return put_in_chat(self.world, chat, user_id, self.world.shelf.put(data, name))

    async def react(self, message_id: int, user_id: int, emoji_id: str = "76", *, is_add: bool = True) -> None:
        self.world.react(message_id, user_id, emoji_id, is_add)

    def reset(self, fill: Callable[[World], None] = sample.fill) -> None:
        """Empty the world and fill it anew."""
        self.world.clear()
        fill(self.world)
        self.calls.clear()
        self._own.clear()
        self.world.tell(Reset())

    # -- what the bot did

    @property
    def sent(self) -> list[Sent]:
        """The messages the bot delivered, oldest first, recalled ones too."""
        return [Sent.of(message) for message in self._own]

    async def wait_sent(self, predicate: Callable[[Sent], bool] = lambda sent: True, timeout: float = 30.0) -> Sent:
        """The first delivered message for which ``predicate`` is true, now or within ``timeout`` seconds."""

        changed = asyncio.Event()
        self._waiting.add(changed)
        looked_at = 0
        try:
            async with asyncio.timeout(timeout):
                while True:
                    while looked_at < len(self._own):
                        sent = Sent.of(self._own[looked_at])
                        looked_at += 1
                        if predicate(sent):
                            return sent
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            texts = [sent.text[:60] for sent in self.sent[-5:]]
            raise TimeoutError(f"nothing such was sent within {timeout} s; the last ones: {texts}") from None
        finally:
            self._waiting.discard(changed)

    # -- inside

    def _frame(self, direction: Direction, frame: dict[str, Any]) -> None:
        if direction == "out":
            self.calls.append(frame)
        for watcher in tuple(self._watchers):
            watcher(direction, frame)

    def _happened(self, happening: Happening) -> None:
        away = not self.behaviour.online and not isinstance(happening, OnlineChanged)
        event = None if away else events.event(self.world, happening, report_self=self.report_self)
        if event is not None:
            self.link.emit(event)
        if isinstance(happening, Said) and happening.message.user_id == self.world.self_id:
            self._own.append(happening.message)
            for waiting in self._waiting:
                waiting.set()

    async def _answer(self, client: Client, frame: dict[str, Any]) -> dict[str, Any] | None:
        behaviour = self.behaviour
        if behaviour.delay:
            await asyncio.sleep(behaviour.delay)
        if actions.base_name(str(frame.get("action")))[0] not in actions.SENDS:
            return await self._performer.perform(frame)
        return await self._answer_send(client, frame)

    async def _answer_send(self, client: Client, frame: dict[str, Any]) -> dict[str, Any] | None:
        behaviour = self.behaviour
        fault = Fault.TIMEOUT_LOST if not behaviour.online else behaviour.take(*_target(frame))
        await self._stage("received", frame)
        if fault is Fault.SLOW:
            await asyncio.sleep(behaviour.seconds)
        answer: dict[str, Any] | None = None
        if fault in _DELIVERED:
            reported = behaviour.echo or fault in (Fault.NONE, Fault.SLOW)
            answer = await self._performer.perform(frame, reported=reported)
            if answer["status"] != "failed":
                await self._stage("stored", frame)
        if fault in (Fault.DROP_BEFORE, Fault.DROP_AFTER):
            client.abort()
            return None
        if fault in (Fault.LOST, Fault.LOST_ANSWER):
            return None
        if fault is Fault.LATE:
            await asyncio.sleep(behaviour.seconds)
        if (error := _ERRORS.get(fault)) is not None:
            answer = actions.failure(error(), frame)
        await self._stage("answered", frame)
        return answer

    async def _stage(self, stage: Stage, frame: dict[str, Any]) -> None:
        if self.behaviour.watch is not None:
            waiting = self.behaviour.watch(stage, frame)
            if inspect.isawaitable(waiting):
                await waiting


_ERRORS: dict[Fault, Callable[[], ActionError]] = {
    Fault.TIMEOUT_DELIVERED: timed_out,
    Fault.TIMEOUT_LOST: timed_out,
    Fault.REMOVED: lambda: checker_failed(110),
    Fault.MUTED: lambda: checker_failed(120),
    Fault.REFUSED: lambda: checker_failed(1),
}


def _target(frame: dict[str, Any]) -> tuple[int | None, int | None]:
    """Group and person of a send, as far as they can be read."""
    params = frame.get("params")
    given = params if isinstance(params, dict) else {}
    group, user = (str(given.get(key, "")) for key in ("group_id", "user_id"))
    return int(group) if group.isdecimal() else None, int(user) if user.isdecimal() else None
