"""What propagandists type to push a text, and to remind of it."""

import re
from datetime import datetime

from bot.branch import telling
from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.rendering.content import Content
from bot.scheduling.moments import split_moment
from bot.scheduling.words import say_moment
from bot.sources import link
from bot.sources.article import Article
from bot.study import completion, materials, pushing, reminding, views
from bot.study.models import Material
from plugins.study.numbers import number

commands = CommandSet("study")


@commands.command("推送", who=Who.EDITOR, usage="推送 <链接、文字或「资料 12」> [时间]", summary="推送一篇学习材料")
async def push(call: Call) -> Reply:
    now = call.app.clock.now()
    at, what = split_moment(call.args, now)
    if not what:
        return "请把链接或文字跟在「推送」后面,比如:推送 https://… 明天8点"
    async with call.app.database.unit_of_work() as uow:
        if stored := re.fullmatch(r"资料\s*(\d{1,6})", what):
            material = await materials.get(uow, call.actor.branch, int(stored[1]))
    if not stored:
        prepared = await materials.prepare(await article(call, what))
        async with call.app.database.unit_of_work() as uow:
            material = await materials.add(uow, call.actor, prepared)
    async with call.app.database.reading() as uow:
        quiet = await telling.quiet_hours(uow, call.actor.branch)
    leaves_at = quiet.shift(at or now)
    night = leaves_at != (at or now)
    when = "马上推送" if leaves_at == now else f"{say_moment(leaves_at, now)} 推送"
    hint = "(现在是安静时段;要现在就发,请回「立即」)" if night and at is None else "(避开安静时段)" if night else ""
    preview = views.material(material) + Content.of(f"回复「确认」{when}{hint},「取消」放弃。")
    payload: dict[str, object] = {"no": material.no, "at": at.isoformat() if at else None}
    return Ask(preview, "study.push", payload, ("确认", "取消", "立即") if night else ("确认", "取消"))


async def article(call: Call, what: str) -> Article:
    if re.match(r"https?://\S+$", what):
        return await link.read(what, call.app.fetcher)
    title, _, body = what.partition("\n")
    text = body.strip() or what
    return Article(title=title.strip()[:60] if body.strip() else what[:24], text=text)


@commands.answer("push")
async def push_confirmed(call: Call) -> Reply:
    at = datetime.fromisoformat(str(call.payload["at"])) if call.payload["at"] else None
    async with call.app.database.unit_of_work() as uow:
        material = await materials.get(uow, call.actor.branch, int(str(call.payload["no"])))
        done = await pushing.push(uow, call.actor.branch, material, at, even_at_night=call.args == "立即")
        now = uow.now
    if done.leaves_at > now:
        return f"好的,学习 {done.assignment.no} 将在 {say_moment(done.leaves_at, now)} 推送。"
    return f"已推送学习 {done.assignment.no}({done.readers} 人应学)。发「谁还没学」看完成情况。"


@commands.command("催学", who=Who.EDITOR, usage="催学 [编号]", summary="私下提醒还没学的人")
async def remind(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        assignment = await completion.latest_or(uow, call.actor.branch, number(call.args))
        standing = await completion.standing_of(uow, assignment)
    if not standing.open:
        return f"学习 {assignment.no} 都完成了,不用催。"
    text = f"将私下提醒 {len(standing.open)} 人学习 {assignment.no}(每人每天最多一次,避开安静时段)。回复「确认」发送。"
    return Ask(Content.of(text), "study.remind", {"no": assignment.no})


@commands.answer("remind")
async def remind_confirmed(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        assignment = await completion.get(uow, call.actor.branch, int(str(call.payload["no"])))
        standing = await completion.standing_of(uow, assignment)
        material = await uow.session.get_one(Material, assignment.material_id)
        sent = await reminding.remind(uow, call.actor, assignment, material.title, [p.member_id for p in standing.open])
    unreached = len(standing.open) - sent
    return f"已安排提醒 {sent} 人。" + (f"另有 {unreached} 人今天已提醒过或没有绑定账号。" if unreached else "")
