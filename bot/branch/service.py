"""What every feature asks about the branch: who is speaking, who should read, which groups, which number is next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.branch import repository, rules
from bot.branch.actor import LEADERS, Actor, Speaker
from bot.branch.models import Branch, BranchKind, ChatGroup, Leave, Member, MemberAccount, Role
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound


@dataclass(frozen=True)
class Reader:
    """A person who is expected to read: one of the roster, with the account by which they are reached, if any, and
    whether they are on leave or exempt on the day for which the roster was asked."""

    member_id: int
    name: str
    kind: str
    joined_on: date
    account: MemberAccount | None
    on_leave: bool = False
    exempt: bool = False


async def next_number(uow: UnitOfWork, branch_id: int, kind: str) -> int:
    """The next number of the branch for things of this kind, from 1 on, never given out twice."""
    return await repository.next_number(uow, branch_id, kind)


async def get(uow: UnitOfWork, branch_id: int) -> Branch:
    """The branch. Raises ``NotFound``."""
    branch = await repository.get_branch(uow, branch_id)
    if branch is None:
        raise NotFound("没有这个支部。")
    return branch


def ids_on(path: str) -> list[int]:
    """The ids from the root to the branch itself."""
    return [int(part) for part in path.strip("/").split("/") if part]


async def setting(uow: UnitOfWork, branch_id: int, key: str) -> str:
    """The value in force: the branch's own, else that of the nearest branch above, else the default."""
    chain = ids_on((await get(uow, branch_id)).path)
    own = await repository.settings_on_path(uow, chain, key)
    return next((own[i] for i in reversed(chain) if i in own), rules.SETTINGS[key].default)


async def having(uow: UnitOfWork, key: str, value: str) -> list[int]:
    """The branches in which this value of a setting is in force and isn't the default."""
    own = await repository.having(uow, key)
    found = []
    for path, set_here in own.items():
        if set_here == value:
            overruled = tuple(other for other in own if other != path and other.startswith(path))
            below = await repository.below(uow, path)
            found += [branch_id for branch_id, each, _, _ in below if not each.startswith(overruled)]
    return found


async def groups_of(uow: UnitOfWork, branch_id: int, below: bool = False) -> list[ChatGroup]:
    """The group chats of a branch, and with ``below`` those of every branch under it."""
    return list(await repository.groups(uow, (await get(uow, branch_id)).path, below=below))


async def pushed_to(uow: UnitOfWork, branch_id: int) -> list[int]:
    """The branch and those below it that have a group chat to read in. A 党小组 reads with its 支部."""
    rows = await repository.below(uow, (await get(uow, branch_id)).path)
    return [each for each, _, kind, group in rows if group and (each == branch_id or kind != BranchKind.GROUP)]


async def readers(uow: UnitOfWork, branch_id: int, on: date) -> list[Reader]:
    """Everybody who reads in the group of this branch: its own roster on that day and those of its 党小组, and that of
    whatever else is below it without a group chat of its own (a 支部 that shares the group of the 党委)."""
    rows = await repository.below(uow, (await get(uow, branch_id)).path)
    others = tuple(p for each, p, kind, group in rows if group and each != branch_id and kind != BranchKind.GROUP)
    return await _roster(uow, [each for each, own, _, _ in rows if not own.startswith(others)], on)


async def everybody(uow: UnitOfWork, branch_id: int, on: date) -> tuple[list[Reader], list[Reader]]:
    """The roster of the branch and of all below it: (who has a group chat among theirs to read in, who has none)."""
    rows = await repository.below(uow, (await get(uow, branch_id)).path)
    chatting = tuple(path for _, path, _, group in rows if group)
    heard = [each for each, path, _, _ in rows if path.startswith(chatting)]
    return await _roster(uow, heard, on), await _roster(uow, [each for each, *_ in rows if each not in heard], on)


async def _roster(uow: UnitOfWork, branch_ids: Sequence[int], on: date) -> list[Reader]:
    found: dict[int, Reader] = {}
    for member, account, exempt in await repository.roster(uow, branch_ids, on):
        one = found.setdefault(member.id, _reader(member, account))
        if exempt is not None:
            found[member.id] = replace(one, exempt=True) if exempt else replace(one, on_leave=True)
    return list(found.values())


