"""What people type to see one member's record, and who is below the hours of the year."""

from bot.branch import people as roster
from bot.branch import service as branch
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.rendering.content import Content
from bot.stats import asking, people, people_views

commands = CommandSet("stats")

HERE = "已私聊发给您。"


@commands.command("我的", "我的学习", who=Who.MEMBER, bare=True, usage="我的", summary="我的学习记录和学时")
async def mine(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        stretch, _ = asking.read("今年", branch.today(uow))
        found = await people.record(uow, await roster.myself(uow, call.actor), stretch)
    return Say(Content.of(people_views.record(found, own=True)), privately=True, here=HERE)


@commands.command(
    "学习情况",
    "学习记录",
    who=Who.MEMBER,
    usage="<姓名>的学习情况 [时间]",
    example="张三的学习情况 三季度",
    summary="看一个人的学习记录和学时;看别人的要支委",
    under="我的",
    led_by=r".{1,40}",
)
async def one(call: Call) -> Reply:
    """Of somebody on the roster here or below; without a name of oneself."""
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(call.args, branch.today(uow), "今年")
        name = name.strip().removesuffix("的").strip()
        if call.message.mentions or name not in ("", "我", "我自己", "本人"):
            member = await roster.find(uow, call.actor, name, call.message.mentions)
        else:
            member = await roster.myself(uow, call.actor)
        people.need_right(call.actor, member)
        found = await people.record(uow, member, stretch)
    text = people_views.record(found, own=member.id == call.actor.member_id)
    return Say(Content.of(text), privately=True, here=HERE)


@commands.command(
    "谁没达标",
    "学时达标",
    "谁学时不够",
    who=Who.COMMITTEE,
    usage="谁没达标 [三季度/今年] [支部]",
    example="谁没达标 三季度",
    summary="学时没到要求的人,只发给问的人",
    under="统计",
    led_by=r".{2,16}",
)
async def below(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        stretch, name = asking.read(call.args, branch.today(uow), "今年")
        here = await asking.whose(uow, call.actor, name)
        head, names = people_views.below(here, stretch, await people.requirements(uow, here, stretch))
    if not names:
        return head
    return Say(Content.of(f"{head}\n{names}"), privately=True, here=f"{head}。名单已私聊发给您。")
