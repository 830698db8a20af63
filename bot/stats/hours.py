"""学时 of people over some days: where they come from, and what each should have by then."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.branch import service as branch
from bot.branch.rules import SETTINGS
from bot.branch.service import ids_on
from bot.core.db import UnitOfWork
from bot.hours import repository as ledger
from bot.hours import rules
from bot.hours.models import Source
from bot.stats import repository
from bot.stats.asking import bounds
from bot.stats.repository import Person
from bot.study import figures as study
from bot.study.figures import Own

AT_ONCE = 250
"""People that one query asks about."""


@dataclass(frozen=True)
class Hours:
    """``by_source`` are half hours; ``need`` what the year asks of this person up to the last day, ``year`` the hours
    of a whole year by their role. ``study`` are their readings in these days; ``exempt``: of some of them."""

    person: Person
    study: Own
    by_source: Mapping[Source, int]
    need: int
    year: int
    exempt: bool

    @property
    def have(self) -> int:
        return sum(self.by_source.values())

    @property
    def short(self) -> int:
        """Half hours that are missing."""
        return max(self.need - self.have, 0)


async def hours(uow: UnitOfWork, path: str, first: date, last: date) -> list[Hours]:
    """Of everybody on the roster of the branch at ``path`` and below on the ``last`` day."""
    ids = await repository.ids(uow, path, last, last)
    return [one async for batch in in_batches(uow, ids, first, last) for one in batch]


async def in_batches(uow: UnitOfWork, ids: Sequence[int], first: date, last: date) -> AsyncIterator[list[Hours]]:
    """Of these members some at a time: of ten thousand people never all at once."""
    for start in range(0, len(ids), AT_ONCE):
        yield await of_people(uow, await repository.people(uow, ids[start : start + AT_ONCE]), first, last)


async def of_people(uow: UnitOfWork, people: Sequence[Person], first: date, last: date) -> list[Hours]:
    """Of these, gone ones too. Hours go with the person, wherever they were earned."""
    ids = [person.id for person in people]
    years = await _years(uow, people)
    read = await study.by_member(uow, *bounds(first, last), ids)
    sources: dict[int, dict[Source, int]] = {}
    for member, source, halves in await ledger.sums(uow, ids, first, last):
        sources.setdefault(member, {})[source] = halves
    leaves = await branch.leaves_between(uow, ids, first, last)
    found = []
    for person in people:
        own = read.get(person.id, Own())
        by_source = {Source.READING: own.halves} | sources.get(person.id, {})
        member_year, committee_year = years[person.path]
        asked = rules.Person(person.kind, person.committee, person.joined_on, person.left_on)
        days = leaves.get(person.id, ())
        need = rules.required(asked, days, first, last, member_year, committee_year)
        year = committee_year if person.committee else member_year
        exempt = any(one.exempt for one in days)
        found.append(Hours(person, own, {s: n for s, n in by_source.items() if n}, need, year, exempt))
    return found


async def _years(uow: UnitOfWork, people: Sequence[Person]) -> dict[str, tuple[int, int]]:
    """Path of a branch → the hours of a year there, of members and of the committee."""
    set_here = {key: await repository.own_settings(uow, key) for key in ("hours_member", "hours_committee")}
    found: dict[str, tuple[int, int]] = {}
    for path in {person.path for person in people}:
        chain = list(reversed(ids_on(path)))
        member, committee = (
            next((own[i] for i in chain if i in own), SETTINGS[key].default) for key, own in set_here.items()
        )
        found[path] = int(member), int(committee)
    return found
