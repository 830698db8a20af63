"""What people type to push and to complete readings."""

import re
from datetime import datetime

from bot.chat.call import Acknowledge, Ask, Call, Reply, Say
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.rendering.content import Content
from bot.scheduling.moments import split_moment
from bot.scheduling.recurrence import EXAMPLES, split_recurrence
from bot.scheduling.words import say_moment
from bot.sources import link
from bot.sources.article import Article
from bot.study import completion, materials, pushing, repository, views
from bot.study.checking_in import CheckedIn, Claim, NothingOpen, NotOurs, Several
from bot.study.models import Material, Method, PlanState
from bot.textmining import segmenter

commands = CommandSet("study")


def number(text: str) -> int | None:
    """The number that was given; None if there is none. Raises ``UserError`` for anything else."""
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6:
        raise UserError(f"「{text[:10]}」不是编号,请写数字,比如「已学 7」。")
    return int(text)


# -- completing


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
    "学习完成",
    "已读完",
    "读完了",
    "打卡",
    who=Who.MEMBER,
    bare=True,
    usage="已学 [编号]",
    summary="登记学完了",
)
async def check_in(call: Call) -> Reply:
    method = Method.PRIVATE if call.actor.group_id is None else Method.PHRASE
    reply_to = call.message.reply_to
    if reply_to is not None and call.actor.group_id is not None:
        method = Method.REPLY
    return await claim(call, Claim(call.actor, method, call.message.message_id, number(call.args), reply_to))


@commands.answer("which")
async def which(call: Call) -> Reply:
    return await claim(call, Claim(call.actor, Method.PHRASE, call.message.message_id, int(call.args)))


@commands.signal("reaction")
async def reaction(call: Call) -> Reply:
    """An emoji on the push completes it; anybody else's emoji means nothing."""
    if call.actor.member_id is not None:
        reaction = Claim(call.actor, Method.REACTION, call.message.message_id, reply_to=call.message.reply_to)
        await call.app.check_ins(reaction)
    return None


async def claim(call: Call, made: Claim) -> Reply:
    """Record a claim, together with those that arrive meanwhile, and answer it once it is on disk."""
    in_group = call.actor.group_id is not None
    match await call.app.check_ins(made):
        case CheckedIn(reading=reading) as done:

            async def progress() -> str:
                async with call.app.database.reading() as uow:
                    assignment = await completion.get(uow, reading.branch_id, reading.no)
                    return (await completion.standing_of(uow, assignment)).progress

            if in_group:
                return Acknowledge(f"study:{reading.no}", call.actor.name, progress)
            return Say(views.checked_in(done, await progress()))
        case Several(readings=readings):
            choices = tuple(str(reading.no) for reading in readings[:10])
            return Ask(views.which(readings[:10]), then="study.which", choices=choices)
        case NotOurs():
            return "没有登记:您回复的不是学习推送。看完材料直接发「已学」就行。"
        case NothingOpen():
            pass
    return None if in_group else "现在没有要学的。要补学以前的,发「补学」。"


@commands.command("撤回打卡", "点错了", who=Who.MEMBER, bare=True, usage="撤回打卡", summary="撤回上一次打卡")
async def take_back(call: Call) -> Reply:
    async with call.app.database.unit_of_work() as uow:
        no = await completion.take_back(uow, call.actor)
    return f"已撤回学习 {no} 的打卡。"


@commands.command("补学", "我还差哪些", "补", who=Who.MEMBER, bare=True, usage="补学 [编号]", summary="看还有哪些没学")
async def catch_up(call: Call) -> Reply:
    if call.args:
        return await whole_text(call)
    async with call.app.database.reading() as uow:
        items = await completion.open_items(uow, call.actor)
    return Say(Content.of(views.open_list(items)), privately=True, here="已私聊发给您。")


