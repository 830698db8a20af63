"""What members type or do to say that they have read something."""

from dataclasses import replace

from bot.chat.call import Acknowledge, Call, Reply, Say
from bot.chat.commands import CaughtUp, CommandSet, Who
from bot.chat.numbers import number
from bot.rendering.content import Content
from bot.study import correcting, views
from bot.study.checking_in import Claim, check_in_all
from bot.study.codes import Shown
from bot.study.models import Method
from bot.study.rules import code_in
from plugins.study.claiming import claim, show_code

commands = CommandSet("study")


@commands.command(
    "已学",
    "学完了",
    "学习完毕",
    "看完了",
    "已阅",
    "已学完",
    "已学习",
    "已经学完了",
    "我学完了",
    "我已学",
    "我看完了",
    "我已经学完了",
    "已经看完了",
    "已看完",
    "已学完毕",
    "学习完了",
    "已打卡",
    "学习完成",
    "已读完",
    "读完了",
    "收到已学",
    "收到已学习",
    "好的已学",
    "打卡",
    who=Who.MEMBER,
    bare=True,
    usage="已学 [编号] · 打卡 [阅读页末尾的验证码]",
    example="打卡 7F3K",
    summary="登记学完了",
    caught_up=CaughtUp.RECORD,
)
async def check_in(call: Call) -> Reply:
    if (shown := code_in(call.args)) is not None:
        return await show_code(call, Shown(shown[1], shown[0], call.message.message_id, call.message.reply_to))
    method = Method.PRIVATE if call.actor.group_id is None else Method.PHRASE
    reply_to = call.message.reply_to
    if reply_to is not None and call.actor.group_id is not None:
        method = Method.REPLY
    if (said_at := call.message.said_at) is not None:
        method = Method.HISTORY
    return await claim(
        call, Claim(call.actor, method, call.message.message_id, number(call.args), reply_to, said_at=said_at)
    )


@commands.answer("which")
async def which(call: Call) -> Reply:
    numbers = call.payload.get("numbers") if call.args == views.ALL else [int(call.args)]
    assert isinstance(numbers, list)
    method = Method.PRIVATE if call.actor.group_id is None else Method.PHRASE
    made = [Claim(call.actor, method, call.message.message_id, no) for no in numbers]
    replies = [await claim(call, one) for one in made]
    said = "\n".join(reply.content.plain for reply in replies if isinstance(reply, Say))
    recorded = [reply for reply in replies if isinstance(reply, Acknowledge)]
    if recorded:  # in the group: a sign for these, and privately what is still to be done for the others
        return replace(recorded[-1], besides="\n".join(filter(None, [said, *(one.besides for one in recorded)])))
    return Say(Content.of(said), privately=True)


@commands.signal("reaction")
async def reaction(call: Call) -> Reply:
    """An emoji on the push completes it; anybody else's emoji means nothing."""
    if call.actor.member_id is not None:
        emoji = _emoji(call)
        reaction = Claim(call.actor, Method.REACTION, reply_to=call.message.reply_to, evidence=emoji)
        await call.app.together(check_in_all, reaction)
    return None


@commands.signal("unreaction")
async def unreaction(call: Call) -> Reply:
    """The emoji that completed a reading is taken off again: a slip of the thumb."""
    if call.actor.member_id is not None and call.message.reply_to is not None:
        async with call.app.database.unit_of_work() as uow:
            await correcting.take_off(uow, call.actor, call.message.reply_to, _emoji(call))
    return None


def _emoji(call: Call) -> str:
    return f"emoji:{call.message.emoji_id}"
