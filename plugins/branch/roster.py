"""What a secretary types about the people of a branch, and how members bind their accounts."""

from bot.branch import service as branch
from bot.branch import setting_up
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Where, Who
from bot.rendering.content import Content

commands = CommandSet("branch")


@commands.command("成员", who=Who.LEADER, usage="成员 [列表|读取]", summary="看名册;从群名片补充名册")
async def members(call: Call) -> Reply:
    if call.args.startswith("读取"):
        rows = await call.app.chat.group_members(call.actor)
        people = [[user_id, card.strip()] for user_id, card, _, robot in rows if card.strip() and not robot]
        text = f"把群名片里还不在名册上的人加入名册(群里有名片的共 {len(people)} 人),回复「确认」。"
        return Ask(Content.of(text), "branch.more", {"people": people})
    async with call.app.database.reading() as uow:
        readers = await branch.readers(uow, call.actor.branch, branch.today(uow))
    unbound = [reader.name for reader in readers if reader.account is None]
    text = f"名册 {len(readers)} 人:" + "、".join(reader.name for reader in readers)
    return Say(
        Content.of(text + (f"\n还没绑定账号:{'、'.join(unbound)}" if unbound else "")),
        privately=True,
        here="名册已私聊发给您。",
    )


@commands.answer("more")
async def more(call: Call) -> Reply:
    people = call.payload["people"]
    assert isinstance(people, list)
    async with call.app.database.unit_of_work() as uow:
        added, _ = await setting_up.enrol(uow, call.actor, call.actor.branch, [(str(u), str(n)) for u, n in people])
    return f"加入了 {len(added)} 人:{'、'.join(added)}" if added else "没有新的人,名册没有改动。"


@commands.command(
    "绑定", who=Who.ANYONE, where=Where.GROUP, bare=False, usage="绑定 <姓名>", summary="把您的账号对上名册"
)
async def bind(call: Call) -> Reply:
    if call.actor.branch_id is None:
        return None
    if not call.args:
        return "请写您的姓名,比如:绑定 张三"
    async with call.app.database.unit_of_work() as uow:
        member = await setting_up.bind_self(uow, call.actor, call.args.strip())
    return f"绑定好了,{member.name}。看完材料回复「已学」就行。"
