"""How the platform misbehaves: one fault for each of the next sends, or by chance, or a lasting state."""

import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


class Fault(StrEnum):
    """What becomes of one send."""

    NONE = "none"
    SLOW = "slow"
    """Delivered and answered after ``Behaviour.seconds``."""
    LATE = "late"
    """Delivered at once, answered after ``Behaviour.seconds``."""
    LOST_ANSWER = "lost_answer"
    """Delivered, never answered."""
    LOST = "lost"
    """Neither delivered nor answered."""
    TIMEOUT_DELIVERED = "timeout_delivered"
    """Answered 1200 "Timeout: NTEvent…", though delivered."""
    TIMEOUT_LOST = "timeout_lost"
    """Answered 1200 "Timeout: NTEvent…", and not delivered."""
    REMOVED = "removed"
    """Refused: result 110."""
    MUTED = "muted"
    """Refused: result 120."""
    REFUSED = "refused"
    """Refused for another reason: result 1."""
    DROP_BEFORE = "drop_before"
    """The socket drops before the message is stored."""
    DROP_AFTER = "drop_after"
    """The message is stored, then the socket drops without an answer."""


Stage = Literal["received", "stored", "answered"]
Watch = Callable[[Stage, dict[str, Any]], Awaitable[None] | None]


@dataclass
class _Planned:
    fault: Fault
    left: int
    group_id: int | None
    user_id: int | None


@dataclass
class Behaviour:
    """All that can be wrong. A new one behaves well."""

    delay: float = 0.0
    """Seconds before any action is looked at."""
    seconds: float = 5.0
    """How slow SLOW and how late LATE is."""
    rates: dict[Fault, float] = field(default_factory=dict)
    """The share of sends that meet a fault, 0–1 each."""
    history: Literal["whole", "empty", "failing"] = "whole"
    echo: bool = True
    """Whether a faulty send that was delivered is still reported as message_sent."""
    reactions: bool = True
    """False: this implementation doesn't know set_msg_emoji_like (1404)."""
    online: bool = True
    seed: int = 0
    watch: Watch | None = None
    """Called at each stage of each send with the action's frame: the place to kill a process."""

    def __post_init__(self) -> None:
        self._planned: deque[_Planned] = deque()
        self._random = random.Random(self.seed)

    def next(
        self, fault: Fault | str, times: int = 1, *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        """Let the next ``times`` sends meet ``fault``; only those to the group or person, if one is given."""
        self._planned.append(_Planned(Fault(fault), times, group_id, user_id))

    def always(self, fault: Fault | str) -> None:
        """Let every send meet ``fault``; NONE ends it."""
        self.rates = {Fault(fault): 1.0} if Fault(fault) is not Fault.NONE else {}

    def take(self, group_id: int | None, user_id: int | None) -> Fault:
        """The fault of the send that is at hand."""
        for planned in self._planned:
            if planned.group_id not in (None, group_id) or planned.user_id not in (None, user_id):
                continue
            planned.left -= 1
            if planned.left <= 0:
                self._planned.remove(planned)
            return planned.fault
        chance = self._random.random()
        for fault, rate in self.rates.items():
            if chance < rate:
                return fault
            chance -= rate
        return Fault.NONE

    def heal(self) -> None:
        """Behave well again. Being offline and the watch stay as they are."""
        self.delay, self.history, self.echo, self.reactions = 0.0, "whole", True, True
        self.rates.clear()
        self._planned.clear()

    def describe(self) -> dict[str, Any]:
        """For the browser. ``kind`` is the lasting fault, or what the next sends will meet."""
        kind = next((f.value for f, rate in self.rates.items() if rate > 0), None)
        if kind is None and self._planned:
            kind = self._planned[0].fault.value
        return {
            "kind": kind or "none",
            "seconds": self.seconds,
            "delay": self.delay,
            "rates": {fault.value: rate for fault, rate in self.rates.items()},
            "next": [{"kind": p.fault.value, "times": p.left, "group_id": p.group_id} for p in self._planned],
            "history": self.history,
            "echo": self.echo,
            "reactions": self.reactions,
        }
