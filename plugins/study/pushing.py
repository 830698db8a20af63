"""What propagandists type to push a text."""

import re
from datetime import datetime

from bot.chat.call import Ask, Call, Reply
from bot.chat.commands import CommandSet, Who
from bot.core.errors import UserError
from bot.quiz import banks
from bot.rendering.content import Content
from bot.scheduling.moments import EXAMPLES, split_moment
from bot.study import library_views, materials, plans, pushing
from bot.study.materials import Prepared
from bot.study.models import Material, Proof
from bot.study.rules import split_proof
from plugins.study import intake

commands = CommandSet("study")

_BELOW = re.compile(r"\s*(?:推送?|发)?到(?:所有|全部|各)?下级(?:党?支部|党组织)?(?=\s|$)")
_STORED_AND = re.compile(r"资料\s*\d{1,6}\s+(\S.{0,30})")
_LINK_AND = re.compile(r"https?://\S+\s+(.{0,11}[今明后下周月日号点早晚午].{0,11})")
"""A number or a link, and behind it what was surely meant as a time."""


def split_below(text: str) -> tuple[bool, str]:
    """Whether it is to go to the branches below too (said on the first or the last line), and the rest."""
    head, line, rest = text.partition("\n")
    if line and not _BELOW.search(head):
        body, line, last = text.rpartition("\n")
        return (True, body) if _BELOW.fullmatch(last) else (False, text)
    return bool(_BELOW.search(head)), f"{_BELOW.sub('', head)}{line}{rest}".strip()


@commands.command(
    "推送",
    who=Who.EDITOR,
    usage="推送 <链接、文字、文件或「资料 12」> [时间] [到下级] [凭阅读页|凭答题|凭心得|凭到会]",
    example="推送 资料 12 明天8点",
    summary="推送一篇学习材料",
    scheduled=True,
)
async def push(call: Call) -> Reply:
    below, text = split_below(call.args)
    proof, text = split_proof(text)
    call.app.pages.check(proof)
    at, what = split_moment(text, call.app.clock.now())
    left_over = _STORED_AND.fullmatch(what) or (_LINK_AND.fullmatch(what) if at is None else None)
    if left_over:
        raise UserError(f"没读懂「{left_over[1]}」是什么时间。可以这样写:\n{EXAMPLES}。")
    return await preview(call, what, at, below=below, proof=proof)


@commands.answer("push_wanted")
async def handed_over(call: Call) -> Reply:
    at = datetime.fromisoformat(str(call.payload["at"])) if call.payload["at"] else None
    proof = Proof(int(str(call.payload["proof"])))
    return await preview(call, call.message.raw, at, below=bool(call.payload["below"]), proof=proof)


async def preview(call: Call, what: str, at: datetime | None, *, below: bool, proof: Proof) -> Reply:
    found = await intake.taken(call, what)
    payload: dict[str, object] = {"at": at.isoformat() if at else None, "below": below, "proof": proof}
    if found is None:
        return Ask(Content.of(intake.WANTED), "study.push_wanted", payload, choices=(), minutes=10)
    async with call.app.database.reading() as uow:
        outlook = await pushing.outlook(uow, call.actor.branch, at, below=below)
        known = found if isinstance(found, Material) else await materials.same(uow, call.actor.branch, found)
        before = await materials.pushed_lately(uow, known) if known is not None else None
        payload |= {"no": known.no} if known is not None else {"prepared": payload_of(found)}
        question = library_views.ask(outlook, uow.now, asked=at is not None, proof=proof)
        text = library_views.preview(known or found, before)
        if proof is Proof.QUIZ and (known is None or await banks.without(uow, [known])):
            text += Content.of(library_views.no_questions(known))
        text += question
    return Ask(
        text, "study.push", payload, ("确认", "取消", "立即") if outlook.leaves_at > uow.now else ("确认", "取消")
    )


def payload_of(found: Material | Prepared) -> object:
    return found.to_json() if isinstance(found, Prepared) else None


@commands.answer("push")
async def confirmed(call: Call) -> Reply:
    at = datetime.fromisoformat(str(call.payload["at"])) if call.payload["at"] else None
    below, at_once = bool(call.payload["below"]), call.args == "立即"
    proof = Proof(int(str(call.payload["proof"])))
    async with call.app.database.unit_of_work() as uow:
        if "no" in call.payload:
            material = await materials.get(uow, call.actor.branch, int(str(call.payload["no"])))
        else:
            material = await materials.add(uow, call.actor, Prepared.from_json(call.payload["prepared"]))
        outlook = await pushing.outlook(uow, call.actor.branch, at, below=below)
        if outlook.leaves_at > uow.now and not at_once:
            items = [(outlook.leaves_at, material)]
            plan = await plans.dated(uow, call.actor, material.title, items, below=below, proof=proof)
            return library_views.scheduled(plan, material, outlook.leaves_at, uow.now)
        done = await pushing.push_all(
            uow, call.actor.branch, material, below=below, even_at_night=at_once, proof=proof, pages=call.app.pages
        )
        return library_views.pushed(done)
