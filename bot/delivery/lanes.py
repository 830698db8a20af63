"""What the worker remembers of each account: its pace, its circuit, whether it is there."""

from bot.core.settings import DeliverySettings
from bot.delivery.flight import Outcome, Sent
from bot.delivery.rules import Circuit, Pacer
from bot.delivery.transport import NotSent, Refused, Unknown

OFFLINE_ALERT = 60.0
"""Seconds that a dropped connection may take to come back before anybody is told. A log-out is told at once."""

_REST = 1.0
"""Seconds of rest after a send that found no connection, so that nothing spins."""


class Account:
    """Limits of one account of the bot. Times are monotonic seconds."""

    def __init__(self, settings: DeliverySettings) -> None:
        self.pacer = Pacer(settings.pace, settings.jitter)
        self.circuit = Circuit(settings.circuit_after, settings.circuit_for)
        self._burst = settings.burst
        self._in_flight = 0
        self._rest_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until it may be worth claiming for this account; 0 if that is now or depends on results."""
        return max(self.pacer.wait(now), self.circuit.wait(now), self._rest_until - now, 0.0)

    def room(self, now: float) -> int:
        """How many messages may be claimed now."""
        if self.wait(now) > 0:
            return 0
        most = 1 if self.circuit.probing else self._burst
        room = max(most - self._in_flight, 0)
        return room if self.pacer.off else min(room, 1)

    def departed(self, now: float, chance: float) -> None:
        self._in_flight += 1
        self.pacer.take(now, chance)

    def landed(self, outcome: Outcome, now: float, *, counts: bool) -> bool:
        """Take note of a result; True if it opened the circuit. ``counts`` is False where the connection was cut."""
        self._in_flight -= 1
        match outcome:
            case Unknown():
                return counts and self.circuit.failed(now)
            case NotSent():
                self._rest_until = now + _REST
            case Sent() | Refused():
                self.circuit.succeeded()
        return False


class Presence:
    """Which accounts are there, and which absences somebody should hear of."""

    def __init__(self) -> None:
        self._here: set[str] = set()
        self._dropped_at: dict[str, float] = {}
        self._told: set[str] = set()

    def arrived(self, account: str) -> bool:
        """True if an absence that was told has ended."""
        self._here.add(account)
        self._dropped_at.pop(account, None)
        told = account in self._told
        self._told.discard(account)
        return told

    def dropped(self, account: str, now: float) -> None:
        self._dropped_at.setdefault(account, now)

    def newcomers(self, online: frozenset[str]) -> set[str]:
        """Accounts that are online and were never announced."""
        return set(online) - self._here

    def missing(self, online: frozenset[str], now: float) -> list[str]:
        """Accounts whose absence is to be told now; each absence once."""
        gone = []
        for account in sorted(self._here - online):
            if now < self._dropped_at.get(account, now - OFFLINE_ALERT) + OFFLINE_ALERT:
                continue
            self._here.discard(account)
            self._told.add(account)
            gone.append(account)
        return gone
