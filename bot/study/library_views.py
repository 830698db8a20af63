"""What propagandists read about materials: found, taken in, about to be pushed."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.rendering.content import Content
from bot.scheduling.words import say_moment
from bot.study.materials import Page, Prepared
from bot.study.models import Assignment, Material, Plan, Proof
from bot.study.pushing import Outlook, Pushed
from bot.study.rules import PROOFS
from bot.study.views import day
from bot.textmining.reading import excerpt


def _about(found: Material | Prepared, size: int) -> list[str]:
    """Source and date, reading time and key terms, the beginning."""
    article = found.article if isinstance(found, Prepared) else found
    terms = found.key_terms if isinstance(found, Prepared) else json.loads(found.key_terms)
    where = " · ".join(part for part in (article.source, article.published and article.published.isoformat()) if part)
    length = f"约 {found.minutes} 分钟" + (f" · {'、'.join(terms)}" if terms else "")
    return [line for line in (where, length, excerpt(article.text, size)) if line]


def material(found: Material) -> Content:
    """A material of the library, shown to who asked."""
    lines = [f"资料 {found.no}:《{found.title}》", *_about(found, 120), f"要推送发「推送 资料 {found.no}」。"]
    return Content.of("\n".join(lines))


def preview(found: Material | Prepared, before: Assignment | None) -> Content:
    """What is about to be pushed; ``before`` is its last push."""
    if isinstance(found, Material):
        head, known = f"资料 {found.no}:《{found.title}》", "。"
    else:
        head, known = f"《{found.article.title}》", ""
    lines = [head, *_about(found, 80)]
    if known and before is not None:
        lines.append(f"注意:{day(before.pushed_at)}推送过(学习 {before.no})。")
    return Content.of("\n".join(lines))


def no_questions(found: Material | None) -> str:
    """What is to be completed by questions has none yet."""
    if found is None:
        return "注意:这篇还没有题目。先「入库」,再「出题」或「导入题库」,大家才能答题。"
    return f"注意:这篇还没有题目。先发「出题 资料 {found.no}」或「导入题库 资料 {found.no}」,大家才能答题。"


def ask(outlook: Outlook, now: datetime, *, asked: bool, proof: Proof) -> Content:
    """The question under a preview. ``asked``: a time was given."""
    branches = f" {outlook.branches} 个支部" if outlook.branches > 1 else ""
    by = f",凭{PROOFS[proof]}完成" if proof > Proof.WORD else ""
    to = f",推给{branches} {outlook.readers} 人{by}"
    if outlook.leaves_at <= now:
        return Content.of(f"回复「确认」马上推送{to};「取消」放弃。")
    night = ("(避开安静时段)" if asked else "(现在是安静时段)") if outlook.night else ""
    when = f"{say_moment(outlook.leaves_at, now)}推送{night}"
    return Content.of(f"回复「确认」{when}{to};「立即」现在就发;「取消」放弃。")


def pushed(done: Sequence[Pushed]) -> str:
    if len(done) > 1:
        readers = sum(one.readers for one in done)
        return f"已把《{done[0].material.title}》推送到 {len(done)} 个支部(共 {readers} 人应学)。"
    (one,) = done
    no = one.assignment.no
    said = f"已推送学习 {no}《{one.material.title}》({one.readers} 人应学)。"
    if one.assignment.proof == Proof.ATTENDANCE:
        return f"{said}开会时议题写上「学习 {no}」,签到的人就算完成。"
    return f"{said}发「谁还没学」看完成情况。"


def scheduled(plan: Plan, found: Material, at: datetime, now: datetime) -> str:
    return f"好的,{say_moment(at, now)}推送资料 {found.no}《{found.title}》。\n不发了,发「学习计划 删除 {plan.no}」。"


def stored(found: Material) -> str:
    return f"已入库:资料 {found.no}《{found.title}》约 {found.minutes} 分钟。要推送发「推送 资料 {found.no}」。"


def known(found: Material) -> str:
    return f"资料库里已经有了:资料 {found.no}《{found.title}》。要推送发「推送 资料 {found.no}」。"


def listed(page: Page, words: str) -> str:
    """A page of what was found."""
    if not page.total:
        if words:
            return f"没有找到「{words[:20]}」。换个词试试,或发「资料」看全部。"
        return "资料库还是空的。发「入库 <链接、文字或文件>」放一篇进来。"
    lines = [f"{each.no}. 《{each.title}》约 {each.minutes} 分钟" for each in page.found]
    if page.pages > 1:
        more = ",回复「更多」看下一页" if page.no < page.pages else ""
        lines.append(f"第 {page.no}/{page.pages} 页,共 {page.total} 篇{more}。")
    return "\n".join(lines)


def ask_removal(found: Material, plans: Sequence[Plan]) -> str:
    waiting = f"\n它还在{'、'.join(f'计划 {plan.no}' for plan in plans)}里排着,删除后会跳过。" if plans else ""
    return f"删除资料 {found.no}《{found.title}》?推送过的记录不受影响。{waiting}\n回复「确认」删除,「取消」保留。"
