"""Which slot of a plan is due: a pure decision. The database makes it happen once, by a UNIQUE (plan, planned_for).

After a downtime or a jump of the clock at most one slot runs, the newest, and only if it is not older than the grace
time: people get one push in the morning, not a pile of stale ones.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import Recurrence


@dataclass(frozen=True)
class Decision:
    """``run`` is the slot to run now, if any; ``missed`` are those to log and let go; ``next_at`` is to be stored."""

    run: datetime | None
    missed: tuple[datetime, ...]
    next_at: datetime


def decide(
    next_at: datetime,
    now: datetime,
    grace: timedelta,
    recurrence: Recurrence,
    calendar: WorkdayCalendar,
    start: datetime | None = None,
) -> Decision:
    """What to do at ``now`` for a plan whose stored next slot is ``next_at``.

    If the clock was set back, ``next_at`` moves back with it, so that the days in between get their push; a slot that
    ran already is proposed again then, and it is the UNIQUE key that keeps it from running twice. ``start`` is the
    instant before which the plan has no slots.
    """
    if now < next_at:
        begin = now if start is None else max(now, start - timedelta(microseconds=1))
        return Decision(None, (), min(next_at, recurrence.next_after(begin, calendar)))
    due = [next_at]
    while (following := recurrence.next_after(due[-1], calendar)) <= now:
        due.append(following)
    if now - due[-1] <= grace:
        return Decision(due[-1], tuple(due[:-1]), following)
    return Decision(None, tuple(due), following)
