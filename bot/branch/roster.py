"""Use cases of the roster: who is on it, and as what. Nobody is ever deleted: they leave."""

from bot.branch import audit, counting, undo
from bot.branch import organisation_repository as organisation
from bot.branch import roster_repository as repository
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.branch.models import Member, MemberKind
from bot.branch.names import clean_name, is_name
from bot.branch.roster_repository import Entry
from bot.core.db import UnitOfWork
from bot.core.errors import NotFound, UserError

REASON_LENGTH = 200


def subject(member: Member) -> str:
    """How the audit log names a person: by number, so that erasing a name erases it everywhere."""
    return f"member:{member.id}"


async def hold(uow: UnitOfWork, member: Member) -> None:
    """Have a person ours alone until the end of the unit of work, as they are now."""
    await counting.hold(uow, [member.id])
    await uow.session.refresh(member)


async def listed(uow: UnitOfWork, branch_id: int) -> list[Entry]:
    """The roster of the branch and of everything below it."""
    return await repository.entries(uow, (await branch.get(uow, branch_id)).path, branch.today(uow))


async def add(
    uow: UnitOfWork, actor: Actor, name: str, kind: MemberKind = MemberKind.FULL, user_id: str | None = None
) -> Member:
    """Put somebody on the roster, with their account if it is given.

    A second person of one name is taken only if both are told apart by their accounts. Raises ``UserError``.
    """
    name = clean_name(name)
    if not is_name(name):
        raise UserError(f"「{name[:20]}」不像姓名,没有添加。比如:成员 添加 张三 预备党员")
    await organisation.hold_tree(uow)
    if user_id is not None and await repository.owners(uow, actor.platform, [user_id]):
        raise UserError("这个账号已经绑定了名册上的人,没有添加。")
    same = await repository.named(uow, (await branch.get(uow, actor.branch)).path, name)
    bound = await repository.accounts_of(uow, [member.id for member in same], actor.platform)
    if same and (user_id is None or len({account.member_id for account in bound}) < len(same)):
        raise UserError(f"名册上已有{name}。同名的另一位,要等原来那位绑定账号后,写上 QQ 号再加:成员 添加 {name} QQ号")
    member = Member(branch_id=actor.branch, name=name, kind=kind.value, joined_on=branch.today(uow), created_at=uow.now)
    uow.session.add(member)
    await uow.session.flush()
    if user_id is not None:
        await repository.attach(uow, member.id, actor.platform, user_id, "", actor.account)
    await audit.record(uow, actor, "roster.add", subject(member))
    await undo.remember(uow, actor, "roster.add", {"member": member.id}, f"添加{member.name}")
    return member


async def remove(uow: UnitOfWork, actor: Actor, member: Member) -> None:
    """Take somebody off the roster: account let go, offices ended; the row and its history stay.

    Raises ``UserError``.
    """
    if member.id == actor.member_id:
        raise UserError("不能移除自己,请由别的书记或管理员来做。")
    await hold(uow, member)
    if member.left_on is not None:
        raise UserError(f"{member.name}已经不在名册上了。")
    offices = [[grant.branch_id, grant.role] for grant in await repository.offices(uow, member.id)]
    accounts = [[a.platform, a.user_id, a.display_name, a.via] for a in await repository.all_accounts(uow, member.id)]
    await repository.end_offices(uow, member.id)
    await repository.detach(uow, member.id)
    member.left_on = branch.today(uow)
    await counting.changed(uow, [member.id], member.left_on)
    await audit.record(uow, actor, "roster.remove", subject(member), detail={"offices": offices})
    back = {"member": member.id, "offices": offices, "accounts": accounts}
    await undo.remember(uow, actor, "roster.remove", back, f"移除{member.name}")


async def restore(uow: UnitOfWork, actor: Actor, name: str) -> Member:
    """Bring back the last of that name who left; they bind their account again. Raises ``NotFound``, ``UserError``."""
    name = clean_name(name)
    await organisation.hold_tree(uow)
    path = (await branch.get(uow, actor.branch)).path
    if await repository.named(uow, path, name):
        raise UserError(f"{name}已经在名册上了。")
    gone = await repository.left_named(uow, path, name) if is_name(name) else []
    if not gone:
        raise NotFound(f"没有移除过「{name[:20]}」。新加入的请发「成员 添加 {name[:20]}」。")
    found = gone[0]
    await hold(uow, found)
    since, found.left_on = found.left_on, None
    if since is None:
        raise UserError(f"{name}已经在名册上了。")
    await counting.changed(uow, [found.id], since)
    await audit.record(uow, actor, "roster.restore", subject(found))
    return found


async def unbind(uow: UnitOfWork, actor: Actor, member: Member) -> None:
    """Let go of a person's account on this platform; what they have done stays. Raises ``UserError``."""
    if not await repository.accounts_of(uow, [member.id], actor.platform):
        raise UserError(f"{member.name}没有绑定账号。")
    await repository.detach(uow, member.id, actor.platform)
    await audit.record(uow, actor, "roster.unbind", subject(member))


async def change_kind(uow: UnitOfWork, actor: Actor, member: Member, kind: MemberKind) -> str:
    """Record that a member is now 正式党员, 预备党员 …; the kind before. Raises ``UserError``."""
    before = member.kind
    if before == kind.value:
        raise UserError(f"{member.name}已经登记为{kind.value}。")
    member.kind = kind.value
    payload = {"member": member.id, "old": before, "new": kind.value}
    await undo.remember(uow, actor, "roster.change", payload, f"把{member.name}改为{kind.value}")
    await audit.record(uow, actor, "roster.kind", subject(member), detail={"old": before, "new": kind.value})
    return before
