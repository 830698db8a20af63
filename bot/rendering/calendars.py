"""Dates as an .ics that phones subscribe to (icalendar lives here)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText

EVERY = timedelta(hours=1)
"""How often a subscriber is asked to look again; many look less often."""


@dataclass(frozen=True)
class Entry:
    """Something with a date: from ``begins`` to ``ends`` (days: both are its day). ``uid`` is its own for ever,
    ``revision`` counts its changes from 0; what is ``cancelled`` goes from the phone."""

    uid: str
    begins: datetime | date
    ends: datetime | date
    title: str
    place: str = ""
    text: str = ""
    revision: int = 0
    cancelled: bool = False


_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _text(said: str) -> str:
    """Without what may not stand in a calendar."""
    return _FORBIDDEN.sub("", said)


def calendar(name: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """The .ics; times are in UTC, which every calendar shows in its own."""
    made = Calendar()
    made.add("prodid", "-//xueban//zh//")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        made.add(key, vText(_text(name)))
    made.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(EVERY))
    for one in entries:
        event = Event()
        event.add("uid", one.uid)
        event.add("dtstamp", now)
        event.add("dtstart", one.begins)
        event.add("dtend", one.ends if isinstance(one.ends, datetime) else one.ends + timedelta(days=1))
        event.add("summary", _text(one.title))
        event.add("sequence", one.revision)
        event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
        if one.place:
            event.add("location", _text(one.place))
        if one.text:
            event.add("description", _text(one.text))
        if not isinstance(one.begins, datetime):
            event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())
