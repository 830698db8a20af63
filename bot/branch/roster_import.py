"""Use case: the roster in an .xlsx becomes the roster of a branch: all of it, or nothing and the reasons by row.

It is planned twice: for the preview, and again when it is confirmed, because the roster may have changed in between.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.branch import audit, counting
from bot.branch import organisation_repository as organisation
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, BranchKind, Member, MemberKind, Role
from bot.branch.roster_repository import Entry
from bot.branch.roster_sheet import Problem, SheetRow
from bot.core.db import UnitOfWork


@dataclass(frozen=True)
class Step:
    """What a row does: ``entry`` is who it is on the roster already (None: somebody new), ``home`` the branch that they
    are put in (None: they stay), ``group`` the 党小组 below it, found or made, that they are put in instead."""

    row: SheetRow
    entry: Entry | None
    home: Branch | None
    group: str | None
    changes: bool


@dataclass
class Plan:
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def added(self) -> int:
        return sum(step.entry is None for step in self.steps)

    @property
    def updated(self) -> int:
        return sum(step.entry is not None and step.changes for step in self.steps)

    @property
    def unchanged(self) -> int:
        return len(self.steps) - self.added - self.updated


async def plan(uow: UnitOfWork, actor: Actor, rows: Sequence[SheetRow]) -> Plan:
    """What importing ``rows`` into the actor's branch would do, or why it can't be done."""
    here = await branch.get(uow, actor.branch)
    branches = await repository.subtree(uow, here.path)
    by_id = {one.id: one for one in branches}
    owners = await repository.owners(uow, actor.platform, [row.qq for row in rows if row.qq is not None])
    named: dict[str, list[Entry]] = {}
    for known in await repository.entries(uow, here.path, branch.today(uow)):
        named.setdefault(known.member.name, []).append(known)
    times = Counter(row.name for row in rows)
    found = Plan()
    for row in rows:
        entry = _match(row, named.get(row.name, []), owners, actor.platform, alone=times[row.name] == 1)
        place = _place(row, here, branches)
        problem = next((one for one in (entry, place) if isinstance(one, str)), None)
        if problem is not None:
            found.problems.append(Problem(row.number, problem))
            continue
        assert not isinstance(entry, str)
        assert not isinstance(place, str)
        home, group = place
        if entry is not None and (home is None or _is_in(by_id[entry.member.branch_id], home, group)):
            home = group = None
        changes = entry is None or home is not None or _differs(row, entry, owners)
        found.steps.append(Step(row, entry, home, group, changes))
    return found


def _match(
    row: SheetRow, same: list[Entry], owners: dict[str, int], platform: str, *, alone: bool
) -> Entry | str | None:
    """Who on the roster a row is; None for somebody new, a text where it can't be told."""
    if row.qq is not None and (owner := owners.get(row.qq)) is not None:
        known = next((entry for entry in same if entry.member.id == owner), None)
        return known or f"QQ号 {row.qq} 已经绑定了别人"
    free = [entry for entry in same if not any(account.platform == platform for account in entry.accounts)]
    if not same or (row.qq is not None and not free and not alone):
        return None
    if len(same) > 1 or not alone:
        return f"分不清是名册上的哪一位{row.name},请都写上 QQ号"
    if row.qq is not None and not free:
        return f"{row.name}已经绑定了别的 QQ,换号请先发「解绑 {row.name}」"
    return same[0]


def _place(row: SheetRow, here: Branch, branches: Sequence[Branch]) -> tuple[Branch | None, str | None] | str:
    """The branch that the row names and its 党小组; both None where it says nothing."""
    home: Branch | None = None
    if row.branch is not None:
        home = here if row.branch in (here.name, f"{here.name}委员会") else None
        home = home or next((one for one in branches if one.name == row.branch), None)
        if home is None:
            return f"没有「{row.branch[:20]}」这个支部"
    if row.group is None:
        return home, None
    group = f"第{row.group}党小组" if row.group.isdecimal() else row.group[:40]
    parent = home or here
    if group == parent.name:
        return parent, None
    if parent.kind not in (BranchKind.BRANCH, BranchKind.GROUP):
        return "党小组在支部下面,请写上是哪个支部"
    if parent.kind == BranchKind.GROUP:
        return f"「{parent.name}」下面不能再有党小组"
    return parent, group


