"""How an account is bound to a person, and let go again."""

from dataclasses import replace

from bot.branch import binding, people, request_views, requests, roster
from bot.branch.actor import LEADERS, Actor
from bot.branch.names import BARE_NAME
from bot.chat.call import Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import NotAllowed, UserError

commands = CommandSet("branch")


@commands.command(
    "绑定",
    who=Who.ANYONE,
    bare=True,
    bare_blank=BARE_NAME,
    usage="绑定 <姓名>",
    example="绑定 张三",
    summary="把您的账号对上名册",
)
async def bind(call: Call) -> Reply:
    if not call.args:
        return "请写您的姓名,比如:绑定 张三"
    actor = call.actor if call.actor.branch_id is not None else await known_in_a_group(call)
    if actor is None:
        return None
    async with call.app.database.unit_of_work() as uow:
        member = await binding.bind_self(uow, actor, call.args, call.app.settings.superusers)
    if isinstance(member, requests.Asked):
        return request_views.asked(member)
    return f"绑定好了,{member.name}。看完材料回复「已学」就行。"


async def known_in_a_group(call: Call) -> Actor | None:
    """The speaker of a private chat, in the one branch whose group they are in; nobody else learns who is on a roster.

    None in a group without a branch. Raises ``UserError``.
    """
    if call.actor.group_id is not None:
        return None
    async with call.app.database.reading() as uow:
        places = await binding.groups_with(uow, call.actor, call.args)
    branches: dict[int, str] = {}
    for group_id, branch_id in places.items():
        for user_id, card, *_ in await call.app.chat.group_members(replace(call.actor, group_id=group_id)):
            if user_id == call.actor.user_id:
                branches[branch_id] = card
    if len(branches) != 1:
        raise UserError("私聊里没能认出您。请在支部的群里发「绑定 您的姓名」。")
    ((branch_id, card),) = branches.items()
    return replace(call.actor, branch_id=branch_id, display_name=card or call.actor.display_name)


commands.decision("bind")(binding.decided)


@commands.command("解绑", who=Who.MEMBER, usage="解绑 [姓名]", example="解绑", summary="让账号和名册分开;书记可写姓名")
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
