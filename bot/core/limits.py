"""A flood by one person or from one address, or a page where a word is wanted, must not slow the others down."""

from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

from bot.core.errors import UserError

SEARCHED = 60
"""Characters that are searched for: each word is a condition of the query, and comes back in the answer."""


def short_enough(words: str, example: str) -> None:
    """Raises ``UserError`` for more than anybody searches for, with ``example`` of what to write."""
    if len(words) > SEARCHED:
        raise UserError(f"要找的太长了,写一两个词就行,比如:{example}")


class RateLimit:
    """A token bucket each: ``burst`` at once, then ``per_second``. Remembers the last ``people`` only."""

    def __init__(self, burst: float = 60, per_second: float = 1.0, people: int = 10_000) -> None:
        self._burst, self._rate, self._people = burst, per_second, people
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def allow(self, person: Hashable, now: float | None = None) -> bool:
        """Whether this person may be served now (``now``: seconds of a monotonic clock)."""
        now = monotonic() if now is None else now
        tokens, then = self._buckets.pop(person, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        self._buckets[person] = (tokens - 1 if tokens >= 1 else tokens, now)
        if len(self._buckets) > self._people:
            self._buckets.popitem(last=False)
        return tokens >= 1
