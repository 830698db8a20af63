"""统计: the figures of a branch and of those below it over some days, against the days before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.branch.models import Branch, BranchKind
from bot.branch.service import ids_on
from bot.core.db import UnitOfWork
from bot.discussion import records as discussion
from bot.hours import repository as ledger
from bot.hours.models import Source
from bot.notice import figures as notice
from bot.scheduling.reporting import Span
from bot.stats import repository
from bot.stats.asking import Stretch, bounds, need_whole
from bot.study import figures as study
from bot.study.figures import Count, Line


@dataclass(frozen=True)
class Figures:
    """``booked``: half hours from the ledger by source; ``wanted`` receipts that count, ``given`` those of them that
    came; ``speakers`` spoke in discussions, ``voices`` times."""

    people: int
    study: Count
    booked: Mapping[Source, int]
    notices: int
    wanted: int
    given: int
    discussions: int
    speakers: int
    voices: int

    @property
    def halves(self) -> int:
        """All half hours, of readings and from the ledger."""
        return self.study.halves + sum(self.booked.values())


@dataclass(frozen=True)
class Below:
    """A branch below with all under it, or (``no`` 0) what the asked branch did itself. ``no`` is typed to see it."""

    no: int
    id: int
    name: str
    people: int
    study: Count
    halves: int
    wanted: int
    given: int


@dataclass(frozen=True)
class Alone:
    """``lines`` are the readings of the branch itself, ``below`` the branches directly under it in the order of the
    tree (党小组 belong to their 支部), empty for a 支部."""

    branch: Branch
    stretch: Stretch
    now: Figures
    lines: list[Line]
    below: list[Below]


@dataclass(frozen=True)
class Overview(Alone):
    """The same beside the figures of the days before."""

    before: Figures


async def overview(uow: UnitOfWork, branch: Branch, stretch: Stretch) -> Overview:
    """Raises ``UserError`` for days of which there are no figures any more (``need_whole``)."""
    found = await alone(uow, branch, stretch)
    return Overview(**vars(found), before=await figures(uow, branch, stretch.before))


async def alone(uow: UnitOfWork, branch: Branch, stretch: Stretch) -> Alone:
    """Raises ``UserError`` for days of which there are no figures any more (``need_whole``)."""
    await need_whole(uow, stretch)
    first, last = stretch.span.first, stretch.until
    tree = await repository.tree(uow, branch.path)
    lines = await study.by_reading(uow, branch.path, *bounds(first, last)) if len(tree) == 1 else None
    now, parts = await _figures(uow, branch.path, first, last, lines)
    below = _below(branch, tree, parts)
    if lines is None:
        lines = [] if below else await study.by_reading(uow, branch.path, *bounds(first, last))
    return Alone(branch, stretch, now, lines, below)


async def figures(uow: UnitOfWork, branch: Branch, span: Span) -> Figures:
    """Of the branch and those below it, nothing else."""
    return (await _figures(uow, branch.path, span.first, span.last))[0]


@dataclass(frozen=True)
class _Parts:
    """Figures by branch id."""

    people: Mapping[int, int]
    study: Mapping[int, Count]
    booked: Mapping[int, Mapping[Source, int]]
    receipts: Mapping[int, tuple[int, int, int]]


async def _figures(
    uow: UnitOfWork, path: str, first: date, last: date, lines: Sequence[Line] | None = None
) -> tuple[Figures, _Parts]:
    """``lines``: all readings, where they are known already."""
    start, end = bounds(first, last)
    people = await repository.head_counts(uow, path, first, last)
    known = {ids_on(path)[-1]: sum((line.count for line in lines), Count())} if lines is not None else None
    parts = _Parts(
        people,
        await study.by_branch(uow, path, start, end) if known is None else known,
        await ledger.by_branch(uow, path, first, last),
        await notice.by_branch(uow, path, start, end),
    )
    spoken = await discussion.spoken(uow, path, start, end)
    opened = await discussion.opened(uow, path, start, end)
    total = sum(parts.study.values(), Count())
    reached = [notices for notices, _, _ in parts.receipts.values()]
    return Figures(
        people=sum(people.values()),
        study=total,
        booked={source: sum(one.get(source, 0) for one in parts.booked.values()) for source in Source},
        notices=await notice.published(uow, path, start, end) if len(reached) > 1 else sum(reached),
        wanted=sum(wanted for _, wanted, _ in parts.receipts.values()),
        given=sum(given for _, _, given in parts.receipts.values()),
        discussions=sum(opened.values()),
        speakers=len(spoken),
        voices=sum(voices for _, voices in spoken.values()),
    ), parts


def _below(branch: Branch, tree: Sequence[tuple[int, str, str, str]], parts: _Parts) -> list[Below]:
    """What each branch directly below adds up to, that of the branch itself first if there is any."""
    depth = len(ids_on(branch.path))
    shown = {one: name for one, name, kind, path in tree if len(ids_on(path)) == depth + 1 and kind != BranchKind.GROUP}
    if not shown:
        return []
    under: dict[int, list[int]] = {one: [] for one in shown}
    own: list[int] = []
    for one, _, _, path in tree:
        top = ids_on(path)[depth] if len(ids_on(path)) > depth else None
        (under[top] if top is not None and top in under else own).append(one)
    found = [_sum(no, one, name, parts, under[one]) for no, (one, name) in enumerate(shown.items(), 1)]
    itself = _sum(0, branch.id, "本级", parts, own)
    return [itself, *found] if itself.study.readings or itself.people else found


def _sum(no: int, branch_id: int, name: str, parts: _Parts, ids: list[int]) -> Below:
    count = sum((parts.study[one] for one in ids if one in parts.study), Count())
    receipts = [parts.receipts[one] for one in ids if one in parts.receipts]
    return Below(
        no=no,
        id=branch_id,
        name=name,
        people=sum(parts.people.get(one, 0) for one in ids),
        study=count,
        halves=count.halves + sum(sum(parts.booked[one].values()) for one in ids if one in parts.booked),
        wanted=sum(wanted for _, wanted, _ in receipts),
        given=sum(given for _, _, given in receipts),
    )
