"""What an operator, a secretary and members type to set up a branch."""

from bot.branch import service as branch
from bot.branch import setting_up
from bot.branch.models import Role
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Where, Who
from bot.core.errors import UserError
from bot.rendering.content import Content

commands = CommandSet("branch")


@commands.command("开始", who=Who.SUPERUSER, where=Where.GROUP, usage="开始", summary="在这个群里建立支部")
async def begin(call: Call) -> Reply:
    if call.actor.branch_id is not None:
        return "这个群已经绑定了支部。发「帮助」看能做什么。"
    return Ask(
        Content.of("支部叫什么名称?直接回复,比如「红旗社区第一党支部」。"), "branch.named", choices=(), minutes=10
    )


@commands.answer("named")
async def named(call: Call) -> Reply:
    rows = await call.app.chat.group_members(call.actor)
    people = [[user_id, card.strip()] for user_id, card, _, robot in rows if card.strip() and not robot]
    async with call.app.database.unit_of_work() as uow:
        made = await setting_up.found(uow, call.actor, call.args)
    if not people:
        return f"「{made.name}」已建立。群里没有人写群名片,请大家先改成真实姓名,再发「成员 读取」。"
    listed = "、".join(name for _, name in people)
    text = f"「{made.name}」已建立。用群名片建立名册({len(people)} 人)吗?\n{listed}\n回复「确认」或「取消」。"
    return Ask(Content.of(text), "branch.enrol", {"people": people}, minutes=10)


@commands.answer("enrol")
async def enrol(call: Call) -> Reply:
    people = call.payload["people"]
    assert isinstance(people, list)
    async with call.app.database.unit_of_work() as uow:
        added, skipped = await setting_up.enrol(
            uow, call.actor, call.actor.branch, [(str(u), str(n)) for u, n in people]
        )
    left = f"({len(skipped)} 人已在别的名册里,没有改动)" if skipped else ""
    text = f"名册已建立:{len(added)} 人{left}。书记是哪一位?回复姓名。"
    return Ask(Content.of(text), "branch.secretary", choices=(), minutes=10)


@commands.answer("secretary")
async def secretary(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        member = await setting_up.grant(uow, call.actor, call.actor.branch, call.args.strip(), Role.SECRETARY)
    return f"{member.name} 是书记,可以用了。接着可发「任命 姓名 宣传委员」「推送 链接」,或「帮助」。"


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


@commands.command("任命", who=Who.LEADER, usage="任命 <姓名或@> <职务>", summary="任命支部委员")
async def appoint(call: Call) -> Reply:
    words = call.args.split()
    role = next((role for role in Role if words and words[-1] == role.value), None)
    who = words[0].lstrip("@") if len(words) == 2 else next(iter(call.message.mentions), "")
    if role is None or not who:
        raise UserError("请写姓名和职务,比如:任命 李秀英 宣传委员。职务有:" + "、".join(role.value for role in Role))
    async with call.app.database.unit_of_work() as uow:
        member = await setting_up.grant(uow, call.actor, call.actor.branch, who, role)
    return f"已任命 {member.name} 为{role.value}。"


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