@commands.command("我的", "我的学习", who=Who.MEMBER, bare=True, usage="我的", summary="我的学习记录")
async def mine(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        assert call.actor.member_id is not None or call.actor.is_superuser
        if call.actor.member_id is None:
            return "您还没有绑定名册。请在群里 @我 发「绑定 您的姓名」。"
        done = await repository.completions_of(uow, call.actor.branch, call.actor.member_id)
        items = await completion.open_items(uow, call.actor)
    late = sum(one.late for one in done)
    text = f"{call.actor.name}:已完成 {len(done)} 篇" + (f"(其中补学 {late} 篇)" if late else "")
    return Say(
        Content.of(f"{text},未完成 {len(items)} 篇。\n{views.open_list(items)}"), privately=True, here="已私聊发给您。"
    )


@commands.command("全文", who=Who.MEMBER, bare=True, usage="全文 [编号]", summary="在聊天里读全文")
async def whole_text(call: Call) -> Reply:
    async with call.app.database.reading() as uow:
        assignment = await completion.latest_or(uow, call.actor.branch, number(call.args))
        material = await uow.session.get_one(Material, assignment.material_id)
    return Say(views.pages(material.title, material.text))


# -- the library and pushing


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
        quiet = await pushing.quiet_hours(uow, call.actor.branch)
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


@commands.command("资料", who=Who.EDITOR, usage="资料 [关键词或编号]", summary="查找资料")
async def library(call: Call) -> Reply:
    if call.args.isdecimal():
        async with call.app.database.reading() as uow:
            return Say(views.material(await materials.get(uow, call.actor.branch, number(call.args) or 0)))
    terms = await segmenter.index_terms(call.args) if call.args else frozenset()
    async with call.app.database.reading() as uow:
        return views.materials(await materials.search(uow, call.actor.branch, terms))


@commands.command("删除资料", who=Who.EDITOR, usage="删除资料 <编号>", summary="从资料库删除")
async def remove(call: Call) -> Reply:
    no = number(call.args)
    if no is None:
        return "请写编号,比如:删除资料 12"
    async with call.app.database.unit_of_work() as uow:
        material = await materials.remove(uow, call.actor, no)
    return f"已删除资料 {no}《{material.title}》。推送过的记录还在。"


@commands.command(
    "学习计划",
    who=Who.EDITOR,
    usage="学习计划 [新建 <名称> <时间> 资料 <编号>|列表|暂停|恢复|删除]",
    summary="按时间表推送",
)
async def plan(call: Call) -> Reply:
    verb, _, rest = call.args.partition(" ")
    states = {"暂停": PlanState.PAUSED, "恢复": PlanState.ACTIVE, "删除": PlanState.ENDED}
    if verb == "新建":
        return await new_plan(call, rest)
    async with call.app.database.unit_of_work() as uow:
        if verb in states:
            no = number(rest)
            if no is None:
                return f"请写编号,比如:学习计划 {verb} 1"
            changed = await pushing.set_plan_state(uow, call.actor, no, states[verb], call.app.calendar)
            following = f",下次 {say_moment(changed.next_at, uow.now)}" if changed.next_at else ""
            return f"计划 {no}「{changed.name}」已{verb}{following}。"
        rows = await repository.plans(uow, call.actor.branch)
        lines = []
        for one in rows:
            left, missed = len(await repository.items_left(uow, one.id)), await repository.missed_slots(uow, one.id)
            state = f"下次 {say_moment(one.next_at, uow.now)}" if one.next_at else "已暂停"
            lines.append(f"{one.no}. {one.name}:{state},还有 {left} 篇" + (f",错过 {missed} 次" if missed else ""))
    return "\n".join(lines) or "还没有学习计划。比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12"


async def new_plan(call: Call, text: str) -> Reply:
    recurrence, before, after = split_recurrence(text, call.app.clock.now())
    if recurrence is None or not before:
        return f"请写名称和时间,比如:学习计划 新建 党章学习 每个工作日8点 资料 3-12\n{EXAMPLES}"
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,6})(?:\s*[-~到至]\s*(\d{1,6}))?", after):
        end = int(last or first)
        if end - int(first) > 200:
            raise UserError("一个计划最多 200 篇资料,请分成几个计划。")
        numbers += range(int(first), end + 1)
    async with call.app.database.unit_of_work() as uow:
        made = await pushing.create_plan(uow, call.actor, before, recurrence, numbers, call.app.calendar)
        assert made.next_at is not None
        when = (
            f"{recurrence.describe()},下次 {say_moment(made.next_at, uow.now)}{call.app.calendar.caveat(made.next_at)}"
        )
    return f"计划 {made.no}「{made.name}」已建立:{len(numbers)} 篇,{when}。\n要停发「学习计划 暂停 {made.no}」。"


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
        sent = await pushing.remind(uow, call.actor, assignment, material.title, [p.member_id for p in standing.open])
    unreached = len(standing.open) - sent
    return f"已安排提醒 {sent} 人。" + (f"另有 {unreached} 人今天已提醒过或没有绑定账号。" if unreached else "")
