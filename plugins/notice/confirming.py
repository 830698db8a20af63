"""What members type to confirm a notice."""

from bot.chat.call import Acknowledge, Ask, Call, Reply
from bot.chat.commands import CaughtUp, CommandSet, Who
from bot.chat.numbers import number
from bot.notice import reminding, views
from bot.notice.models import Method
from bot.notice.receiving import Confirmation, Confirmed, SeveralOpen, confirm_all

commands = CommandSet("notice")


@commands.command(
    "收到",
    "收悉",
    "知悉",
    "已收到",
    "收到了",
    "收到收到",
    "收到谢谢",
    "好的收到",
    "收到好的",
    "收到明白",
    who=Who.MEMBER,
    bare=True,
    usage="收到 [编号]",
    example="收到 3",
    summary="确认看到了公告",
    caught_up=CaughtUp.RECORD,
)
async def receive(call: Call) -> Reply:
    return await confirm(call, number(call.args), plain=False)


@commands.command("好的", "1", who=Who.ANYONE, bare=True, usage="好的", summary="也算收到,只有一条公告时")
async def receive_plainly(call: Call) -> Reply:
    return await confirm(call, None, plain=True) if call.actor.member_id is not None else None


@commands.answer("which")
async def which(call: Call) -> Reply:
    return await confirm(call, None, plain=False, chosen=int(str(call.payload[call.args])))


@commands.signal("reaction")
async def reaction(call: Call) -> Reply:
    """An emoji on a notice confirms it."""
    if call.actor.member_id is not None:
        said = Confirmation(call.actor, Method.REACTION, reply_to=call.message.reply_to)
        await call.app.together(confirm_all, said)
    return None


async def confirm(call: Call, no: int | None, *, plain: bool, chosen: int | None = None) -> Reply:
    in_group, reply_to = call.actor.group_id is not None, call.message.reply_to
    method = Method.REPLY if reply_to is not None else Method.PHRASE if in_group else Method.PRIVATE
    match await call.app.together(confirm_all, Confirmation(call.actor, method, no, chosen, reply_to, plain)):
        case Confirmed(notice=notice, first=first):

            async def progress() -> str:
                async with call.app.database.reading() as uow:
                    return await reminding.progress(uow, notice.id)

            if in_group:
                return Acknowledge(f"notice:{notice.id}", call.actor.name, progress, "已收到")
            return views.confirmed(notice, first=first)
        case SeveralOpen(notices=notices):
            labels = views.labels(notices[:10])
            ids: dict[str, object] = {label: one.id for label, one in labels.items()}
            return Ask(views.which(labels), "notice.which", ids, tuple(labels), alike=True)
    return None if in_group or plain else "现在没有等您确认的公告。"
