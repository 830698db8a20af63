"""What to say when somebody clearly spoke to the bot and it did not understand."""

from bot.branch.actor import EDITORS
from bot.chat.call import Call, Reply
from bot.chat.conversation import CANCEL
from bot.chat.table import TABLE
from bot.study.rules import code_in

FILE = "收到文件。要推送,长按这个文件回复「推送」;只放进资料库,回复「入库」。"


async def unknown(call: Call) -> Reply:
    """The nearest command, or where to look; which numbers there were to choose from. Strangers get nothing."""
    if choices := call.payload.get("choices"):
        assert isinstance(choices, tuple)
        return f"没有「{call.args}」这一项。请回复{'、'.join(choices)}中的一个,不选了回复「取消」。"
    if call.actor.member_id is None and not call.actor.is_superuser:
        return None
    if call.message.files and not call.args:
        return FILE if call.actor.may(EDITORS) else None
    if call.message.text in ("确认", CANCEL):
        return f"现在没有等您{call.message.text}的事。问过您的话 2 分钟没有回复就作废了,要做请再发一次。"
    if (shown := code_in(call.args)) is not None:
        return f"这是阅读页的验证码吧?请发「打卡 {shown[1]}」。"
    near = TABLE.nearest(call.args) if call.args else None
    if near is not None:
        return f"没看懂。你是不是想说「{near}」?发「帮助 {near}」看用法。"
    return "没看懂。发「帮助」看看我能做什么。"
