"""考核 as it is read: points with their measure, gaps by name, the evidence behind each number."""

from bot.assessment.rules import COUNTS, FORMULAS, Indicator, Per, Scheme, What, points
from bot.assessment.scoring import Assessment, Score
from bot.rendering.sheets import Column, Row, Sheet, workbook
from bot.stats.asking import label

LINES = 60
GAPS = 6
FORM = "考核 加 志愿服务 手工 10"


def assessment(found: Assessment) -> str:
    """The whole, with the numbers to open."""
    head = f"【{found.branch.name}】{label(found.stretch)}考核 {points(found.total)}/{found.most} 分"
    known = [one for one in found.scores if one.tenths is not None and one.indicator.name in found.before]
    if known:
        moved = sum((one.tenths or 0) - found.before[one.indicator.name] for one in known)
        head += f",同项比上期 {_signed(moved)}" if moved else ",同项与上期持平"
    lines = [_line(one, found) for one in found.scores]
    gaps = [gap for one in found.scores for gap in one.gaps]
    if gaps:
        more = f"等 {len(gaps)} 处" if len(gaps) > GAPS else ""
        lines.append(f"差距:{';'.join(gaps[:GAPS])}{more}")
    how = "回复编号看依据,比如「1」;要表格发「考核 导出」。没有记录的不计分。"
    return "\n".join([head, *lines, how])


def _line(one: Score, found: Assessment) -> str:
    before = found.before.get(one.indicator.name)
    moved = "" if before is None or one.tenths is None or before == one.tenths else f",{_signed(one.tenths - before)}"
    scored = f"{points(one.tenths)}/{one.indicator.weight}" if one.tenths is not None else "不计分"
    per = "全年 " if one.indicator.per is Per.YEAR else ""
    return f"{one.indicator.no}. {one.indicator.name} {scored}({per}{one.said}{moved})"


def _signed(tenths: int) -> str:
    return f"{'+' if tenths > 0 else '-'}{points(abs(tenths))}"


def evidence(one: Score) -> str:
    """What a score rests on."""
    scored = f"{points(one.tenths)}/{one.indicator.weight} 分" if one.tenths is not None else "不计分"
    lines = [f"{one.indicator.name}:{one.said},{scored}", f"怎么算:{_how(one.indicator)}"]
    lines += [f"差距:{';'.join(one.gaps)}"] if one.gaps else []
    more = [f"(只列前 {LINES} 行)"] if len(one.evidence) > LINES else []
    if one.indicator.what is What.HAND and one.tenths is None:
        more = [f"打分发「考核 打分 {one.indicator.no} 分数 理由」。"]
    return "\n".join([*lines, *one.evidence[:LINES], *more])


def _how(one: Indicator) -> str:
    note = f"({one.note})" if one.note else ""
    if one.what is What.HAND:
        return f"书记手工打分并写理由,满分 {one.weight}{note}"
    unit = {What.DISCUSSIONS: " 场", What.NOTICES: " 件"}.get(one.what, "%")
    return f"{one.what},达到 {one.target}{unit}得满分 {one.weight},不足按比例{note}"


def scheme(found: Scheme) -> str:
    since = f"({found.since:%Y-%m-%d})" if found.since else ""
    lines = [
        f"{one.no}. {one.name}:{one.what},{one.weight} 分"
        + ("" if one.what is What.HAND else f",目标 {one.target}{'' if one.what in COUNTS else '%'}")
        + (",按全年算" if one.per is Per.YEAR else "")
        for one in found.indicators
    ]
    total = sum(one.weight for one in found.indicators)
    how = f"改:「{FORM}」「考核 删 3」「考核 模板」(表格,改好发回)「考核 恢复」。依据可以写:{FORMULAS}。"
    return "\n".join([f"考核方案,共 {total} 分。来源:{found.source}{since}", *lines, how])


def marked(one: Indicator, tenths: int) -> str:
    return f"「{one.name}」打了 {points(tenths)} 分。打错了发「撤销」。"


_SCORES = (
    Column("编号", 8), Column("指标", 20), Column("怎么算", 40), Column("情况", 24), Column("分值", 8),
    Column("得分", 8), Column("上期得分", 10), Column("差距", 40),
)  # fmt: skip
_EVIDENCE = (Column("编号", 8), Column("指标", 20), Column("依据", 80))


async def table(found: Assessment) -> bytes:
    """The .xlsx: a line for each indicator and what they add up to, and on another page all of the evidence."""
    rows: list[Row] = [
        (
            one.indicator.no, one.indicator.name, _how(one.indicator), one.said, one.indicator.weight,
            _number(one.tenths), _number(found.before.get(one.indicator.name)), ";".join(one.gaps),
        )
        for one in found.scores
    ]  # fmt: skip
    rows.append((None, "合计", "没有记录的不计分", None, found.most, found.total / 10, None, None))
    evidence = [(one.indicator.no, one.indicator.name, line) for one in found.scores for line in one.evidence]
    return await workbook([Sheet("考核", _SCORES, rows), Sheet("依据", _EVIDENCE, evidence)])


def _number(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


SHEET = (
    Column("指标", 20), Column("依据", 16), Column("分值", 8), Column("目标", 8), Column("周期", 8), Column("说明", 60),
)  # fmt: skip


async def template(found: Scheme) -> bytes:
    """The scheme as the table that is read back."""
    rows = [(one.name, one.what.value, one.weight, one.target, one.per.value, one.note) for one in found.indicators]
    return await workbook([Sheet("考核方案", SHEET, rows)])
