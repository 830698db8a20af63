"""The decisions of delivery, without clock, database or network: when to look again, when to retry, how fast to go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.transport import Absent, Found, NoHistory

MAX_ATTEMPTS = 2
"""A message reaches the wire at most this often by itself."""

MAX_CLAIMS = 10
"""A message that was claimed more often than this and is still open is given to a person: something is odd about it."""

OFFLINE_LIMIT = timedelta(days=1)
"""An unknown whose account stays away for longer is given to a person."""


class Step(StrEnum):
    SENT = "sent"
    WAIT = "wait"
    RETRY = "retry"
    HUMAN = "human"


@dataclass(frozen=True)
class Settled:
    """What to do with an unknown message. ``look_at`` is the next look (only with WAIT)."""

    step: Step
    look_at: datetime | None = None
    message_id: str = ""
    absent_since: datetime | None = None
    reason: str = ""


def settle(
    look: Found | Absent | NoHistory,
    *,
    now: datetime,
    looking_since: datetime,
    absent_since: datetime | None,
    attempts: int,
    absent_gap: float,
    reconcile_for: float,
) -> Settled:
    """Decide after one look into the history. ``attempts`` are the sends so far that the platform left open.

    Sent again only after it was missing twice, ``absent_gap`` seconds apart, in a history that reaches back before the
    send, and only once; whatever stays open for ``reconcile_for`` seconds of looking goes to a person.
    """
    gap, limit = timedelta(seconds=absent_gap), timedelta(seconds=reconcile_for)
    match look:
        case Found(message_id):
            return Settled(Step.SENT, message_id=message_id)
        case Absent():
            if absent_since is None:
                return Settled(Step.WAIT, now + gap, absent_since=now)
            if now < absent_since + gap:
                return Settled(Step.WAIT, absent_since + gap, absent_since=absent_since)
            if attempts < MAX_ATTEMPTS:
                return Settled(Step.RETRY, reason="两次在聊天记录里都没有找到,重发一次")
            return Settled(Step.HUMAN, reason="重发之后仍没有找到")
        case NoHistory():
            if now >= looking_since + limit:
                return Settled(Step.HUMAN, reason="没有回音,聊天记录也查不到")
            return Settled(Step.WAIT, min(now + min(gap, limit / 6), looking_since + limit), absent_since=absent_since)


class Pacer:
    """A token bucket of one token: after each message the account rests for ``pace`` to ``pace + jitter`` seconds."""

    def __init__(self, pace: float, jitter: float) -> None:
        self._pace = pace
        self._jitter = jitter
        self._ready_at = 0.0

    @property
    def off(self) -> bool:
        return self._pace == 0

    def wait(self, now: float) -> float:
        """Seconds until the next token; 0 if there is one. ``now`` is a monotonic time."""
        return 0.0 if self.off else max(0.0, self._ready_at - now)

    def take(self, now: float, chance: float) -> None:
        """Use the token. ``chance`` in [0, 1) makes the rest irregular, as a person's would be."""
        self._ready_at = now + self._pace + self._jitter * chance


class Circuit:
    """Opens after ``after`` unknown sends in a row and lets nothing through for ``duration`` seconds; then one message
    tries, and one more unknown opens it again."""

    def __init__(self, after: int, duration: float) -> None:
        self._after = after
        self._duration = duration
        self._unknowns = 0
        self._open_until = float("-inf")
        self._tripped = False

    def wait(self, now: float) -> float:
        """Seconds until something may be sent. ``now`` is a monotonic time."""
        return max(0.0, self._open_until - now)

    @property
    def probing(self) -> bool:
        """It was open and nothing has succeeded since: one message at a time, please."""
        return self._tripped

    def succeeded(self) -> None:
        self._unknowns = 0
        self._open_until = float("-inf")
        self._tripped = False

    def failed(self, now: float) -> bool:
        """Count an unknown; True if this one opened the circuit."""
        if self._open_until > now:
            return False
        self._unknowns += 1
        if self._unknowns < self._after:
            return False
        self._unknowns = self._after - 1
        self._tripped = True
        self._open_until = now + self._duration
        return True
