"""统计 as a picture and in words: the same figures, the words complete without the picture."""

from bot.hours.rules import shown
from bot.rendering.content import Card, Content
from bot.stats.asking import label
from bot.stats.overview import Below, Figures, Overview
from bot.stats.rules import MOST, Bar, bars, change, each, percent, points, proofs, share

LINES = 15
"""Readings or branches that are named in the text."""


def rows(found: Overview) -> list[Bar]:
    """The bars: the branches below, else the readings. ``no`` is what one may type to go on."""
    if not found.below:
        return bars(found.lines, found.stretch.until)
    return [Bar(str(one.no or ""), one.name, one.study.done, one.study.counted) for one in found.below]


def overview(found: Overview, *, in_group: bool) -> Content:
    """Picture and text; to a group, where messages are short, only its beginning and end."""
    listed = _listed(found)
    lines = [*totals(found)[:2], *listed[-1:]] if in_group else [*totals(found), *listed]
    return Content.of(card(found), "\n".join(lines))


def card(found: Overview) -> Card:
    now, before = found.now, found.before
    shown_rows = rows(found)
    tiles = [
        _tile("学习完成", share(now.study.done, now.study.counted), f"{found.stretch.against} {share(*_read(before))}"),
        _tile(
            "人均学时", each(now.halves, now.people), f"{found.stretch.against} {each(before.halves, before.people)}"
        ),
        _tile(
            "公告回执", share(now.given, now.wanted), f"{found.stretch.against} {share(before.given, before.wanted)}"
        ),
        _tile("讨论发言", f"{now.speakers} 人", f"{found.stretch.against} {before.speakers} 人"),
    ]
    data: dict[str, object] = {
        "branch": found.branch.name,
        "label": label(found.stretch),
        "against": found.stretch.against,
        "tiles": tiles,
        "heading": "各支部完成情况" if found.below else "每篇完成情况",
        "bars": [
            {
                "no": bar.no,
                "name": _cut(bar.name, 34),
                "percent": percent(bar.done, bar.of) or 0,
                "said": f"{bar.done}/{bar.of}{' 进行中' if bar.running else ''}"
                if bar.of or bar.running
                else "没有推送",
                "note": bar.note,
            }
            for bar in shown_rows[:MOST]
        ],
        "more": f"另有 {len(shown_rows) - MOST} 行,见导出的表格" if len(shown_rows) > MOST else "",
        "empty": "这段时间没有推送学习材料。",
        "note": "应学人数以推送那天的名册为准,请假、免学的不计。",
    }
    return Card(template="stats", data=data, alt="")


def _read(figures: Figures) -> tuple[int, int]:
    return figures.study.done, figures.study.counted


def _tile(name: str, value: str, note: str) -> dict[str, str]:
    return {"name": name, "value": value, "note": note}


def _moved(now: tuple[int, int], before: tuple[int, int]) -> str:
    """The change of a share, given as (done, of): 「+3 个百分点」, 「持平」, or nothing."""
    moved = points(percent(*now), percent(*before))
    return moved if moved in ("", "持平") else f"{moved} 个百分点"


def _against(moved: str, found: Overview) -> str:
    if not moved:
        return ""
    return f",与{found.stretch.against}持平" if moved == "持平" else f",比{found.stretch.against} {moved}"


def totals(found: Overview) -> list[str]:
    """The figures as lines: a heading, then what has happened."""
    now, before = found.now, found.before
    lines = [f"【{found.branch.name}】{label(found.stretch)}统计,在册 {now.people} 人"]
    if now.study.readings:
        late = f",补学 {now.study.late}" if now.study.late else ""
        running = f",{now.study.running} 篇还没到期" if now.study.running else ""
        moved = _against(_moved(_read(now), _read(before)), found)
        rate = share(now.study.done, now.study.counted)
        lines.append(
            f"学习:{now.study.readings} 篇{running},完成 {now.study.done}/{now.study.counted} 人次({rate}{moved}){late}"
        )
    else:
        lines.append("学习:这段时间没有推送")
    lines.append(
        f"学时:共 {shown(now.halves)},人均 {each(now.halves, now.people)}"
        f"({found.stretch.against} {each(before.halves, before.people)})"
    )
    if now.notices:
        moved = _against(_moved((now.given, now.wanted), (before.given, before.wanted)), found)
        lines.append(
            f"公告:{now.notices} 件,回执 {now.given}/{now.wanted}({share(now.given, now.wanted)}{moved})"
            if now.wanted
            else f"公告:{now.notices} 件"
        )
    if now.discussions or before.discussions:
        moved = change(now.discussions, before.discussions)
        lines.append(
            f"讨论:{now.discussions} 场(比{found.stretch.against} {moved}),{now.speakers} 人发言 {now.voices} 条"
            if moved != "持平"
            else f"讨论:{now.discussions} 场,{now.speakers} 人发言 {now.voices} 条"
        )
    return lines


def _listed(found: Overview) -> list[str]:
    """What the figures are made of, and at the end what may be looked at next."""
    if found.below:
        lines = [_branch(one) for one in found.below[:LINES]]
        more = f"(只列前 {LINES} 个,共 {len(found.below)} 个)" if len(found.below) > LINES else ""
        return [*lines, f"{more}回复编号看这个支部,比如「1」。"]
    lines = [
        f"学习 {line.no}《{_cut(line.title)}》{line.count.done}/{line.count.counted}"
        f"{f'({said})' if (said := proofs(line)) else ''}{' 进行中' if line.count.running else ''}"
        for line in found.lines[-LINES:]
    ]
    more = f"(只列最近 {LINES} 篇)" if len(found.lines) > LINES else ""
    return [*lines, f"{more}看一篇的情况,发「谁还没学 {found.lines[-1].no}」。"] if lines else []


def _branch(one: Below) -> str:
    done = f"完成 {one.study.done}/{one.study.counted}({share(one.study.done, one.study.counted)})"
    return f"{f'{one.no}. ' if one.no else ''}{one.name}:{one.people} 人,{done if one.study.readings else '没有推送'}"


def _cut(title: str, most: int = 16) -> str:
    return title if len(title) <= most else f"{title[: most - 1]}…"
