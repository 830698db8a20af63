"""What a propagandist types to know who has seen a notice, and to remind the others."""

import re

from bot.branch import rights
from bot.branch.actor import LEADERS
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.core.errors import NotAllowed
from bot.notice import drafting, naming, reminding, views
from bot.rendering.content import Content
from bot.scheduling.words import say_moment

commands = CommandSet("notice")

_PUBLIC = re.compile(r"\s*在?群里公布$")


@commands.command(
    "回执",
    who=Who.COMMITTEE,
    usage="回执 <编号> [下级] [在群里公布]",
    example="回执 3",
    summary="看公告谁收到了;名单私下看",
)
async def receipts(call: Call) -> Reply:
    words, public = _PUBLIC.sub("", call.args), bool(_PUBLIC.search(call.args))
    no, within = numbered(words, "公告", "回执 3")
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        one = await reminding.standing(uow, actor, no, within)
    count, below = views.counts(one.notice, one.found), views.by_branch(one.below)
    if public:
        return _publish(call, one, count)
    tail = f"要提醒他们,发「催收 {one.notice.no}」。" if one.found.open else ""
    lines = [f"{count}。", below, views.everybody(one.found), tail]
    here = "\n".join(line for line in (f"{count}。名单已私聊发给您。", below) if line)
    return Say(Content.of("\n".join(line for line in lines if line)), privately=True, here=here)


def _publish(call: Call, one: reminding.Standing, count: str) -> Reply:
    if not call.actor.may(LEADERS):
        raise NotAllowed("在群里公布名单由书记来定。名单可以私下看,发「回执 编号」。")
    if not one.found.open:
        return f"{count}。没有要公布的。"
    text = f"将在群里公布公告 {one.notice.no} 没回执的 {len(one.found.open)} 人姓名。回复「确认」公布,「取消」不公布。"
    return Ask(Content.of(text), "notice.publish", {"no": one.notice.no})


@commands.answer("publish")
async def published(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no = int(str(call.payload["no"]))
        at = await naming.name_open(uow, await rights.here(uow, call.actor), no)
        if at > uow.now:
            return f"公告 {no} 的回执 {say_moment(at, uow.now)}在群里公布(避开安静时段)。"
    return f"已在群里公布公告 {no} 的回执。"


@commands.command("催收", who=Who.COMMITTEE, usage="催收 <编号>", example="催收 3", summary="私下提醒还没收到的人")
async def remind(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        found = await reminding.outlook(uow, actor, numbered(call.args, "公告", "催收 3")[0])
    text = views.to_remind(found.notice.no, len(found.reachable), found.before, found.away, found.a_day)
    if not found.reachable:
        return text
    return Ask(Content.of(f"{text}\n回复「确认」发送,「取消」放弃。"), "notice.remind", {"no": found.notice.no})


@commands.answer("remind")
async def reminded(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        actor = await rights.here(uow, call.actor)
        await drafting.need_author(uow, actor)
        done = await reminding.remind(uow, actor, int(str(call.payload["no"])))
        return views.reminded(done.told, done.before, done.away, done.leaves_at, uow.now)
