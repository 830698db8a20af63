"""Use cases of pushing: now, at a moment, and by plans. Each is decided, recorded and enqueued in one unit of work."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.branch import audit
from bot.branch import service as branch
from bot.branch.actor import Actor
from bot.core.db import UnitOfWork, insert_ignore
from bot.core.errors import NotFound, UserError
from bot.delivery import outbox
from bot.delivery.transport import Target
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.quiet import QuietHours
from bot.scheduling.recurrence import Recurrence
from bot.scheduling.slots import decide
from bot.study import repository, views
from bot.study.models import Assignment, Expected, Material, Plan, PlanItem, PlanState, Slot, SlotState

log = logging.getLogger("xueban.study")


@dataclass(frozen=True)
class Pushed:
    """``leaves_at`` is when it goes out; ``groups`` how many group chats it goes to."""

    assignment: Assignment
    material: Material
    leaves_at: datetime
    groups: int
    readers: int


async def quiet_hours(uow: UnitOfWork, branch_id: int) -> QuietHours:
    start = await branch.setting(uow, branch_id, "quiet_start")
    return QuietHours.of(start, await branch.setting(uow, branch_id, "quiet_end"))


async def push(
    uow: UnitOfWork, branch_id: int, material: Material, at: datetime | None = None, *, even_at_night: bool = False
) -> Pushed:
    """Assign a material to everybody on the roster and enqueue it for the groups of the branch.

    It leaves at ``at`` (default: now), shifted out of the quiet hours unless ``even_at_night``. Raises ``UserError`` if
    the branch has no group.
    """
    groups = await branch.groups_of(uow, branch_id, below=False)
    if not groups:
        raise UserError("支部还没有绑定群,不知道推到哪里。请在群里发「/开始」。")
    leaves_at = at or uow.now
    if not even_at_night:
        leaves_at = (await quiet_hours(uow, branch_id)).shift(leaves_at)
    days = int(await branch.setting(uow, branch_id, "deadline_days"))
    assignment = Assignment(
        branch_id=branch_id,
        no=await branch.next_number(uow, branch_id, "assignment"),
        material_id=material.id,
        pushed_at=leaves_at,
        due_at=views.end_of_day(leaves_at + timedelta(days=days)),
    )
    uow.session.add(assignment)
    await uow.session.flush()
    readers = await branch.readers(uow, branch_id, branch.today(uow))
    rows = [{"assignment_id": assignment.id, "member_id": reader.member_id} for reader in readers]
    await insert_ignore(uow.session, Expected, rows, ["assignment_id", "member_id"])
    for group in groups:
        await outbox.enqueue(
            uow,
            outbox.Outgoing(
                branch_id=branch_id,
                target=Target(group.account, "group", group.group_id, group.platform),
                content=views.push(assignment, material),
                origin=f"study.assignment:{assignment.no}",
                key=f"push:{assignment.id}:group:{group.group_id}",
                prefix="学",
                not_before=leaves_at,
                expires_at=assignment.due_at,
            ),
        )
    return Pushed(assignment, material, leaves_at, len(groups), len(rows))


async def create_plan(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    recurrence: Recurrence,
    numbers: Sequence[int],
    calendar: WorkdayCalendar,
) -> Plan:
    """A series of materials on a recurrence. Raises ``NotFound`` if a material doesn't exist."""
    materials = []
    for no in numbers:
        material = await repository.material_by_no(uow, actor.branch, no)
        if material is None:
            raise NotFound(f"没有资料 {no},计划没有建立。发「资料」看看有哪些。")
        materials.append(material)
    if not materials:
        raise UserError("计划里还没有资料。比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12")
    plan = Plan(
        branch_id=actor.branch,
        no=await branch.next_number(uow, actor.branch, "plan"),
        name=name[:80],
        recurrence=recurrence.to_json(),
        state=PlanState.ACTIVE,
        next_at=recurrence.next_after(uow.now, calendar),
        created_at=uow.now,
    )
    uow.session.add(plan)
    await uow.session.flush()
    uow.session.add_all(PlanItem(plan_id=plan.id, position=i, material_id=m.id) for i, m in enumerate(materials))
    await audit.record(uow, actor, "plan.create", subject=f"计划 {plan.no}")
    return plan