def _is_in(at: Branch, home: Branch, group: str | None) -> bool:
    if group is not None:
        return at.name == group and at.parent_id == home.id
    return at.path.startswith(home.path)


def _differs(row: SheetRow, entry: Entry, owners: dict[str, int]) -> bool:
    return (
        (row.kind is not None and row.kind.value != entry.member.kind)
        or (row.joined_on is not None and row.joined_on != entry.member.joined_on)
        or (row.qq is not None and row.qq not in owners)
        or not set(row.roles) <= set(entry.roles)
    )


async def take_in(uow: UnitOfWork, actor: Actor, rows: Sequence[SheetRow]) -> Plan:
    """Import ``rows`` as they can be now, or nothing where there are problems."""
    await organisation.hold_tree(uow)
    await counting.hold(uow, repository.on_roster((await branch.get(uow, actor.branch)).path))
    planned = await plan(uow, actor, rows)
    if not planned.problems:
        await _apply(uow, actor, planned)
    return planned


async def _apply(uow: UnitOfWork, actor: Actor, planned: Plan) -> None:
    here = await branch.get(uow, actor.branch)
    branches = {one.id: one for one in await repository.subtree(uow, here.path)}
    done: list[tuple[SheetRow, Member]] = []
    moves: dict[Member, int] = {}
    for step in planned.steps:
        if step.changes:
            home = step.home
            if home is not None and step.group is not None:
                home = await _group(uow, home, step.group, branches)
            member = _member(uow, step, home, here)
            done.append((step.row, member))
            if home is not None and step.entry is not None and member.branch_id != home.id:
                moves[member] = home.id
    await uow.session.flush()
    await counting.move(uow, moves)
    owners = await repository.owners(uow, actor.platform, [row.qq for row, _ in done if row.qq is not None])
    for row, member in done:
        if row.qq is not None and row.qq not in owners:
            repository.add_account(uow, member.id, actor.platform, row.qq, "", actor.account)
        for role in row.roles:
            await repository.grant(uow, _office_in(branches[member.branch_id], role, branches), member.id, role)
    counts = {"added": planned.added, "updated": planned.updated}
    await audit.record(uow, actor, "roster.import", detail=counts)


async def _group(uow: UnitOfWork, home: Branch, name: str, branches: dict[int, Branch]) -> Branch:
    known = next((one for one in branches.values() if one.parent_id == home.id and one.name == name), None)
    if known is None:
        known = await repository.add_branch(uow, home, BranchKind.GROUP, name)
        branches[known.id] = known
    return known


def _member(uow: UnitOfWork, step: Step, home: Branch | None, here: Branch) -> Member:
    row = step.row
    if step.entry is None:
        member = Member(
            branch_id=(home or here).id,
            name=row.name,
            kind=(row.kind or MemberKind.FULL).value,
            joined_on=row.joined_on or branch.today(uow),
            created_at=uow.now,
        )
        uow.session.add(member)
        return member
    member = step.entry.member
    member.kind = row.kind.value if row.kind is not None else member.kind
    member.joined_on = row.joined_on or member.joined_on
    return member


def _office_in(at: Branch, role: Role, branches: dict[int, Branch]) -> int:
    """A 党小组长 leads the group that they are in; the other offices are of the branch that it belongs to."""
    if role is not Role.GROUP_LEADER and at.kind == BranchKind.GROUP and at.parent_id in branches:
        return branches[at.parent_id].id
    return at.id
