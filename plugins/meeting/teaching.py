"""What the committee types about 培训: set one up, give it sessions, put people in, see who is short of its hours."""

from dataclasses import replace

from bot.branch import people
from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.meeting import courses, enrolling, reading, views_courses
from bot.rendering.content import Content

from . import calling

commands = CommandSet("meeting")


@commands.command(
    "培训新建",
    "新建培训",
    "培训 新建",
    who=Who.COMMITTEE,
    usage="培训新建 <名称> <学时> [日期前报名|全体]",
    example=courses.EXAMPLE,
    under="培训",
    summary="办一个培训,群里通知报名",
)
async def new(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        wanted = courses.read(call.args, branch.today(uow))
    return Ask(Content.of(views_courses.preview(wanted)), "meeting.course", {"words": call.args}, minutes=10)


@commands.answer("course")
async def made(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        wanted = courses.read(str(call.payload["words"]), branch.today(uow))
        return views_courses.set_up(*await courses.set_up(uow, call.actor, wanted))


@commands.command(
    "培训加课",
    "培训排课",
    who=Who.COMMITTEE,
    usage="培训加课 <编号> <时间> <地点> 内容:<内容>",
    example=reading.SESSION,
    under="培训",
    summary="排一次课:通知报名的人,签到、请假、改期和会议一样",
)
async def session(call: Call) -> Reply:
    return await calling.call(replace(call, args=f"培训 {call.args}"))


@commands.command(
    "培训报名",
    who=Who.COMMITTEE,
    usage="培训报名 <编号> <姓名、姓名…>",
    example="培训报名 3 张三、李四",
    under="培训",
    summary="支委替别人报名,私下告诉本人",
)
async def put_in(call: Call) -> Reply:
    no, words = numbered(call.args, "培训", "培训报名 3 张三、李四")
    async with call.app.database.unit_of_work() as uow:
        found = await people.find_all(uow, call.actor, words, call.message.mentions)
        return views_courses.put_in(*await enrolling.put_in(uow, call.actor, no, found))


@commands.command(
    "培训情况",
    "培训学时",
    who=Who.COMMITTEE,
    usage="培训情况 <编号>",
    example="培训情况 3",
    under="培训",
    summary="培训的学时谁还没学满,名单只发给问的人",
)
async def standing(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        found = await courses.standing(uow, call.actor, numbered(call.args, "培训", "培训情况 3")[0])
    counts = views_courses.counts(found)
    if not found.short:
        return f"{counts}。"
    text = f"{counts}。\n{views_courses.names(found)}"
    return Say(Content.of(text), privately=True, here=f"{counts}。名单已私聊发给您。")


@commands.command(
    "培训取消",
    "取消培训",
    who=Who.COMMITTEE,
    usage="培训取消 <编号>",
    example="培训取消 3",
    under="培训",
    summary="还没上课的培训不办了,告诉大家",
)
async def drop(call: Call) -> Reply:
    no, _ = numbered(call.args, "培训", "培训取消 3")
    async with call.app.database.reading() as uow:
        course = await courses.droppable(uow, call.actor, no)
    text = f"培训 {no}「{course.name}」真的不办了?回复「确认」告诉大家,「取消」照办。"
    return Ask(Content.of(text), "meeting.no_course", {"no": no})


@commands.answer("no_course")
async def dropped(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        course = await courses.drop(uow, call.actor, int(str(call.payload["no"])))
    return f"培训 {course.no}「{course.name}」已取消。"
