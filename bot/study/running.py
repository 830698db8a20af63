"""What the clock makes of plans. It proposes; the key of the slot decides: who takes it pushes, anybody else doesn't.

A clock may be wrong, jump and be set back, and several processes look at once. Each plan is carried out in a unit of
work of its own, so one that fails keeps no other from its push.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.branch import service as branch
from bot.core import measures
from bot.core.db import UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import Recurrence
from bot.scheduling.slots import decide
from bot.study import plan_views, pushing, repository, telling
from bot.study.models import Feed, Material, Plan, PlanItem, PlanState, Proof
from bot.study.pages import NO_PAGES, Pages
from bot.study.pushing import Pushed
from bot.study.rules import decide_dated

log = logging.getLogger("xueban.study")

_LATE = measures.durations("slot_late", "how long after its planned moment a slot was carried out")

SET_BACK = timedelta(minutes=1)
"""By how much the clock must have gone back to be taken for set. No plan has two slots within a minute; the clocks of
two machines may well differ by a few seconds."""
MOST_MISSED = 400
"""Slots noted as missed at once: a clock that jumps ahead by years leaves no more."""


async def due(uow: UnitOfWork) -> Sequence[int]:
    """The plans (ids) for which ``run`` has something to do."""
    return await repository.due_plans(uow, uow.now, uow.now + SET_BACK)


async def run(uow: UnitOfWork, plan_id: int, calendar: WorkdayCalendar, pages: Pages = NO_PAGES) -> list[Pushed]:
    """Push what a plan has due, note what it has missed, and tell the propagandist what they should know."""
    plan = await repository.lock_plan(uow, plan_id)
    if plan is None or plan.next_at is None:
        return []
    left = await repository.items_left(uow, [plan.id])
    grace = timedelta(minutes=int(await branch.setting(uow, plan.branch_id, "grace_minutes")))
    feed = await uow.session.get(Feed, plan.id)
    if feed is not None and not left and feed.fed_for != plan.next_at and uow.now <= plan.next_at + grace:
        return []  # its reading is being fetched
    wanted: list[tuple[datetime, PlanItem]]
    if plan.recurrence:
        decision = decide(plan.next_at, uow.now, grace, Recurrence.from_json(plan.recurrence), calendar)
        wanted = [(decision.run, left[0])] if decision.run is not None and left else []
        missed, next_at = decision.missed, decision.next_at if left or feed is not None else None
    else:
        moments = {item.at: item for item in left if item.at is not None}
        dated = decide_dated(moments, uow.now, grace)
        wanted = [(moment, moments[moment]) for moment in dated.run]
        missed, next_at = dated.missed, dated.next_at
    plan.next_at, plan.decided_at = next_at, uow.now
    new = await repository.miss_slots(uow, plan.id, missed[-MOST_MISSED:]) if missed and (left or feed) else 0
    if new:
        log.warning("plan %s of branch %s: %s slots missed", plan.no, plan.branch_id, new)
        await telling.editors(
            uow, plan.branch_id, plan_views.missed(plan, missed, new), f"missed:{plan.id}:{missed[-1]}"
        )
    pushed = [done for moment, item in wanted for done in await _push(uow, plan, moment, item, pages)]
    if feed is None:
        await _look_ahead(uow, plan, pushed)
    return pushed


async def _push(uow: UnitOfWork, plan: Plan, moment: datetime, item: PlanItem, pages: Pages) -> list[Pushed]:
    """Take the slot and push the item in it; nothing if the slot is gone or the branch can't be pushed to."""
    try:
        async with uow.session.begin_nested():
            if not await repository.take_slot(uow, plan.id, moment):
                return []
            _LATE.observe((uow.now - moment).total_seconds())
            material = await uow.session.get_one(Material, item.material_id)
            proof = Proof(plan.proof)
            done = await pushing.push_all(uow, plan.branch_id, material, below=plan.below, proof=proof, pages=pages)
            item.assignment_id = done[0].assignment.id
            return done
    except UserError as error:
        log.warning("plan %s of branch %s not pushed: %s", plan.no, plan.branch_id, type(error).__name__)
        await repository.miss_slots(uow, plan.id, [moment])
        await telling.editors(
            uow, plan.branch_id, plan_views.not_pushed(plan, moment, error), f"failed:{plan.id}:{moment}"
        )
        return []


async def _look_ahead(uow: UnitOfWork, plan: Plan, pushed: Sequence[Pushed]) -> None:
    """End a plan that has nothing left; say so, and say it once before."""
    left = await repository.items_left(uow, [plan.id])
    total = await repository.last_position(uow, plan.id) + 1
    if not left or plan.next_at is None:
        plan.state, plan.next_at = PlanState.ENDED, None
        if total > 1:
            await telling.editors(uow, plan.branch_id, plan_views.plan_ended(plan, total), f"ended:{plan.id}:{total}")
    elif len(left) == 1 and pushed and total > 1:
        text = plan_views.last_one_left(plan, plan.next_at, uow.now)
        await telling.editors(uow, plan.branch_id, text, f"last:{plan.id}:{total}")