async def as_reader(uow: UnitOfWork, actor: Actor) -> Actor:
    """``actor`` as somebody who reads (without their offices): who speaks in private and whose branch has no group chat
    reads in that of the nearest branch above that has one, as ``readers`` counts them."""
    if actor.group_id is not None or actor.branch_id is None:
        return actor
    line = ids_on((await get(uow, actor.branch_id)).path)
    places = await repository.having_group(uow, line)
    place = next((each for each in reversed(line) if each in places), actor.branch_id)
    return actor if place == actor.branch_id else replace(actor, branch_id=place, roles=frozenset())


def _reader(member: Member, account: MemberAccount | None) -> Reader:
    return Reader(member.id, member.name, member.kind, member.joined_on, account)


async def leaders(
    uow: UnitOfWork, branch_id: int, roles: frozenset[Role] = LEADERS, but: int | None = None
) -> list[Reader]:
    """Who is told things privately: the 书记 and 副书记 (or ``roles``) of the branch, else of the nearest one above it
    that has any. The member ``but`` is left out."""
    for chain in reversed(ids_on((await get(uow, branch_id)).path)):
        if found := [one for one in await officers(uow, chain, roles) if one.member_id != but]:
            return found
    return []


async def officers(uow: UnitOfWork, branch_id: int, roles: frozenset[Role]) -> list[Reader]:
    """Who holds one of ``roles`` in this very branch."""
    ids = await repository.holders(uow, [branch_id], roles)
    return await people(uow, ids) if ids else []


async def people(uow: UnitOfWork, member_ids: Sequence[int]) -> list[Reader]:
    """These members, each with an account by which they are reached, if any."""
    return list({m.id: _reader(m, account) for m, account in await repository.members(uow, member_ids)}.values())


async def leaves_between(uow: UnitOfWork, member_ids: list[int], first: date, last: date) -> dict[int, list[Leave]]:
    """The leaves and exemptions of these members that touch the days from ``first`` to ``last``."""
    found: dict[int, list[Leave]] = {}
    for leave in await repository.leaves(uow, member_ids, first, last):
        found.setdefault(leave.member_id, []).append(leave)
    return found


async def resolve_actors(uow: UnitOfWork, speakers: Sequence[Speaker], superusers: frozenset[str]) -> list[Actor]:
    """Who is speaking: in a group, for the branch of that group; in private, for the person's own branch, which of
    somebody in a 党小组 is the 支部 that it belongs to: there its people read, and there their offices are.

    Somebody from elsewhere who speaks in the group of a branch is no member there, but keeps roles that reach it.
    """
    known: dict[tuple[str, str], list[repository.PersonRow]] = {}
    for row in await repository.people(uow, {speaker.user_id for speaker in speakers}):
        known.setdefault((row[0], row[1]), []).append(row)
    groups = {speaker.group_id for speaker in speakers if speaker.group_id is not None}
    here = await repository.group_branches(uow, groups) if groups else {}
    return [
        _actor(speaker, known.get((speaker.platform, speaker.user_id), []), here, superusers) for speaker in speakers
    ]


def _actor(
    speaker: Speaker,
    known: list[repository.PersonRow],
    here: dict[tuple[str, str], tuple[int, str]],
    superusers: frozenset[str],
) -> Actor:
    actor = Actor(
        platform=speaker.platform,
        account=speaker.account,
        user_id=speaker.user_id,
        display_name=speaker.display_name,
        group_id=speaker.group_id,
        is_superuser=rules.bears_account(speaker.user_id, speaker.platform, superusers),
    )
    branch_id, path = None, ""
    if speaker.group_id is not None:
        branch_id, path = here.get((speaker.platform, speaker.group_id), (None, ""))
    elif known:
        branch_id, path = known[0][4], known[0][5]
        if known[0][8] == BranchKind.GROUP and len(above := ids_on(path)[:-1]) > 0:
            branch_id, path = above[-1], f"/{'/'.join(map(str, above))}/"
    if branch_id is None or not known:
        return replace(actor, branch_id=branch_id)
    roles = rules.roles_in([rules.Grant(Role(row[6]), str(row[7])) for row in known if row[6] is not None], path)
    _, _, member_id, name, _, home, *_ = known[0]
    belongs = home.startswith(path) or path.startswith(home)
    if not belongs and not roles:
        return replace(actor, branch_id=branch_id, is_guest=True)
    return replace(actor, branch_id=branch_id, member_id=member_id, member_name=name, roles=roles)


async def resolve_actor(uow: UnitOfWork, speaker: Speaker, superusers: frozenset[str]) -> Actor:
    """See ``resolve_actors``."""
    return (await resolve_actors(uow, [speaker], superusers))[0]


def today(uow: UnitOfWork) -> date:
    """The day on a Chinese wall calendar."""
    return to_local(uow.now).date()
