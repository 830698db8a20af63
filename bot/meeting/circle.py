"""Whose meeting it is and who is to come to it: everybody, the committee, or one 党小组."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.branch import rights
from bot.branch import service as branch
from bot.branch.actor import COMMITTEE, LEADERS, Actor
from bot.branch.models import Branch, BranchKind, ChatGroup, Member, MemberKind, Role
from bot.branch.rights import here as here
from bot.branch.service import Reader
from bot.core.clock import to_local
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound, UserError
from bot.meeting import course_repository, repository
from bot.meeting.kinds import Circle, Kind, kind
from bot.meeting.models import Course, Meeting
from bot.meeting.reading import Draft

_MEMBERS = (MemberKind.FULL, MemberKind.PROBATIONARY)
_SPEAKS_FOR_GROUP = COMMITTEE | {Role.GROUP_LEADER}


@dataclass(frozen=True)
class Circled:
    """``of`` is whose meeting it is. ``expected`` are to come, ``voting`` of them count for the quorum; ``others`` may
    sit in. ``course`` is the 培训 whose session it is."""

    of: Branch
    expected: tuple[Reader, ...]
    voting: frozenset[int]
    others: tuple[Reader, ...] = ()
    course: Course | None = None

    @property
    def everybody(self) -> list[int]:
        return [one.member_id for one in (*self.expected, *self.others)]


async def is_above(uow: UnitOfWork, actor: Actor) -> bool:
    """Whether ``actor`` speaks for a 党委 or 总支, which has no 三会一课 of its own."""
    return (await branch.get(uow, actor.branch)).kind not in (BranchKind.BRANCH, BranchKind.GROUP)


async def groups(uow: UnitOfWork, branch_id: int) -> list[Branch]:
    """The 党小组 of a branch."""
    return list(await repository.groups_below(uow, (await branch.get(uow, branch_id)).path))


async def who(uow: UnitOfWork, actor: Actor, draft: Draft) -> Circled:
    """Who is to come to what ``actor`` (of the 支部) wants to call. Raises ``UserError``, ``NotAllowed``."""
    of = await _whose(uow, actor, draft)
    await need_convener(uow, actor, of)
    about = await course(uow, actor, draft.course) if draft.kind.circle is Circle.ENROLLED else None
    found = await _circled(uow, of, draft.kind, to_local(draft.starts_at).date(), about)
    if found.expected or about is not None:
        return found
    if draft.kind.circle is Circle.COMMITTEE:
        raise UserError("支部还没有任命支委,不知道请谁来。请先发「任命 姓名 组织委员」这样的命令。")
    raise UserError(f"「{of.name}」的名册上还没有党员,不知道请谁来。")


async def _circled(uow: UnitOfWork, of: Branch, of_kind: Kind, day: date, about: Course | None) -> Circled:
    match of_kind.circle:
        case Circle.COMMITTEE:
            found = tuple(await branch.officers(uow, of.id, COMMITTEE))
            return Circled(of, found, frozenset(one.member_id for one in found))
        case Circle.ENROLLED:
            assert about is not None
            enrolled = tuple(await branch.people(uow, await course_repository.enrolled(uow, about.id)))
            return Circled(of, enrolled, frozenset(), (), about)
        case _:
            readers = await branch.readers(uow, of.id, day)
            expected = _everybody(readers)
            voting = frozenset(one.member_id for one in expected if one.kind == MemberKind.FULL)
            return Circled(of, expected, voting, tuple(one for one in readers if one not in expected))


async def refresh(uow: UnitOfWork, meeting: Meeting) -> None:
    """Bring the list of a meeting to come up to date: who has joined, left, been appointed or exempted since it was
    called. Who has signed in or asked leave stays as they are."""
    about = await uow.session.get(Course, meeting.course_id) if meeting.course_id is not None else None
    of, day = await branch.get(uow, meeting.of_id), to_local(meeting.starts_at).date()
    found = await _circled(uow, of, kind(meeting.kind), day, about)
    expected = {one.member_id for one in found.expected}
    wanted = {member: (member in expected, member in found.voting) for member in found.everybody}
    await repository.relist(uow, meeting.id, wanted)


def _everybody(readers: Sequence[Reader]) -> tuple[Reader, ...]:
    """The party members among them, but for the exempt."""
    return tuple(one for one in readers if one.kind in _MEMBERS and not one.exempt)


async def everybody(uow: UnitOfWork, branch_id: int, on: date) -> tuple[Reader, ...]:
    """Who is to come where all members are."""
    return _everybody(await branch.readers(uow, branch_id, on))


async def course(uow: UnitOfWork, actor: Actor, no: int) -> Course:
    """A 培训 of the 支部 for which ``actor`` speaks. Raises ``NotFound``."""
    found = await course_repository.by_no(uow, (await here(uow, actor)).branch, no)
    if found is None:
        raise NotFound(f"没有培训 {no}。发「培训」看有哪些。")
    return found


async def public(uow: UnitOfWork, meeting: Meeting) -> Sequence[ChatGroup]:
    """The groups that may read of a meeting since all of them are to come; none of one that is only some people's."""
    match kind(meeting.kind).circle:
        case Circle.MEMBERS:
            return await branch.groups_of(uow, meeting.branch_id)
        case Circle.ENROLLED:
            members = await everybody(uow, meeting.branch_id, to_local(meeting.starts_at).date())
            listed = {one.member_id for one in await repository.people(uow, meeting) if one.expected}
            all_of_them = bool(members) and all(one.member_id in listed for one in members)
            return await branch.groups_of(uow, meeting.branch_id) if all_of_them else ()
        case _:
            return ()


