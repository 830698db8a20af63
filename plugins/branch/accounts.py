"""How an account is bound to a person, and let go again."""

from bot.branch import binding, people, request_views, requests, roster
from bot.branch.actor import LEADERS
from bot.branch.names import BARE_NAME
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Where, Who
from bot.core.errors import NotAllowed

commands = CommandSet("branch")


@commands.command(
    "绑定",
    who=Who.ANYONE,
    where=Where.GROUP,
    bare=True,
    bare_blank=BARE_NAME,
    usage="绑定 <姓名>",
    summary="把您的账号对上名册",
)
async def bind(call: Call) -> Reply:
    if call.actor.branch_id is None:
        return None
    if not call.args:
        return "请写您的姓名,比如:绑定 张三"
    async with call.app.database.unit_of_work() as uow:
        member = await binding.bind_self(uow, call.actor, call.args, call.app.settings.superusers)
    if isinstance(member, requests.Asked):
        return request_views.asked(member)
    return f"绑定好了,{member.name}。看完材料回复「已学」就行。"


commands.decision("bind")(binding.decided)


@commands.command("解绑", who=Who.MEMBER, usage="解绑 [姓名]", summary="让账号和名册分开;书记可写姓名")
async def unbind(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        if call.args or call.message.mentions:
            member = await people.find(uow, call.actor, call.args, call.message.mentions)
        else:
            member = await people.myself(uow, call.actor)
        if member.id != call.actor.member_id and not call.actor.may(LEADERS):
            raise NotAllowed("解绑别人由书记来做。解绑自己只发「解绑」两个字就行。")
        await roster.unbind(uow, call.actor, member)
    return f"{member.name}的账号已解绑,记录都留着。要再绑定,请本人在群里发「绑定 {member.name}」。"
