"""What a secretary types to know how the study goes."""

from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.rendering.content import Content
from bot.study import completion, views
from bot.study.models import Material

commands = CommandSet("stats")


@commands.command(
    "谁还没学",
    "还有谁没学完",
    "差谁",
    "完成情况",
    who=Who.EDITOR,
    bare=True,
    usage="谁还没学 [编号]",
    example="谁还没学 7",
    summary="看完成了多少、还差谁",
)
async def unfinished(call: Call) -> Reply:
    """In a group only the count is said; the names go to the asker."""
    if call.args and (not call.args.isdecimal() or len(call.args) > 6):
        raise UserError("请写学习的编号,比如「谁还没学 7」。")
    async with call.app.database.reading() as uow:
        assignment = await completion.latest_or(uow, call.actor.branch, int(call.args) if call.args else None)
        material = await uow.session.get_one(Material, assignment.material_id)
        found = await completion.standing_of(uow, assignment)
    text = views.standing(assignment, material.title, found)
    if not found.open:
        return text
    named = f"{text}:\n{views.names(found.open)}"
    if call.actor.group_id is None:
        return f"{named}\n要提醒他们,发「催学 {assignment.no}」。"
    return Say(Content.of(named), privately=True, here=f"{text}。名单已私聊发给您。")
