"""What a secretary types to enter a completion or study hours for somebody, and to correct what is on record."""

import re

from bot.branch import people
from bot.branch import service as branch
from bot.branch.models import Member
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.hours import booking, entering
from bot.hours import rules as hours
from bot.hours import views as hours_views
from bot.rendering.content import Content
from bot.scheduling.period import split_day_back
from bot.study import correcting, manual, views

commands = CommandSet("study")
commands.keeps(booking.kept_of, booking.forget)
commands.lets_go(booking.let_go)

_NUMBERED = re.compile(r"(?:学习\s*|第\s*)(\d{1,6})\s*[号篇]?(?:\s|$)|(\d{1,6})(?:\s|$)")


@commands.command(
    "补登",
    who=Who.LEADER,
    usage="补登 <姓名> [学习 7] <原因> · 补登 <姓名> <哪天学什么> <几学时> <原因>",
    example="补登 王五 周三集中学习 2学时 手机坏了",
    summary="替人登记学完了,或登记集中学习、培训的学时",
)
async def enter(call: Call) -> Reply:
    name, _, rest = ("", "", call.args) if call.message.mentions else call.args.partition(" ")
    rest = rest.strip()
    if (with_hours := hours.split_hours(rest)) is not None:
        return await _hours(call, name, *with_hours)
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


async def _hours(call: Call, names: str, halves: int, what: str, reason: str) -> Reply:
    """「周三集中学习」 and 「手机坏了」 around the hours; what stands only before them ends with the reason."""
    async with call.app.database.unit_of_work() as uow:
        today = branch.today(uow)
        members = await people.find_all(uow, call.actor, names, call.message.mentions)
        day, what = split_day_back(what, today)
        if not reason or not what:
            what, _, reason = f"{what} {reason}".strip().partition(" ")
        entered = await entering.enter(uow, call.actor, members, day or today, halves, what, reason)
    return hours_views.entered(entered, members)


@commands.command(
    "更正",
    who=Who.LEADER,
    usage="更正 <姓名> 学习 7 <原因> · 更正 补登 12 <原因>",
    example="更正 张三 学习 7 本人说点错了",
    summary="把登错的学习或学时取消,要写原因",
    under="补登",
)
async def correct(call: Call) -> Reply:
    if found := re.match(r"补登\s*(\d{1,6})(?:\s+|$)", call.args):
        async with call.app.database.unit_of_work() as uow:
            rows = await entering.strike(uow, call.actor, int(found[1]), call.args[found.end() :])
        return hours_views.struck(int(found[1]), rows)
    name, _, rest = ("", "", call.args) if call.message.mentions else call.args.partition(" ")
    numbered = _NUMBERED.match(rest.strip())
    if numbered is None:
        raise UserError("请写姓名、哪一篇和原因,比如:更正 张三 学习 7 本人说点错了")
    no, reason = int(numbered[1] or numbered[2]), rest.strip()[numbered.end() :]
    async with call.app.database.unit_of_work() as uow:
        member = await people.find(uow, call.actor, name, call.message.mentions)
        await correcting.strike(uow, call.actor, member, no, reason)
    return f"已更正:{member.name}的学习 {no} 记为没学,已告诉本人。改错了发「撤销」。"


commands.undo("study.manual")(manual.take_out)
commands.undo(correcting.KIND)(correcting.put_back)
commands.undo("hours.enter")(entering.take_out)
commands.undo("hours.strike")(entering.put_back)
