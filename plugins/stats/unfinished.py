"""What a secretary types to know how the study goes."""

from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import number
from bot.rendering.content import Content
from bot.scheduling.words import say_moment
from bot.study import completion, publishing, views
from bot.study.models import Material

commands = CommandSet("stats")


@commands.command(
    "谁还没学",
    "谁没学",
    "还有谁没学完",
    "还有谁没学",
    "谁没学完",
    "谁还没学完",
    "差谁",
    "还差谁",
    "完成情况",
    who=Who.EDITOR,
    bare=True,
    usage="谁还没学 [编号]",
    example="谁还没学 7",
    summary="看完成了多少、还差谁",
)
async def unfinished(call: Call) -> Reply:
    """In a group only the count is said; the names go to the asker."""
    async with call.app.database.reading() as uow:
        assignment = await completion.latest_or(uow, call.actor.branch, number(call.args))
        material = await uow.session.get_one(Material, assignment.material_id)
        found = await completion.standing_of(uow, assignment)
        others = await completion.others_open(uow, assignment) if not call.args else []
        may_name = await publishing.may_name(uow, call.actor.branch)
    text, more = views.standing(assignment, material.title, found), views.others(others)
    if not found.open:
        return text + more
    named = f"{text}:\n{views.names(found.open)}"
    if call.actor.group_id is None:
        return f"{named}\n要提醒他们,发「催学 {assignment.no}」。{more}"
    if may_name:
        return f"{named}{more}"
    return Say(Content.of(named + more), privately=True, here=f"{text}。名单已私聊发给您。")


@commands.command(
    "在群里公布",
    who=Who.LEADER,
    usage="在群里公布 [编号]",
    example="在群里公布 7",
    summary="在群里说出还没学的人",
    under="谁还没学",
)
async def publish(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        assignment = await completion.latest_or(uow, call.actor.branch, number(call.args))
        found = await completion.standing_of(uow, assignment)
        usual = await publishing.may_name(uow, call.actor.branch)
    if not found.open:
        return f"学习 {assignment.no} 都完成了,没有要公布的。"
    note = "" if usual else "平时支部不在群里点名。"
    text = (
        f"将在群里公布学习 {assignment.no} 未完成的 {len(found.open)} 人姓名。{note}\n回复「确认」公布,「取消」不公布。"
    )
    return Ask(Content.of(text), "stats.publish", {"no": assignment.no})


@commands.answer("publish")
async def published(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no = int(str(call.payload["no"]))
        at = await publishing.name_unfinished(uow, call.actor, no)
        if at > uow.now:
            return f"学习 {no} 的情况 {say_moment(at, uow.now)}在群里公布(避开安静时段)。"
    return f"已在群里公布学习 {no} 的情况。" if call.actor.group_id is None else None
