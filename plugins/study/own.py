"""What members type about their own record: what is open, what is done, the whole text, taking a claim back."""

from bot.branch import service as branch
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CaughtUp, CommandSet, Who
from bot.chat.numbers import number
from bot.rendering.content import Content
from bot.study import completion, correcting, records, views
from bot.study.models import Material

commands = CommandSet("study")
commands.keeps(records.kept_of, records.forget)
commands.lets_go(records.let_go)


@commands.command(
    "撤回打卡",
    "点错了",
    who=Who.MEMBER,
    bare=True,
    usage="撤回打卡",
    summary="撤回上一次打卡",
    caught_up=CaughtUp.SLIP,
)
async def take_back(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no = await correcting.take_back(uow, await branch.as_reader(uow, call.actor))
    return f"已撤回学习 {no} 的打卡。撤错了发「撤销」。"


@commands.command(
    "补学",
    "我还差哪些",
    "补",
    who=Who.MEMBER,
    bare=True,
    usage="补学 [编号]",
    example="补学 7",
    summary="看还有哪些没学",
)
async def catch_up(call: Call) -> Reply:
    if call.args:
        return await own_page(call)
    async with call.app.database.reading() as uow:
        items = await completion.open_items(uow, await branch.as_reader(uow, call.actor))
    return Say(Content.of(views.open_list(items)), privately=True, here="已私聊发给您。")


async def own_page(call: Call) -> Reply:
    """A link of the asker's own, in private; where there are no pages, the text in the chat."""
    if not call.app.pages or call.actor.member_id is None:
        return await whole_text(call)
    async with call.app.database.reading() as uow:
        actor = await branch.as_reader(uow, call.actor)
        assignment = await completion.latest_or(uow, actor.branch, number(call.args))
        material = await uow.session.get_one(Material, assignment.material_id)
        link = call.app.pages.of_member(assignment, call.actor.member_id, uow.now)
    return Say(views.own_page(assignment, material.title, link), privately=True, here="链接已私聊发给您。")


@commands.command("全文", who=Who.MEMBER, bare=True, usage="全文 [编号]", example="全文 7", summary="在聊天里读全文")
async def whole_text(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        actor = await branch.as_reader(uow, call.actor)
        assignment = await completion.latest_or(uow, actor.branch, number(call.args))
        material = await uow.session.get_one(Material, assignment.material_id)
    return Say(views.pages(material.title, material.text))
