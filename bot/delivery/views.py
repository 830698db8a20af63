"""What is said about messages that may not have arrived: to a leader in chat, to the operator at a terminal."""

from collections.abc import Sequence

from pydantic import ValidationError

from bot.core.clock import to_local
from bot.delivery.models import OutboxRow, State
from bot.rendering.content import Content

_STATES = {
    State.UNKNOWN: "正在核对是否送达",
    State.NEEDS_HUMAN: "不知道到没到,等您看一眼",
    State.REJECTED: "没能发出",
    State.EXPIRED: "过了时限没有发",
}


def _line(row: OutboxRow) -> str:
    """What is private isn't quoted: not even a leader reads what the bot says to somebody else."""
    what = f"群里的{_start(row)}" if row.target_kind == "group" else "一条私聊"
    return f"{row.reference} {to_local(row.due_at):%-m月%-d日 %H:%M} {what}:{_STATES[State(row.state)]}"


def _start(row: OutboxRow) -> str:
    try:
        text = " ".join(Content.model_validate_json(row.content).plain.split())
    except ValidationError:  # another version of the program wrote it
        return "消息(内容读不出来)"
    return f"「{text[:20]}{'…' if len(text) > 20 else ''}」"


def troubles(rows: Sequence[OutboxRow], waiting: int, closed: Sequence[str]) -> str:
    """Every message in trouble on a line, newest first, and what to type about one that a person must decide. Before
    them the names of the groups that are ``closed`` to the bot."""
    queue = "".join(f"「{name}」停发:机器人已不在群里,拉回来就接着发。\n" for name in closed)
    queue += f"有 {waiting} 条正在排队。" if waiting else ""
    if not rows:
        return f"{queue}没有送不到的消息。"
    lines = [f"{queue}送不到或还不确定的消息 {len(rows)} 条:", *map(_line, rows)]
    if undecided := [row.reference for row in rows if row.state == State.NEEDS_HUMAN]:
        lines.append(f"请到群里看一眼:已经有了,发「已送达 {undecided[0]}」;没有,发「重发 {undecided[0]}」。")
    elif unsent := [row.reference for row in rows if row.state != State.UNKNOWN]:
        lines.append(f"还要发的,发「重发 {unsent[0]}」。")
    return "\n".join(lines)


def for_operator(rows: Sequence[OutboxRow], waiting: int) -> str:
    """The same for a terminal: every branch, by the number of the row, without a word of any message."""
    lines = [f"正在排队 {waiting} 条,送不到或还不确定 {len(rows)} 条。"]
    for row in rows:
        branch = f"支部 {row.branch_id}" if row.branch_id is not None else "不属于支部"
        where = f"{'群' if row.target_kind == 'group' else '私聊'} {row.target_id}"
        state = f"{_STATES[State(row.state)]} {row.reason}".strip()
        when = to_local(row.due_at)
        lines.append(f"{row.id}  {row.reference}  {branch}  {where}  {when:%Y-%m-%d %H:%M}  {state}")
    if undecided := [row.id for row in rows if row.state == State.NEEDS_HUMAN]:
        lines.append(f"已在群里看到:xueban outbox arrived {undecided[0]};没有:xueban outbox retry {undecided[0]}")
    elif unsent := [row.id for row in rows if row.state != State.UNKNOWN]:
        lines.append(f"还要发的:xueban outbox retry {unsent[0]}")
    return "\n".join(lines)