async def set_plan_state(uow: UnitOfWork, actor: Actor, no: int, state: PlanState, calendar: WorkdayCalendar) -> Plan:
    """Pause, resume or end a plan. Raises ``NotFound``."""
    plan = await repository.plan_by_no(uow, actor.branch, no)
    if plan is None or plan.state == PlanState.ENDED:
        raise NotFound(f"没有进行中的计划 {no}。发「学习计划 列表」看看有哪些。")
    plan.state = state
    active = state is PlanState.ACTIVE
    plan.next_at = Recurrence.from_json(plan.recurrence).next_after(uow.now, calendar) if active else None
    await audit.record(uow, actor, f"plan.{state.value}", subject=f"计划 {no}")
    return plan


async def run_due(uow: UnitOfWork, calendar: WorkdayCalendar) -> list[Pushed]:
    """Carry out what the clock proposes. The slot's key decides: who inserts it pushes, anybody else does nothing."""
    pushed = []
    for plan in await repository.due_plans(uow, uow.now):
        assert plan.next_at is not None
        recurrence = Recurrence.from_json(plan.recurrence)
        grace = timedelta(minutes=int(await branch.setting(uow, plan.branch_id, "grace_minutes")))
        decision = decide(plan.next_at, uow.now, grace, recurrence, calendar, plan.created_at)
        plan.next_at = decision.next_at
        missed = [{"plan_id": plan.id, "planned_for": at, "state": SlotState.MISSED.value} for at in decision.missed]
        if missed:
            log.warning("plan %s of branch %s: %s slots missed", plan.no, plan.branch_id, len(missed))
            await insert_ignore(uow.session, Slot, missed, ["plan_id", "planned_for"])
        if decision.run is None:
            continue
        slot = {"plan_id": plan.id, "planned_for": decision.run, "state": SlotState.RUN.value}
        if await insert_ignore(uow.session, Slot, [slot], ["plan_id", "planned_for"]) == 0:
            continue
        left = await repository.items_left(uow, plan.id)
        if left:
            material = await uow.session.get_one(Material, left[0].material_id)
            try:
                done = await push(uow, plan.branch_id, material)
            except UserError as error:
                log.warning("plan %s of branch %s not pushed: %s", plan.no, plan.branch_id, error)
                continue
            left[0].assignment_id = done.assignment.id
            pushed.append(done)
        if len(left) <= 1:
            plan.state, plan.next_at = PlanState.ENDED, None
    return pushed


async def remind(uow: UnitOfWork, actor: Actor, assignment: Assignment, title: str, people: Sequence[int]) -> int:
    """Enqueue one private line to each of these members who can be reached, outside the quiet hours: says how many.

    The key holds the day, so nobody is reminded of one reading twice on a day.
    """
    quiet = await quiet_hours(uow, assignment.branch_id)
    wanted, sent = set(people), 0
    for reader in await branch.readers(uow, assignment.branch_id, branch.today(uow)):
        if reader.member_id not in wanted or reader.account is None:
            continue
        out = outbox.Outgoing(
            branch_id=assignment.branch_id,
            target=Target(reader.account.via or actor.account, "private", reader.account.user_id),
            content=views.reminder(assignment, title),
            origin=f"study.assignment:{assignment.no}",
            key=f"remind:{assignment.id}:{reader.member_id}:{branch.today(uow):%Y%m%d}",
            prefix="催",
            not_before=quiet.shift(uow.now),
            expires_at=uow.now + timedelta(days=1),
        )
        sent += await outbox.enqueue(uow, out) is not None
    await audit.record(uow, actor, "study.remind", subject=f"学习 {assignment.no}", detail={"people": sent})
    return sent
