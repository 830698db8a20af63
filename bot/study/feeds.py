"""Plans that are fed by a source: shortly before each slot the freshest article that the source lists is taken in.

The clock finds it waiting in the plan like any other reading; the web is asked outside of any transaction. A slot for
which there is nothing new passes, and the propagandist hears of it once until there is something again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.branch.actor import Actor
from bot.core.db import Database, UnitOfWork
from bot.core.errors import UserError
from bot.scheduling.calendar import WorkdayCalendar
from bot.scheduling.recurrence import Recurrence
from bot.sources import link
from bot.sources.fetcher import Fetcher
from bot.study import feeds_repository, materials, plan_views, plans, repository, telling
from bot.study.materials import Prepared
from bot.study.models import Feed, FeedItem, Plan, PlanItem, Proof
from bot.subscription import refreshing, rules, subscribing
from bot.subscription.models import Source

AHEAD = timedelta(minutes=20)
"""How long before its slot a reading is fetched."""
TRIES = 5
"""Articles that are tried for one slot: some can't be read."""


async def begin(
    uow: UnitOfWork,
    actor: Actor,
    name: str,
    recurrence: Recurrence,
    source_no: int,
    calendar: WorkdayCalendar,
    *,
    below: bool = False,
    proof: Proof = Proof.WORD,
) -> tuple[Plan, Source]:
    """A plan that a source of the branch, or of one above, feeds. Raises ``NotFound``, and ``UserError`` if the source
    lists no articles."""
    source = await subscribing.get(uow, actor.branch, source_no)
    if not rules.lists_articles(source.kind, await refreshing.listed(uow, [source])):
        raise UserError(f"来源 {source.no}「{source.name}」里没有文章的链接,不能用来推送。请先「订阅 RSS 网址」。")
    if proof is Proof.QUIZ:
        raise UserError(plans.NOTHING_TO_ANSWER)
    plan = await plans.empty(uow, actor, name, recurrence, calendar, below=below, proof=proof)
    uow.session.add(Feed(plan_id=plan.id, source_id=source.id))
    await uow.session.flush()
    return plan, source


async def due(uow: UnitOfWork) -> Sequence[int]:
    """The plans (ids) whose slot is near and for which nothing has been fetched."""
    return await feeds_repository.hungry_plans(uow, uow.now + AHEAD)


async def feed(database: Database, fetcher: Fetcher, folder: Path, plan_id: int) -> None:
    """Fetch the reading for the next slot of a plan, or tell the propagandist that there is none."""
    async with database.reading() as uow:
        plan, source = await feeds_repository.fed_plan(uow, plan_id)
    if plan.next_at is None:
        return
    if source.removed_at is None:
        await refreshing.refresh(database, fetcher, folder, [source])
    passed: list[str] = []
    found: Prepared | None = None
    async with database.reading() as uow:
        plan, source = await feeds_repository.fed_plan(uow, plan_id)
        lines = await refreshing.listed(uow, [source]) if source.removed_at is None else []
        fresh = rules.freshest(lines, await feeds_repository.fed_keys(uow, plan_id), uow.now)[:TRIES]
    for line in fresh:
        try:
            read = await materials.prepare(await link.read(line.url, fetcher))
        except UserError:
            continue
        passed.append(line.key)
        async with database.reading() as uow:
            known = await materials.same(uow, plan.branch_id, read)
            if known is not None and await materials.pushed_lately(uow, known) is not None:
                continue
        found = read
        break
    async with database.unit_of_work() as uow:
        await _take(uow, plan_id, plan.next_at, passed, found, unreadable=bool(fresh))


async def _take(
    uow: UnitOfWork,
    plan_id: int,
    slot: datetime | None,
    passed: Sequence[str],
    found: Prepared | None,
    *,
    unreadable: bool,
) -> None:
    """Put what was fetched into the plan, unless another process was first."""
    plan = await repository.lock_plan(uow, plan_id)
    if plan is None or plan.next_at != slot or await repository.items_left(uow, [plan_id]):
        return
    fed = await uow.session.get_one(Feed, plan_id)
    if fed.fed_for == slot:
        return
    fed.fed_for = slot
    uow.session.add_all(FeedItem(plan_id=plan_id, key=key) for key in passed)
    last = await repository.last_position(uow, plan_id)
    if found is not None:
        material = await materials.store(uow, plan.branch_id, found)
        uow.session.add(PlanItem(plan_id=plan_id, position=last + 1, material_id=material.id))
        return
    source = (await feeds_repository.fed_plan(uow, plan_id))[1]
    text = plan_views.nothing_new(plan, source, uow.now, unreadable=unreadable)
    await telling.editors(uow, plan.branch_id, text, f"dry:{plan_id}:{last}")
