"""What the rules ask of a branch in a year, which of it has been held, and a plan of when to hold the rest."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.meeting.kinds import Circle, Kind, Per, all_kinds
from bot.scheduling.calendar import WorkdayCalendar

AHEAD = timedelta(days=21)
"""How long before a stretch ends unmet the secretary hears of it."""

THEME_DAY = "主题党日"
_MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}
_DAYS = {"支委会": 5, "党小组会": 12, "支部党员大会": 18, "党课": 20, "组织生活会": 10, "民主评议党员": 17}
"""On which day of its last month a meeting is proposed, so that they don't meet each other."""


@dataclass(frozen=True)
class Stretch:
    """Days in which one meeting of a kind is due; ``label`` is how it is said: 「四季度」."""

    first: date
    last: date
    label: str


@dataclass(frozen=True)
class Duty:
    """A kind that is asked for this year: in each of ``stretches`` at least ``each``; ``met`` are those that have it,
    ``called`` those for which one is called."""

    kind: Kind
    stretches: tuple[Stretch, ...]
    each: int
    met: frozenset[Stretch]
    called: frozenset[Stretch]
    held: int

    @property
    def required(self) -> int:
        return len(self.stretches) * self.each

    @property
    def done(self) -> int:
        return min(self.held, self.required) if self.each > 1 else len(self.met)

    def lacking(self, today: date) -> list[Stretch]:
        """The stretches that have begun and haven't what they need."""
        return [one for one in self.stretches if one.first <= today and one not in self.met]

    def running_out(self, today: date) -> list[Stretch]:
        """Those that end soon, unmet and with none called either."""
        return [
            one
            for one in self.stretches
            if one.last - AHEAD <= today <= one.last and one not in self.met and one not in self.called
        ]


@dataclass(frozen=True)
class Facts:
    """What the duties of a branch depend on."""

    full_members: int
    has_committee: bool
    groups: frozenset[int]
    lectures: int


@dataclass(frozen=True)
class Held:
    """A meeting of ``kind`` of the branch or (党小组会) of the group ``of_id`` on ``day``; or one that is called."""

    kind: str
    of_id: int
    day: date
    called: bool = False


def applies(kind: Kind, facts: Facts, committee_from: int) -> bool:
    """Whether this kind is asked of a branch like that."""
    if kind.per is Per.NONE or (kind.per is Per.SETTING and facts.lectures == 0):
        return False
    if kind.circle is Circle.GROUP:
        return bool(facts.groups)
    if kind.circle is Circle.COMMITTEE:
        return facts.has_committee or facts.full_members >= committee_from
    return True


def stretches(kind: Kind, year: int, lectures: int) -> tuple[tuple[Stretch, ...], int]:
    """(the stretches of the year, how many are due in each)."""
    if kind.per is not Per.SETTING:
        return _parts(year, _MONTHS[kind.per]), 1
    if 12 % lectures == 0:
        return _parts(year, 12 // lectures), 1
    return _parts(year, 12), lectures


def _parts(year: int, months: int) -> tuple[Stretch, ...]:
    found = []
    for start in range(1, 13, months):
        end = start + months - 1
        quarter = f"{'一二三四'[(start - 1) // 3]}季度"
        label = {1: f"{start}月", 3: quarter, 12: "今年"}.get(months, f"{start}—{end}月")
        found.append(Stretch(date(year, start, 1), date(year, end, monthrange(year, end)[1]), label))
    return tuple(found)


def of_year(year: int, facts: Facts, held: Collection[Held], committee_from: int) -> list[Duty]:
    """What is asked of a branch in that year and how it stands. A 党小组会 counts when every group has held one."""
    found = []
    for kind in all_kinds():
        if not applies(kind, facts, committee_from):
            continue
        parts, each = stretches(kind, year, facts.lectures)
        mine = [one for one in held if one.kind == kind.name]
        met = frozenset(part for part in parts if _enough(part, each, _done(mine), kind, facts))
        called = frozenset(part for part in parts if _enough(part, each, mine, kind, facts))
        count = sum(not one.called for one in mine)
        found.append(Duty(kind, parts, each, met, called, count))
    return found


def _done(held: Iterable[Held]) -> list[Held]:
    return [one for one in held if not one.called]


def _enough(part: Stretch, each: int, held: Collection[Held], kind: Kind, facts: Facts) -> bool:
    here = [one for one in held if part.first <= one.day <= part.last]
    if kind.circle is Circle.GROUP:
        return facts.groups <= {one.of_id for one in here}
    return len(here) >= each


@dataclass(frozen=True)
class Planned:
    """A meeting of ``kind`` on ``day``, as proposed."""

    kind: str
    day: date
    moved: bool = False


def propose(year: int, facts: Facts, theme_day: int, calendar: WorkdayCalendar, committee_from: int) -> list[Planned]:
    """A plan of the year: each meeting on its usual day in the last month of its stretch, moved off days that aren't
    worked, within the month. 主题党日 is on the branch's fixed day."""
    found = []
    for kind in all_kinds():
        if not applies(kind, facts, committee_from):
            continue
        parts, each = stretches(kind, year, facts.lectures)
        if each > 1:
            step = 12 / each
            parts = tuple(part for i, part in enumerate(_parts(year, 1), 1) if int(i // step) > int((i - 1) // step))
        usual = theme_day if kind.name == THEME_DAY else _DAYS.get(kind.name, 15)
        for part in parts:
            wanted = part.last.replace(day=min(usual, part.last.day))
            day = workday_near(wanted, calendar)
            found.append(Planned(kind.name, day, day != wanted))
    return sorted(found, key=lambda one: (one.day, one.kind))


def workday_near(day: date, calendar: WorkdayCalendar) -> date:
    """The day itself if it is worked, else the next worked one of its month, else the last one before."""
    for count in range(1, 31):
        if calendar.is_workday(day):
            return day
        later = day + timedelta(days=count)
        if later.month != day.month:
            break
        if calendar.is_workday(later):
            return later
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day
