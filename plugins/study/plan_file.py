"""A plan that comes as a file: asked for, read, shown, made when confirmed."""

from pathlib import PurePosixPath

from bot.branch.telling import quiet_hours
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet
from bot.core.errors import UserError
from bot.rendering.content import Content
from bot.sources import link, workbook
from bot.sources.article import Article
from bot.study import plan_import, plan_sheet, plan_views

commands = CommandSet("study")


async def ask_for_file(call: Call, name: str) -> Reply:
    handed = call.message.files
    if not handed and (answered := await call.answered()) is not None:
        handed = answered.files
    if not handed:
        text = f"请把计划表(.xlsx)发给我。{plan_sheet.EXAMPLE}"
        return Ask(Content.of(text), "study.plan_file", {"name": name}, choices=(), minutes=10)
    if not handed[0].name.lower().endswith(".xlsx"):
        raise UserError("计划表要 .xlsx 格式。请用 Excel 或 WPS 另存为 .xlsx,再发「学习计划 导入」。")
    data = await call.download(handed[0], workbook.LARGEST)
    return await preview(call, name or PurePosixPath(handed[0].name).stem, data)


@commands.answer("plan_file")
async def handed_over(call: Call) -> Reply:
    if not call.message.files:
        raise UserError("没有收到文件,没有导入。要导入请再发「学习计划 导入」,然后发 .xlsx 文件。")
    return await ask_for_file(call, str(call.payload["name"]))


async def preview(call: Call, name: str, data: bytes) -> Reply:
    async def read(url: str) -> Article:
        return await link.read(url, call.app.fetcher)

    rows, problems = plan_sheet.parse(await workbook.read_rows(data, formulas=True), call.app.clock.now())
    items, unresolved = await plan_import.resolve(call.app.database, call.actor.branch, rows, read)
    if problems or unresolved:
        return plan_views.refused(sorted([*problems, *unresolved], key=lambda problem: problem.row))
    async with call.app.database.reading() as uow:
        quiet = await quiet_hours(uow, call.actor.branch)
        text = plan_views.import_preview(name, items, uow.now, quiet)
    payload: dict[str, object] = {"name": name, "items": [item.to_json() for item in items]}
    return Ask(Content.of(text), "study.plan_import", payload)


@commands.answer("plan_import")
async def confirmed(call: Call) -> Reply:
    stored = call.payload["items"]
    assert isinstance(stored, list)
    items = [plan_import.Item.from_json(item) for item in stored]
    async with call.app.database.unit_of_work() as uow:
        plan = await plan_import.apply(uow, call.actor, str(call.payload["name"]), items)
        return plan_views.imported(plan, len(items), uow.now)
