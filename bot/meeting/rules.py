"""Decisions about meetings that need no database: when one signs in, what the clock does, what a count says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.core.clock import CHINA, to_local
from bot.meeting.kinds import Quorum
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.words import WEEKDAYS

EVENING = time(19, 0)
"""When people are reminded on the day before: after work, well before the quiet hours."""
BEFORE = timedelta(hours=1)
"""How long before the beginning they are reminded again."""
EARLIEST, LATEST = time(7, 0), time(21, 0)
"""A meeting that begins outside of this is asked about: it may be a slip."""
LONGEST = timedelta(hours=12)
WRONG_MOST = 5
"""Wrong numbers at the place after which somebody has to go to the chair."""


class Step(StrEnum):
    """What the clock does about a meeting, in this order."""

    EVENING = "evening"
    HOUR = "hour"
    START = "start"
    END = "end"


def steps(starts: datetime, ends: datetime) -> list[tuple[datetime, Step]]:
    """When each step is due."""
    day = to_local(starts).date() - timedelta(days=1)
    evening = datetime.combine(day, EVENING, CHINA).astimezone(starts.tzinfo)
    return [(evening, Step.EVENING), (starts - BEFORE, Step.HOUR), (starts, Step.START), (ends, Step.END)]


def next_step(starts: datetime, ends: datetime, now: datetime) -> datetime | None:
    """When the clock has to look at it again; None when all is over."""
    return next((at for at, _ in steps(starts, ends) if at > now), None)


def due_step(starts: datetime, ends: datetime, now: datetime) -> Step | None:
    """What is to be done now: after the bot was off only the last of what it slept through."""
    return next((step for at, step in reversed(steps(starts, ends)) if at <= now), None)


@dataclass(frozen=True)
class Window:
    """When one may sign in: from ``opens`` until ``closes``; after ``late_from`` one is late."""

    opens: datetime
    late_from: datetime
    closes: datetime


def window(starts: datetime, ends: datetime, open_minutes: int, late_minutes: int) -> Window:
    return Window(starts - timedelta(minutes=open_minutes), starts + timedelta(minutes=late_minutes), ends)


def oddities(starts: datetime, calendar: WorkdayCalendar) -> list[str]:
    """What should be asked about before a meeting is called for this time: nothing of it is forbidden."""
    local = to_local(starts)
    found = []
    if not EARLIEST <= local.time() <= LATEST:
        found.append(f"{local:%-H:%M} 太早或太晚")
    if not calendar.is_workday(local.date()):
        found.append(f"{local.month}月{local.day}日(周{WEEKDAYS[local.weekday()]})是休息日")
    return found


@dataclass(frozen=True)
class Person:
    """Somebody on the list of a meeting as it stands. ``excused``: asked leave, or is on leave on that day."""

    member_id: int
    name: str
    expected: bool
    voting: bool
    signed_at: datetime | None
    late: bool
    left_at: datetime | None
    excused: bool
    gone: bool
    method: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Attendance:
    """The one truth about who came. ``present``, ``excused`` and ``absent`` make up those who were to come; ``guests``
    came beside them."""

    present: tuple[Person, ...]
    excused: tuple[Person, ...]
    absent: tuple[Person, ...]
    guests: tuple[Person, ...]

    @property
    def expected(self) -> int:
        return len(self.present) + len(self.excused) + len(self.absent)

    @property
    def late(self) -> tuple[Person, ...]:
        return tuple(person for person in self.present if person.late)

    @property
    def left(self) -> tuple[Person, ...]:
        return tuple(person for person in self.present if person.left_at is not None)


def attendance(people: Collection[Person]) -> Attendance:
    """Sort the list of a meeting. Who has left the branch without having been there doesn't count."""
    to_come = [one for one in people if one.expected and (one.signed_at is not None or not one.gone)]
    return Attendance(
        tuple(one for one in to_come if one.signed_at is not None),
        tuple(one for one in to_come if one.signed_at is None and one.excused),
        tuple(one for one in to_come if one.signed_at is None and not one.excused),
        tuple(one for one in people if not one.expected and one.signed_at is not None),
    )


@dataclass(frozen=True)
class Votes:
    """``here`` of ``of`` people with a vote are in the room, ``needed`` must be."""

    here: int
    of: int
    needed: int

    @property
    def enough(self) -> bool:
        return self.here >= self.needed

    @property
    def missing(self) -> int:
        return max(self.needed - self.here, 0)


def votes(people: Collection[Person], quorum: Quorum | None) -> Votes | None:
    """Whether a meeting may decide, now. None where its kind needs no number of people."""
    if quorum is None:
        return None
    voting = [one for one in people if one.voting and not (one.gone and one.signed_at is None)]
    here = sum(one.signed_at is not None and one.left_at is None for one in voting)
    return Votes(here, len(voting), quorum.needed(len(voting)))


def was_held(people: Collection[Person], quorum: Quorum | None) -> bool:
    """Whether enough were there, be it that some left early."""
    if quorum is None:
        return any(one.signed_at is not None for one in people)
    voting = [one for one in people if one.voting and not (one.gone and one.signed_at is None)]
    return sum(one.signed_at is not None for one in voting) >= quorum.needed(len(voting))


def halves_of(person: Person, starts: datetime, ends: datetime, minutes_per_hour: int) -> int:
    """The half hours of study that somebody has earned by the time they were there, rounded to the nearest."""
    if person.signed_at is None:
        return 0
    came = max(person.signed_at, starts) if person.late else starts
    left = min(person.left_at or ends, ends)
    minutes = max((left - came).total_seconds() / 60, 0)
    return round(minutes * 2 / minutes_per_hour)
