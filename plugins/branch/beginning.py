"""What an operator and a secretary type to set up a branch and its offices."""

from bot.branch import setting_up
from bot.branch.models import Role
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Where, Who
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
