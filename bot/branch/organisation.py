"""Use cases of the tree 党委 → 总支 → 支部 → 党小组: founding, naming, moving, and putting members into a 党小组."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.branch import audit, counting, rights, rules, undo
from bot.branch import organisation_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Branch, BranchKind, Member, Role
from bot.branch.roster import hold, subject
from bot.core.db import UnitOfWork
from bot.core.errors import NotAllowed, NotFound, UserError

NAME_LENGTH = 40


@dataclass(frozen=True)
class Node:
    """A branch as it stands in the tree: ``depth`` from the shown root, people and groups with those below it."""

    branch: Branch
    depth: int
    people: int
    groups: int


def clean(name: str) -> str:
    """The name of a branch as it is stored. Raises ``UserError``."""
    name = "".join(name.split()).strip("「」“”\"'")
    if not 2 <= len(name) <= NAME_LENGTH or name.isdecimal():
        raise UserError(f"名称请写 2 到 {NAME_LENGTH} 个字,比如「红旗社区第一党支部」。")
    return name


async def find(uow: UnitOfWork, actor: Actor, text: str) -> list[Branch]:
    """The branches that may be meant, of those that the person leads: of that name, else with it in their name.

    Raises ``NotFound``, or ``NotAllowed`` for the name of somebody else's branch.
    """
    name, paths = clean(text), await rights.led(uow, actor)
    for look in (repository.named, repository.containing):
        found = [one for one in await look(uow, name) if any(one.path.startswith(path) for path in paths)]
        if found:
            return found
    if await repository.named(uow, name):
        raise NotAllowed(f"「{name}」由它的书记或上级来管。")
    raise NotFound(f"没有找到「{name}」。发「支部 树」看有哪些。")


async def create(uow: UnitOfWork, actor: Actor, name: str, kind: BranchKind, parent: Branch | None) -> Branch:
    """A new node below ``parent`` (None: a new root, for superusers). Raises ``NotAllowed`` or ``UserError``."""
    name = clean(name)
    await repository.hold_tree(uow)
    if parent is None and not actor.is_superuser:
        raise NotAllowed("最上面一级由管理员建立。建下级请写上级,比如:支部 新建 第二党支部 上级 红旗党委")
    if parent is not None:
        await rights.need_leader(uow, actor, parent)
    await _fits(uow, name, kind, parent)
    made = Branch(
        parent_id=parent.id if parent else None,
        kind=kind.value,
        name=name,
        path=parent.path if parent else "/",
        created_at=uow.now,
    )
    uow.session.add(made)
    await uow.session.flush()
    made.path = f"{made.path}{made.id}/"
    await audit.record(uow, actor, "branch.create", f"branch:{made.id}", branch_id=made.id)
    return made


async def _fits(uow: UnitOfWork, name: str, kind: BranchKind, parent: Branch | None) -> None:
    if parent is None and kind is BranchKind.GROUP:
        raise UserError("党小组要建在支部下面,请写上级,比如:支部 新建 第一党小组 上级 第一党支部")
    if parent is not None and not rules.fits_below(kind, BranchKind(parent.kind)):
        raise UserError(f"{kind.value}不能放在{parent.kind}「{parent.name}」下面。从上到下是{rules.LEVELS}。")
    if await repository.sibling(uow, parent.id if parent else None, name) is not None:
        raise UserError(f"{f'「{parent.name}」下面' if parent else ''}已经有「{name}」了。")


async def rename(uow: UnitOfWork, actor: Actor, node: Branch, name: str) -> str:
    """Give a branch another name; the name before. Raises ``NotAllowed`` or ``UserError``."""
    name = clean(name)
    await repository.hold_tree(uow)
    await rights.need_leader(uow, actor, node)
    known = await repository.sibling(uow, node.parent_id, name)
    if known is not None:
        raise UserError(f"已经有「{name}」了。" if known.id != node.id else f"现在就叫「{name}」。")
    before, node.name = node.name, name
    await audit.record(uow, actor, "branch.rename", f"branch:{node.id}", branch_id=node.id)
    payload = {"branch": node.id, "before": before, "after": name}
    await undo.remember(uow, actor, "branch.rename", payload, f"{before}改名为{name}")
    return before


async def name_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo a new name. Raises ``NotAllowed`` or ``UserError``."""
    await repository.hold_tree(uow)
    node = await branch.get(uow, payload["branch"])
    await rights.need_leader(uow, actor, node)
    if node.name != payload["after"] or await repository.sibling(uow, node.parent_id, payload["before"]):
        raise UserError("名称后来又改过,撤销不了。")
    node.name = payload["before"]


