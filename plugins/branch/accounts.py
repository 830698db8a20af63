"""How an account is bound to a person: by themselves, by a leader, by the group's cards."""

from bot.branch import binding, request_views, requests, setting_up
from bot.branch.names import BARE_NAME
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Where, Who
from bot.rendering.content import Content

from .roster import ACTS

commands = CommandSet("branch")


async def read_cards(call: Call, _words: list[str]) -> Reply:
    rows = await call.app.chat.group_members(call.actor)
    people = [[user_id, card.strip()] for user_id, card, _, robot in rows if card.strip() and not robot]
    text = f"把群名片里还不在名册上的人加入名册(群里有名片的共 {len(people)} 人),回复「确认」。"
    return Ask(Content.of(text), "branch.more", {"people": people})


ACTS["读取"] = read_cards


@commands.answer("more")
async def more(call: Call) -> Reply:
    people = call.payload["people"]
    assert isinstance(people, list)
    async with call.app.database.unit_of_work() as uow:
        added, _ = await setting_up.enrol(uow, call.actor, call.actor.branch, [(str(u), str(n)) for u, n in people])
    return f"加入了 {len(added)} 人:{'、'.join(added)}" if added else "没有新的人,名册没有改动。"


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
