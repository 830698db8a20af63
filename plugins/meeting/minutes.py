"""What people type to hand in the minutes of a meeting, to confirm them and to file them."""

import asyncio

from bot.branch import service as branch
from bot.chat.call import Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.chat.numbers import numbered
from bot.core.errors import UserError
from bot.meeting import calling, circle, filing, repository, views_minutes, writing_up
from bot.rendering.content import Attachment, Content
from bot.sources import files

commands = CommandSet("meeting")
commands.needs(repository.files)

_EXPORT = ("导出", "下载")
_READ = (".docx", ".txt", ".md", ".doc", ".wps")
"""Files that are the minutes; any other is kept beside them: a PDF is mostly a scan of the signed sheet."""
MOST = 20


@commands.command(
    "会议记录",
    "会议纪要",
    who=Who.MEMBER,
    usage="会议记录 <编号> [正文] · 会议记录 <编号> 导出",
    example="会议记录 5 一、议程 二、讨论情况 三、决议 1. 张三负责整理活动室,11月30日前",
    summary="交会议记录(文字、Word 文件、照片),看记录,导出 Word",
    under="会议",
)
async def minutes(call: Call) -> Reply:
    no, text = numbered(call.args, "会议", "会议记录 5 正文")
    if text in _EXPORT:
        return await _export(call, no)
    text, kept = await _handed(call, text)
    if not text and not kept:
        return await _show(call, no)
    async with call.app.database.unit_of_work() as uow:
        found = await writing_up.hand_in(uow, call.actor, no, text, kept)
    return views_minutes.handed_in(found, len(kept), text=bool(text))


async def _handed(call: Call, text: str) -> tuple[str, list[tuple[str, str]]]:
    """The words, of a document what is in it; and what is kept beside them."""
    handed, pictures = call.message.files, call.message.pictures
    if not text and not handed and not pictures and (answered := await call.answered()) is not None:
        handed, pictures, text = answered.files, answered.pictures, answered.raw
    if len(handed) + len(pictures) > MOST:
        raise UserError(f"一次最多 {MOST} 个文件和照片。")
    kept = []
    for each in (*handed, *pictures):
        data = await call.download(each, files.LARGEST)
        name = each.name if each in handed else f"{filing.PHOTO}.jpg"
        if not text and each in handed and name.lower().endswith(_READ):
            article = await files.extract(name, data)
            text = f"{article.title}\n{article.text}"
        kept.append((await call.app.media.put(data), name))
    return text.strip(), kept


async def _show(call: Call, no: int) -> Reply:
    async with call.app.database.reading() as uow:
        found = await writing_up.get(uow, call.actor, no)
        if found is not None:
            return Say(Content.of(views_minutes.shown(found)), privately=True)
        return views_minutes.template(await calling.get(uow, call.actor, no))


async def _export(call: Call, no: int) -> Reply:
    async with call.app.database.reading() as uow:
        found = await writing_up.get(uow, call.actor, no)
        if found is None:
            raise UserError(f"会议 {no} 还没有记录。发「会议记录 {no}」看要写什么。")
        await circle.need_chair(uow, call.actor, found.meeting)

        async def kept(name: str) -> bytes:
            return await asyncio.to_thread(call.app.media.get, name)

        paper = await filing.minutes(uow, found, kept)
    return await _file(call, paper)


async def _file(call: Call, paper: filing.Paper) -> Reply:
    file = Attachment(sha256=await call.app.media.put(paper.data), name=paper.name)
    return Say(Content.of(file), privately=True, here="文件已私聊发给您。")


@commands.command(
    "会议确认",
    "确认记录",
    who=Who.MEMBER,
    usage="会议确认 <编号>",
    example="会议确认 5",
    summary="主持人确认记录,决议变成各人的任务",
    under="会议",
)
async def confirm(call: Call) -> Reply:
    no, _ = numbered(call.args, "会议", "会议确认 5")
    async with call.app.database.unit_of_work() as uow:
        return views_minutes.confirmed(*await writing_up.confirm(uow, call.actor, no))


@commands.command(
    "会议台账",
    "三会一课台账",
    who=Who.COMMITTEE,
    usage="会议台账 [年份]",
    example="会议台账 2026",
    summary="一年的会议和决议落实,导出表格",
    under="三会一课",
)
async def ledger(call: Call) -> Reply:
    word = call.args.strip().removesuffix("年")
    if word and not (word.isdecimal() and 2000 <= int(word[:5]) <= 2100):
        raise UserError("请写年份,比如:会议台账 2026")
    async with call.app.database.reading() as uow:
        paper = await filing.ledger(uow, call.actor, int(word) if word else branch.today(uow).year)
    return await _file(call, paper)
