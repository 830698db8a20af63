"""What people type to see one member's record, and who is below the hours of the year."""

from bot.branch import audit
from bot.branch import people as roster
from bot.branch import service as branch
from bot.branch.models import Member
from bot.branch.roster import subject
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.db import UnitOfWork
from bot.rendering.content import Attachment, Content
from bot.stats import asking, dossier, people, people_views
from bot.stats.asking import Stretch

commands = CommandSet("stats")

HERE = "已私聊发给您。"


@commands.command("我的", "我的学习", who=Who.MEMBER, bare=True, usage="我的", summary="我的学习记录和学时")
async def mine(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        stretch, _ = asking.read("今年", branch.today(uow))
        found = await people.record(uow, await roster.myself(uow, call.actor), stretch)
    return Say(Content.of(people_views.record(found, own=True)), privately=True, here=HERE)


async def whose(uow: UnitOfWork, call: Call, usual: str) -> tuple[Member, Stretch]:
    """The member that is meant, here or below (nobody named: oneself), and the days. Raises ``NotAllowed``."""
    stretch, name = asking.read(call.args, branch.today(uow), usual)
    name = name.strip().removesuffix("的").strip()
    if call.message.mentions or name not in ("", "我", "我自己", "本人"):
        member = await roster.find(uow, call.actor, name, call.message.mentions)
    else:
        member = await roster.myself(uow, call.actor)
    people.need_right(call.actor, member)
    return member, stretch


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
    async with call.app.database.reading() as uow:
        member, stretch = await whose(uow, call, "今年")
        found = await people.record(uow, member, stretch)
    text = people_views.record(found, own=member.id == call.actor.member_id)
    return Say(Content.of(text), privately=True, here=HERE)


@commands.command(
    "学时",
    "学时台账",
    who=Who.MEMBER,
    usage="<姓名>的学时 [时间]",
    example="我的学时",
    summary="学时从哪里来、要求多少;看别人的要支委",
    under="我的",
    led_by=r".{1,40}",
)
async def sheet(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        member, stretch = await whose(uow, call, "今年")
        text = people_views.sheet(await people.record(uow, member, stretch), await people.entries(uow, member, stretch))
    return Say(Content.of(text), privately=True, here=HERE)


@commands.command(
    "学习档案",
    "年度档案",
    who=Who.MEMBER,
    usage="<姓名>的学习档案 [去年]",
    example="张三的学习档案 2025年",
    summary="一个人一年的学习档案(Word);看别人的要支委",
    under="我的",
    led_by=r".{1,40}",
)
async def file(call: Call) -> Reply:
    """Of this year; in January of the last one. On record."""
    async with call.app.database.reading() as uow:
        usual = "去年" if branch.today(uow).month == 1 else "今年"
        member, stretch = await whose(uow, call, usual)
        data = await dossier.of(uow, member, stretch)
    async with call.app.database.unit_of_work() as uow:
        days = {"days": asking.kept(stretch)[:2]}
        await audit.record(uow, call.actor, "stats.dossier", subject(member), detail=days)
    name = f"{member.name}{asking.label(stretch)}学习档案.docx"
    return Say(Content.of(Attachment(sha256=await call.app.media.put(data), name=name)), privately=True, here=HERE)


@commands.command(
    "谁没达标",
    "学时达标",
    "谁学时不够",
    who=Who.COMMITTEE,
    usage="谁没达标 [三季度/今年] [支部]",
    example="谁没达标 三季度",
    summary="学时没到要求的人,只发给问的人",
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
