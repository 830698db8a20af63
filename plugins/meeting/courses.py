"""What members type about 培训: which there are, enrol, and out again. Its sessions are meetings."""

from datetime import timedelta

from bot.branch import people
from bot.branch import service as branch
from bot.chat.call import Acknowledge, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.meeting import courses, enrolling, views_courses
from bot.rendering.content import Content

commands = CommandSet("meeting")

SINCE = timedelta(days=366)


@commands.command(
    "培训",
    "培训班",
    "党员培训",
    who=Who.MEMBER,
    usage="培训 [编号]",
    example="培训 3",
    summary="看有哪些培训、上课时间和自己的学时",
)
async def show(call: Call) -> Reply:
    words = call.args.strip()
    async with call.app.database.reading() as uow:
        now, today = uow.now, branch.today(uow)
        if not words:
            return views_courses.listed(await courses.standings(uow, call.actor, now - SINCE), now, today)
        found = await courses.standing(uow, call.actor, numbered(call.args, "培训", "培训 3")[0])
    own = views_courses.own(found, call.actor.member_id)
    text = views_courses.one(found, now, today, enrolled=bool(own))
    return Say(Content.of(f"{text}\n{own}"), privately=True, here=text) if own else text


@commands.command(
    "报名",
    "我报名",
    "我要报名",
    who=Who.MEMBER,
    bare=True,
    usage="报名 [编号]",
    example="报名 3",
    summary="报名参加培训",
    under="培训",
)
async def enrol(call: Call) -> Reply:
    no = numbered(call.args, "培训", "报名 3")[0] if call.args.strip() else None
    async with call.app.database.unit_of_work() as uow:
        found = await enrolling.enrol(uow, call.actor, no)
        now = uow.now
    if found is None:
        return None if call.actor.group_id is not None else "现在没有在报名的培训。"
    if call.actor.group_id is not None and found[1]:
        return Acknowledge(f"course:{found[0].course.id}", call.actor.name, None)
    return Say(Content.of(views_courses.enrolled(found[0], now, new=found[1])), privately=True)


@commands.command(
    "取消报名",
    "退出培训",
    who=Who.MEMBER,
    usage="取消报名 <编号> [姓名]",
    example="取消报名 3",
    under="培训",
    summary="不参加培训了;支委可以写上姓名替别人取消",
)
async def withdraw(call: Call) -> Reply:
    no, name = numbered(call.args, "培训", "取消报名 3")
    async with call.app.database.unit_of_work() as uow:
        member = await people.meant(uow, call.actor, name, call.message.mentions)
        await enrolling.withdraw(uow, call.actor, no, member)
    return f"已取消{member.name}在培训 {no} 的报名。"
