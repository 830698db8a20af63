"""A branch with a group (9), a propagandist (李秀英) and a secretary who can be reached, and materials to push."""

from datetime import date, datetime

from sqlalchemy import select

from bot.branch.actor import Actor
from bot.branch.models import Branch, ChatGroup, Member, MemberAccount, Role, RoleGrant
from bot.core.clock import CHINA
from bot.core.db import UnitOfWork
from bot.delivery.models import OutboxRow
from bot.rendering.content import Content
from bot.scheduling.calendar import WorkdayCalendar
from bot.study.models import Assignment, Material, Slot

CALENDAR = WorkdayCalendar.load()
EDITOR = Actor("onebot11", "1", "102", group_id="9", branch_id=1, member_id=2, roles=frozenset({Role.PROPAGANDIST}))
BOSS = Actor("onebot11", "1", "101", group_id="9", branch_id=1, member_id=1, roles=frozenset({Role.SECRETARY}))


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


async def settle(uow: UnitOfWork, materials: int = 5, *, branch: int = 1, group: bool = True) -> None:
    """Branch ``branch``: 王建国 (书记), 李秀英 (宣传委员), 张三, and materials 1 to ``materials``."""
    add, base = uow.session.add_all, (branch - 1) * 10
    add([Branch(id=branch, kind="支部", name=f"支部{branch}", path=f"/{branch}/", created_at=uow.now)])
    await uow.session.flush()
    if group:
        number = str(9 + base)
        add([ChatGroup(branch_id=branch, platform="onebot11", account="1", group_id=number, created_at=uow.now)])
    for i, name in enumerate(("王建国", "李秀英", "张三"), start=1):
        who = Member(id=base + i, branch_id=branch, name=name, joined_on=date(2020, 7, 1), created_at=uow.now)
        add([who])
        await uow.session.flush()
        user = str(100 + base + i)
        add([MemberAccount(member_id=who.id, platform="onebot11", user_id=user, via="1", bound_at=uow.now)])
    add([RoleGrant(branch_id=branch, member_id=base + 1, role=Role.SECRETARY, granted_at=uow.now)])
    add([RoleGrant(branch_id=branch, member_id=base + 2, role=Role.PROPAGANDIST, granted_at=uow.now)])
    for no in range(1, materials + 1):
        add([material(branch, no, uow.now)])
    await uow.session.flush()


def material(branch: int, no: int, now: datetime) -> Material:
    return Material(
        branch_id=branch,
        no=no,
        title=f"材料{no}",
        text=f"第{no}篇。" * 20,
        minutes=1,
        key_terms="[]",
        sha256=f"{no:064}",
        created_at=now,
    )


async def pushed(uow: UnitOfWork, branch: int = 1) -> list[str]:
    """The titles of what was pushed, in order."""
    query = (
        select(Material.title)
        .join(Assignment, Assignment.material_id == Material.id)
        .where(Assignment.branch_id == branch)
        .order_by(Assignment.no)
    )
    return list(await uow.session.scalars(query))


async def told(uow: UnitOfWork, user: str = "102") -> list[str]:
    """What is to be said to an account in private."""
    query = select(OutboxRow).where(OutboxRow.target_kind == "private", OutboxRow.target_id == user)
    rows = await uow.session.scalars(query.order_by(OutboxRow.id))
    return [Content.model_validate_json(row.content).plain.rpartition("\n〔")[0] for row in rows]


async def slots(uow: UnitOfWork) -> dict[str, str]:
    """Month-day and hour in China → state."""
    rows = await uow.session.scalars(select(Slot).order_by(Slot.planned_for))
    return {f"{row.planned_for.astimezone(CHINA):%m-%d %H:%M}": row.state for row in rows}