async def change_kind(uow: UnitOfWork, actor: Actor, node: Branch, kind: BranchKind) -> None:
    """Correct the level of a branch. Raises ``NotAllowed`` or ``UserError``."""
    await repository.hold_tree(uow)
    await rights.need_leader(uow, actor, node)
    parent = await branch.get(uow, node.parent_id) if node.parent_id is not None else None
    below = [one for one in await repository.subtree(uow, node.path) if one.parent_id == node.id]
    if not rules.fits_between(
        kind, BranchKind(parent.kind) if parent is not None else None, [BranchKind(one.kind) for one in below]
    ):
        raise UserError(f"「{node.name}」在这个位置不能是{kind.value}。从上到下是{rules.LEVELS}。")
    node.kind = kind.value
    await audit.record(uow, actor, "branch.kind", f"branch:{node.id}", detail={"kind": kind.value}, branch_id=node.id)


async def move(uow: UnitOfWork, actor: Actor, node: Branch, parent: Branch) -> None:
    """Hang ``node`` with all below it under ``parent``. Raises ``NotAllowed`` or ``UserError``."""
    await repository.hold_tree(uow)
    await rights.need_leader(uow, actor, node)
    await rights.need_leader(uow, actor, parent)
    if parent.path.startswith(node.path):
        raise UserError(f"「{parent.name}」就在「{node.name}」里面,不能当它的上级。")
    if node.parent_id == parent.id:
        raise UserError(f"「{node.name}」的上级已经是「{parent.name}」。")
    await _fits(uow, node.name, BranchKind(node.kind), parent)
    old, new = node.path, f"{parent.path}{node.id}/"
    for below in await repository.subtree(uow, old):
        below.path = new + below.path.removeprefix(old)
    detail = {"from": node.parent_id, "to": parent.id}
    node.parent_id = parent.id
    await audit.record(uow, actor, "branch.move", f"branch:{node.id}", detail=detail, branch_id=node.id)


async def tree(uow: UnitOfWork, actor: Actor) -> list[Node]:
    """What the person leads, from the top down. Raises ``NotFound`` where there is nothing."""
    lines: list[Node] = []
    tops = await rights.led(uow, actor)
    for top in sorted(tops):
        if any(top.startswith(other) for other in tops if other != top):
            continue
        nodes = await repository.subtree(uow, top)
        people = await repository.head_counts(uow, top)
        groups = await repository.group_counts(uow, top)
        shown = {node.id for node in nodes}
        lines += _walk(nodes, [node for node in nodes if node.parent_id not in shown], 0, people, groups)
    if not lines:
        raise NotFound("还没有支部。请在支部的群里发「/开始」。")
    return lines


def _walk(
    nodes: Sequence[Branch], level: Sequence[Branch], depth: int, people: dict[int, int], groups: dict[int, int]
) -> list[Node]:
    lines = []
    for node in level:
        below = [one.id for one in nodes if one.path.startswith(node.path)]
        counted = (sum(count.get(one, 0) for one in below) for count in (people, groups))
        lines.append(Node(node, depth, *counted))
        lines += _walk(nodes, [one for one in nodes if one.parent_id == node.id], depth + 1, people, groups)
    return lines


async def move_member(uow: UnitOfWork, actor: Actor, member: Member, to: Branch) -> Branch:
    """Put a member into a 党小组, or back into the 支部; where they were. They keep their record and offices, but for
    the 党小组长 of the group they leave. Raises ``NotAllowed`` or ``UserError``."""
    await hold(uow, member)
    old = await branch.get(uow, member.branch_id)
    await rights.need_leader(uow, actor, old)
    await rights.need_leader(uow, actor, to)
    if old.id == to.id:
        raise UserError(f"{member.name}已经在「{to.name}」。")
    await repository.revoke(uow, old.id, member.id, Role.GROUP_LEADER)
    await counting.move(uow, {member: to.id})
    detail = {"from": old.id, "to": to.id}
    await audit.record(uow, actor, "roster.move", subject(member), detail=detail, branch_id=to.id)
    said = f"{member.name}分到{to.name}"
    await undo.remember(uow, actor, "roster.move", {"member": member.id, **detail}, said)
    return old


async def move_member_back(uow: UnitOfWork, actor: Actor, payload: undo.Payload) -> None:
    """Undo such a move. Raises ``NotAllowed`` or ``UserError``."""
    member = await uow.session.get_one(Member, payload["member"])
    await hold(uow, member)
    await rights.need_leader(uow, actor, await branch.get(uow, payload["to"]))
    if member.branch_id != payload["to"]:
        raise UserError(f"{member.name}后来又换过小组,撤销不了。")
    await counting.move(uow, {member: payload["from"]})
