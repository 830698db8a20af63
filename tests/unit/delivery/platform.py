"""A chat platform in memory: what a Transport must be able to do, and every way in which it may fail."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.delivery.reference import marks_in
from bot.delivery.transport import Absent, Found, NoHistory, NotSent, Refused, Target, Unknown
from bot.rendering.content import Content

Fault = str | Refused


@dataclass
class Message:
    id: str
    target: Target
    text: str


class FakePlatform:
    """``faults[target id]`` are used up one per send: "lost" and "delivered" give no answer, "hang" never returns,
    "offline" is NotSent, a ``Refused`` is raised. ``closed``: where the account is muted or not a member."""

    def __init__(self, *accounts: str) -> None:
        self.online = set(accounts)
        self.messages: list[Message] = []
        self.calls: list[str] = []
        self.faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self.first_id = 1000
        self.history = True
        self.closed: set[str] = set()
        self.looks = 0
        self.asked: Counter[str] = Counter()
        self.latency = 0.0
        self.in_flight = self.most_in_flight = 0
        self.before_wire: Callable[[], None] = lambda: None

    def online_accounts(self) -> frozenset[str]:
        return frozenset(self.online)

    async def send(self, target: Target, content: Content, timeout: float) -> str:
        if target.account not in self.online:
            raise NotSent("offline")
        self.calls.append(target.id)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
            return await self._deliver(target, content, timeout)
        finally:
            self.in_flight -= 1

    async def _deliver(self, target: Target, content: Content, timeout: float) -> str:
        fault = self.faults[target.id].pop(0) if self.faults[target.id] else None
        if isinstance(fault, Refused):
            raise fault
        if fault == "offline":
            raise NotSent("offline")
        if fault != "lost":
            self.messages.append(Message(str(self.first_id + len(self.messages)), target, content.plain))
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault in ("lost", "delivered"):
            raise Unknown("Timeout: NTEvent")
        return self.messages[-1].id

    async def find(self, target: Target, reference: str, since: datetime) -> Found | Absent | NoHistory:
        self.looks += 1
        if not self.history:
            return NoHistory()
        for message in self.messages:
            if message.target == target and marks_in(message.text)[-1:] == [reference]:
                return Found(message.id)
        return Absent()

    async def may_write(self, target: Target) -> bool:
        self.asked[target.id] += 1
        return target.id not in self.closed

    async def recall(self, target: Target, message_id: str) -> bool:
        return False

    def texts(self, target_id: str) -> list[str]:
        return [message.text for message in self.messages if message.target.id == target_id]
