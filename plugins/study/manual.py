"""What a secretary types to enter a completion for somebody."""

import re

from bot.branch import people
from bot.branch.models import Member
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.rendering.content import Content
from bot.study import manual, views

commands = CommandSet("study")

_NUMBERED = re.compile(r"(?:学习\s*|第\s*)(\d{1,6})\s*[号篇]?(?:\s|$)|(\d{1,6})(?:\s|$)")


@commands.command(
    "补登",
    who=Who.LEADER,
    usage="补登 <姓名> [学习 7] <原因>",
    example="补登 张三 学习 7 手机坏了",
    summary="替人登记学完了",
)
async def enter(call: Call) -> Reply:
    name, _, rest = ("", "", call.args) if call.message.mentions else call.args.partition(" ")
    rest = rest.strip()
    found = _NUMBERED.match(rest)
    no = int(found[1] or found[2]) if found else None
    reason = rest[found.end() :] if found else rest
    async with call.app.database.reading() as uow:
        member = await people.find(uow, call.actor, name, call.message.mentions)
        items = await manual.open_for(uow, call.actor, member)
    if not reason.strip():
        raise UserError(f"请写上原因,比如:补登 {member.name} {f'学习 {no} ' if no else ''}手机坏了")
    if no is None:
        if not items:
            return f"{member.name}没有要补登的学习。"
        if len(items) > 1:
            choices = tuple(str(assignment.no) for assignment, _ in items[-10:])
            payload: dict[str, object] = {"member": member.id, "reason": reason}
            return Ask(Content.of(views.which_for(member.name, items[-10:])), "study.manual", payload, choices)
        no = items[0][0].no
    return await entered(call, member, no, reason)


@commands.answer("manual")
async def chosen(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        member = await uow.session.get_one(Member, int(str(call.payload["member"])))
    return await entered(call, member, int(call.args), str(call.payload["reason"]))


async def entered(call: Call, member: Member, no: int, reason: str) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        await manual.enter(uow, call.actor, member, no, reason)
    return f"已补登{member.name} 学习 {no}。登错了发「撤销」。"


commands.undo("study.manual")(manual.take_out)
