"""「小结」 and 「结束讨论」: what was said, seen by the propagandist in private before it is posted."""

from collections.abc import Sequence

from bot.branch.actor import Actor
from bot.branch.undo import Payload
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.chat.table import TABLE
from bot.core.db import UnitOfWork
from bot.discussion import closing, opening, records, rules, views
from bot.discussion.closing import Material

from .clockwork import listen

commands = CommandSet("discussion")

MINUTES = 60.0
"""How long a summary waits to be posted or edited."""


@commands.command(
    "小结",
    "讨论小结",
    who=Who.EDITOR,
    bare=True,
    usage="小结 [编号]",
    example="小结 2",
    summary="把大家说的理成几个主题和词云,先给您看",
)
async def summarise(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        discussion = await opening.the_one(uow, call.actor.branch, number(call.args))
        material = await closing.gather(uow, discussion)
    return await draft(material, "小结已私聊发给您。")


@commands.command(
    "结束讨论",
    "讨论结束",
    who=Who.EDITOR,
    bare=True,
    usage="结束讨论 [编号]",
    example="结束讨论 2",
    summary="不再收发言,出小结",
)
async def end(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        discussion = await opening.the_one(uow, call.actor.branch, number(call.args))
        await opening.end(uow, call.actor, discussion)
        voices, people = await records.count(uow, discussion)
        posted = await closing.is_posted(uow, discussion)
        material = await closing.gather(uow, discussion) if voices and not posted else None
    await listen(call.app)
    if posted:
        return views.ended(discussion, voices, people) + f"\n小结已经发过,要再发一次发「小结 {discussion.no}」。"
    if material is None:
        return f"讨论 {discussion.no} 已结束,没有达到要求的发言,不出小结。结束错了发「撤销」。"
    return await draft(material, views.ended(discussion, voices, people), mended=discussion.draft)


async def draft(material: Material, here: str, mended: str = "") -> Reply:
    """Ask whether the summary may be posted: what was ``mended`` by hand, else what was found."""
    words = {word for command in TABLE for word in command.words}
    made = await closing.summarise(material, words)
    payload: dict[str, object] = {
        "discussion": material.discussion.id,
        "text": mended or made.text,
        "cloud": made.cloud,
        "warn": list(material.warn),
        "quotes": made.quotes,
        "after": closing.last_post(material.discussion),
    }
    return _ask(payload, here)


def _ask(payload: dict[str, object], here: str = "") -> Reply:
    cloud, warn, text = payload["cloud"], payload["warn"], str(payload["text"])
    assert isinstance(cloud, dict)
    assert isinstance(warn, list)
    content = views.summary_draft(cloud, text, rules.warned(text, map(str, warn)))
    return Ask(content, "discussion.post", payload, choices=(), minutes=MINUTES, privately=True, here=here)


@commands.answer("post")
async def answered(call: Call) -> Reply:
    which = int(str(call.payload["discussion"]))
    if call.args.strip() != "确认":
        async with call.app.database.unit_of_work() as uow:
            text = await closing.edit(uow, call.actor, which, call.args)
        return _ask(call.payload | {"text": text})
    cloud, quotes = call.payload["cloud"], call.payload.get("quotes", [])
    assert isinstance(cloud, dict)
    assert isinstance(quotes, Sequence)
    after = call.payload.get("after")
    assert after is None or isinstance(after, str)
    async with call.app.database.unit_of_work() as uow:
        groups = await closing.post(uow, call.actor, which, str(call.payload["text"]), cloud, quotes, after)
    return f"小结已发到 {groups} 个群。" if groups > 1 else "小结已发到群里。"


@commands.undo("discussion.end")
async def reopen(uow: UnitOfWork, actor: Actor, payload: Payload) -> None:
    await opening.reopen(uow, int(payload["discussion"]))
