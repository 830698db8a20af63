"""What a secretary types to see and change the 考核 scheme: line by line, or as a table that is sent back."""

from bot.assessment import rules, scheme, views
from bot.branch import service as branch
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet
from bot.core.errors import NotAllowed, UserError
from bot.rendering.content import Attachment, Content
from bot.sources import workbook
from bot.stats import asking

commands = CommandSet("stats")

HERE = "考核方案已私聊发给您。"
XLSX = (
    "请把考核表(.xlsx)发给我。第一行写:指标、依据、分值、目标、周期、说明,下面一行一个指标;「考核 模板」给一张写好的。"
)


async def shown(call: Call, rest: str) -> Reply:
    async with call.app.database.reading() as uow:
        here = await asking.whose(uow, call.actor, rest)
        return Say(Content.of(views.scheme(await scheme.in_force(uow, here))), privately=True, here=HERE)


async def template(call: Call, rest: str) -> Reply:
    async with call.app.database.reading() as uow:
        here = await asking.whose(uow, call.actor, rest)
        data = await views.template(await scheme.in_force(uow, here))
    file = Attachment(sha256=await call.app.media.put(data), name=f"{here.name}考核方案.xlsx")
    return Say(Content.of(file, "改好后发回来并写「考核 导入」。"), privately=True, here=HERE)


async def add(call: Call, rest: str) -> Reply:
    words = rest.split()
    if len(words) < 3:
        raise UserError(f"请写名称、依据、分值和目标,比如:{views.FORM}。依据可以写:{rules.FORMULAS}。")
    per = next((word for word in words if word in list(rules.Per)), "")
    words = [word for word in words if word != per]
    new = rules.indicator(0, words[0], words[1], words[2], words[3] if len(words) > 3 else "", "".join(words[4:]), per)
    async with call.app.database.unit_of_work() as uow:
        return views.scheme(await scheme.add(uow, call.actor, new))


async def remove(call: Call, rest: str) -> Reply:
    if not rest.isdecimal():
        raise UserError("请写指标编号,比如:考核 删 3")
    async with call.app.database.unit_of_work() as uow:
        return f"已删去「{await scheme.remove(uow, call.actor, int(rest))}」。删错了发「撤销」。"


async def restore(call: Call, rest: str) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        await scheme.replace(uow, call.actor, [])
    return "已用回上级或现成的考核方案。要回到刚才的,发「撤销」。"


async def read_in(call: Call, rest: str) -> Reply:
    handed = call.message.files
    if not handed and (answered := await call.answered()) is not None:
        handed = answered.files
    if not handed:
        return Ask(Content.of(XLSX), "stats.scheme_file", {}, choices=(), minutes=10)
    if not handed[0].name.lower().endswith(".xlsx"):
        raise UserError("考核表要 .xlsx 格式。请用 Excel 或 WPS 另存为 .xlsx,再发「考核 导入」。")
    rows = await workbook.read_rows(await call.download(handed[0], workbook.LARGEST), formulas=True)
    found, wrong = rules.parse(rows)
    if wrong:
        more = f"\n…… 共 {len(wrong)} 处" if len(wrong) > 8 else ""
        raise UserError("考核表有问题,没有导入:\n" + "\n".join(wrong[:8]) + more)
    async with call.app.database.unit_of_work() as uow:
        await scheme.replace(uow, call.actor, found)
        return views.scheme(await scheme.in_force(uow, await branch.get(uow, call.actor.branch)))


@commands.answer("scheme_file")
async def handed_over(call: Call) -> Reply:
    if not call.message.files:
        raise UserError("没有收到文件,没有导入。要导入请再发「考核 导入」,然后发 .xlsx 文件。")
    try:
        return await read_in(call, "")
    except NotAllowed:
        raise
    except UserError as error:  # the next file may be better
        again = Content.of(f"{error}\n改好后直接再发给我;不导了回复「取消」。")
        return Ask(again, "stats.scheme_file", {}, choices=(), minutes=10)


PARTS = {
    "方案": shown,
    "指标": shown,
    "模板": template,
    "加": add,
    "增加": add,
    "删": remove,
    "删除": remove,
    "恢复": restore,
    "导入": read_in,
}

commands.undo("assessment.scheme")(scheme.put_back)