async def _whose(uow: UnitOfWork, actor: Actor, draft: Draft) -> Branch:
    if draft.kind.circle is not Circle.GROUP:
        return await branch.get(uow, actor.branch)
    known = await groups(uow, actor.branch)
    named = [one for one in known if one.name == draft.group]
    if named or len(known) == 1:
        return (named or known)[0]
    if not known:
        raise UserError("支部还没有党小组。要开全体党员都参加的会,请写「支部党员大会」或「集中学习」。")
    mine = [one for one in known if Role.GROUP_LEADER in await rights.roles_at(uow, actor, one.path)]
    if len(mine) == 1:
        return mine[0]
    names = "、".join(one.name for one in known)
    raise UserError(f"请写明是哪个党小组({names}),比如:会议 党小组会 {known[0].name} 周五15:00")


async def _may_convene(uow: UnitOfWork, actor: Actor, of: Branch) -> bool:
    """Whether somebody may call and lead the meetings of ``of``."""
    may = _SPEAKS_FOR_GROUP if of.kind == BranchKind.GROUP else COMMITTEE
    return actor.is_superuser or bool(await rights.roles_at(uow, actor, of.path) & may)


async def need_convener(uow: UnitOfWork, actor: Actor, of: Branch) -> None:
    """Raises ``NotAllowed`` for somebody who may not call and lead the meetings of ``of``."""
    if not await _may_convene(uow, actor, of):
        raise NotAllowed("开会由支委来召集,党小组会也可以由小组长召集。发「会议」看最近有哪些会。")


async def convening(uow: UnitOfWork, actor: Actor) -> Actor:
    """``actor`` as they speak for the 支部, where they may call its meetings. Raises ``NotAllowed``."""
    speaking = await here(uow, actor)
    await need_convener(uow, speaking, await branch.get(uow, speaking.branch))
    return speaking


async def chairs(uow: UnitOfWork, actor: Actor, meeting: Meeting) -> bool:
    """Whether somebody chairs ``meeting``; where its chair has left, whether they might have called it."""
    chair = await uow.session.get(Member, meeting.chair_id) if meeting.chair_id is not None else None
    if chair is None or chair.left_on is not None:
        return await _may_convene(uow, actor, await branch.get(uow, meeting.of_id))
    return actor.member_id == chair.id


async def leads(uow: UnitOfWork, actor: Actor, meeting: Meeting) -> bool:
    """Whether somebody chairs ``meeting`` or might have called it."""
    own = actor.member_id is not None and actor.member_id == meeting.chair_id
    return own or await _may_convene(uow, actor, await branch.get(uow, meeting.of_id))


async def need_chair(uow: UnitOfWork, actor: Actor, meeting: Meeting) -> None:
    """Raises ``NotAllowed`` for somebody who doesn't lead ``meeting``."""
    if not await leads(uow, actor, meeting):
        raise NotAllowed("这由会议的主持人或支委来做。发「会议」看最近有哪些会。")


async def chair(uow: UnitOfWork, actor: Actor, of: Branch, of_kind: Kind) -> int | None:
    """Who leads it: the one who calls it if they are a leader (or the group's), else the first of the leaders."""
    wanted = frozenset({Role.GROUP_LEADER}) if of_kind.circle is Circle.GROUP else LEADERS
    leaders = await branch.officers(uow, of.id, wanted) or await branch.leaders(uow, of.id)
    ids = [one.member_id for one in leaders]
    return actor.member_id if actor.member_id in ids or not ids else ids[0]
