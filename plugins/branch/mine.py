"""What everybody may ask about their own data: to see it, and to have it erased."""

from bot.branch import people, privacy
from bot.branch import privacy_views as views
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Where, Who
from bot.chat.table import TABLE

commands = CommandSet("branch")


@commands.command("我的数据", who=Who.MEMBER, where=Where.PRIVATE, usage="我的数据", summary="看保存了您的哪些信息")
async def show(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        found = await privacy.kept(uow, call.actor)
        more = [await keeper.kept(uow, found.member.id) for keeper in TABLE.keepers.values()]
    return views.kept(found, [line for line in more if line])


@commands.command(
    "删除我的信息", who=Who.MEMBER, where=Where.PRIVATE, usage="删除我的信息", summary="抹去您的姓名和账号,总数不变"
)
async def ask(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        return Ask(views.ask_erasure(await privacy.check(uow, call.actor)), "branch.erase")


@commands.answer("erase")
async def erase(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        name = (await people.myself(uow, call.actor)).name
        await privacy.erase(uow, call.actor, [keeper.forget for keeper in TABLE.keepers.values()])
        await call.app.conversations.forget(uow, name, call.actor.user_id)
    await call.app.database.scrub()
    return views.ERASED
