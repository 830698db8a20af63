"""What is signed for one thing is good for nothing else, be it as long."""

from datetime import UTC, datetime

from bot.core.signing import sign, unsign
from bot.meeting import feed
from bot.study.models import Assignment
from bot.study.pages import Link, Pages

KEY, NOW = b"k" * 32, datetime(2026, 11, 24, tzinfo=UTC)
PAGES, LINK = Pages("https://x.example", KEY), Link(1, None, NOW)


def other(signed: str) -> str:
    """The same of another kind, as rightly signed."""
    return sign(KEY, b"X" + (unsign(KEY, signed) or b"")[1:])


def test_a_link_is_to_a_reading_only() -> None:
    signed = PAGES.of_push(Assignment(id=1, due_at=NOW)).rpartition("/")[2]
    assert PAGES.read(signed) is not None
    assert PAGES.read(other(signed)) is None


def test_a_visit_is_of_a_page_only() -> None:
    signed = PAGES.open(LINK, NOW)
    assert PAGES.opened(signed, LINK) is not None
    assert PAGES.opened(other(signed), LINK) is None


def test_a_calendar_is_one_only() -> None:
    signed = sign(KEY, feed._FORM.pack(feed._KIND, 1, 0))
    assert feed.read(PAGES.links, signed) == feed.Subscription(1, 0)
    assert feed.read(PAGES.links, other(signed)) is None
