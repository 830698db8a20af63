"""Which groups have a discussion open, held in memory: whether a message may be a voice costs no query.

99 of 100 messages of a group are nobody's business; this is asked for each of them.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from bot.discussion import rules

_REMEMBERED = 5000
_FOR = 120.0
"""Seconds."""
_HASHES = "##"


@dataclass(frozen=True)
class Window:
    """An open discussion in one group."""

    discussion_id: int
    no: int
    title: str
    whole: bool


class Listening:
    """The open discussions by (platform, group id), kept up by whoever opens and ends them."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[Window, ...]] = {}
        self._elsewhere: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def hear(self, windows: Iterable[tuple[str, str, Window]]) -> None:
        """These are the open ones now: (platform, group id, window)."""
        found: dict[tuple[str, str], tuple[Window, ...]] = {}
        for platform, group_id, window in windows:
            found[platform, group_id] = (*found.get((platform, group_id), ()), window)
        self._windows = found

    def windows(self, platform: str, group_id: str | None) -> tuple[Window, ...]:
        return self._windows.get((platform, group_id), ()) if group_id is not None else ()

    def may_be_voice(self, platform: str, group_id: str, text: str, reply_to: str | None) -> bool:
        """Whether this is worth a look: in a group with an open discussion, a reply, a #话题#, or anything at all where
        everything counts."""
        windows = self._windows.get((platform, group_id))
        if not windows:
            return False
        if reply_to is not None and self._elsewhere.get((platform, group_id, reply_to), 0.0) <= monotonic():
            return True
        if any(window.whole for window in windows):
            return bool(text)
        return any(mark in text for mark in _HASHES) and self.by_tag(platform, group_id, text) is not None

    def by_tag(self, platform: str, group_id: str, text: str) -> Window | None:
        """The discussion that a #话题# means, the newest first."""
        tags = rules.tags_in(text)
        found = (one for one in reversed(self.windows(platform, group_id)) if rules.meant(tags, one.title, one.no))
        return next(found, None) if tags else None

    def elsewhere(self, platform: str, group_id: str, message_id: str) -> None:
        """Replies to this message belong to no discussion: for a while they needn't be looked at again.

        Not for ever: it may be a card of ours of which nobody knows yet that it has arrived.
        """
        self._elsewhere[platform, group_id, message_id] = monotonic() + _FOR
        if len(self._elsewhere) > _REMEMBERED:
            self._elsewhere.popitem(last=False)
