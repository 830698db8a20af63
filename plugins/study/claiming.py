"""Recording what somebody says or shows to have read, and answering it."""

from dataclasses import replace

from bot.branch import service as branch
from bot.chat.call import Acknowledge, Ask, Call, Reply, Say
from bot.rendering.content import Content
from bot.study import codes, completion, views
from bot.study.checking_in import CheckedIn, Claim, MoreNeeded, NothingOpen, NotOurs, Outcome, Several, check_in_all
from bot.study.codes import Refused, Shown


async def show_code(call: Call, shown: Shown) -> Reply:
    """Record what a code proves. What is wrong with it is nobody else's business."""
    async with call.app.database.unit_of_work() as uow:
        outcome = await codes.claim(uow, await branch.as_reader(uow, call.actor), shown)
    if isinstance(outcome, Refused):
        return Say(Content.of(views.code_refused(outcome)), privately=True)
    return await answer(call, outcome)


async def claim(call: Call, made: Claim) -> Reply:
    """Record a claim, together with those that arrive meanwhile, and answer it once it is on disk."""
    if made.actor.group_id is None:
        async with call.app.database.reading() as uow:
            made = replace(made, actor=await branch.as_reader(uow, made.actor))
    return await answer(call, await call.app.together(check_in_all, made))


async def answer(call: Call, outcome: Outcome) -> Reply:
    in_group = call.actor.group_id is not None
    match outcome:
        case CheckedIn(reading=reading) as done:

            async def progress() -> str:
                async with call.app.database.reading() as uow:
                    assignment = await completion.get(uow, reading.branch_id, reading.no)
                    return (await completion.standing_of(uow, assignment)).progress

            if in_group:
                besides = "" if done.first or call.message.said_at is not None else views.repeated(reading)
                return Acknowledge(f"study:{reading.no}", call.actor.name, progress, besides=besides)
            return Say(views.checked_in(done, await progress()))
        case MoreNeeded(reading=reading):
            return Say(views.more_needed(reading), privately=True)
        case Several(readings=readings):
            numbers = [reading.no for reading in readings[:10]]
            choices = (*map(str, numbers), views.ALL)
            asked = views.which(readings[:10], in_group=in_group, several=True)
            return Ask(asked, "study.which", {"numbers": numbers}, choices, alike=True)
        case NotOurs():
            return "没有登记:您回复的不是学习推送。看完材料直接发「已学」就行。"
        case NothingOpen():
            pass
    return None if in_group else "现在没有要学的。要补学以前的,发「补学」。"
