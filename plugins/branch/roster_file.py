"""A roster that comes as a file: asked for, read, shown as a count, imported when confirmed."""

from pydantic import TypeAdapter

from bot.branch import roster_import, roster_sheet, roster_views
from bot.branch import service as branch
from bot.branch.roster_sheet import Problem, SheetRow
from bot.chat.call import Ask, Call, Reply, Say
from bot.chat.commands import CommandSet
from bot.core.errors import UserError
from bot.rendering.content import Content
from bot.sources.workbook import LARGEST

from .roster import ACTS

commands = CommandSet("branch")

_ROWS = TypeAdapter(list[SheetRow])


async def ask_for_file(call: Call, _words: list[str]) -> Reply:
    if call.message.files:
        return await preview(call)
    return Ask(Content.of(roster_views.FILE_WANTED), "branch.roster_file", choices=(), minutes=10)


ACTS["导入"] = ask_for_file


@commands.answer("roster_file")
async def preview(call: Call) -> Reply:
    if not call.message.files:
        raise UserError("没有收到文件,名册没有改动。要导入请再发「成员 导入」,然后发 .xlsx 文件。")
    file = call.message.files[0]
    if file.name.lower().endswith((".xls", ".csv", ".doc", ".docx", ".et", ".pdf")):
        raise UserError("名册要 .xlsx 格式。请用 Excel 或 WPS 打开,另存为 .xlsx,再发「成员 导入」。")
    data = await call.download(file, LARGEST)
    async with call.app.database.reading() as uow:
        today = branch.today(uow)
    sheet = await roster_sheet.read(data, today)
    async with call.app.database.reading() as uow:
        plan = await roster_import.plan(uow, call.actor, sheet.rows)
    if sheet.problems or plan.problems:
        return refused(sorted([*sheet.problems, *plan.problems], key=lambda problem: problem.row))
    if not plan.added and not plan.updated:
        return f"名册和文件一样({plan.unchanged} 人),不用导入。"
    payload: dict[str, object] = {"rows": _ROWS.dump_python(list(sheet.rows), mode="json")}
    return Ask(roster_views.import_preview(plan, sheet.unused), "branch.import", payload)


@commands.answer("import")
async def take(call: Call) -> Reply:
    rows = _ROWS.validate_python(call.payload["rows"])
    async with call.app.database.unit_of_work() as uow:
        plan = await roster_import.take_in(uow, call.actor, rows)
    return refused(plan.problems) if plan.problems else roster_views.imported(plan)


def refused(problems: list[Problem]) -> Reply:
    """The reasons name people: in a group they go to the asker."""
    here = f"名册有 {len(problems)} 处问题,一个人也没有导入,已私聊发给您。"
    return Say(Content.of(roster_views.problems(problems)), privately=True, here=here)
