"""帮助 in words: derived from the command table, only what this person may do, short enough for a phone."""

from collections.abc import Iterable

from bot.branch.actor import Actor
from bot.chat import access
from bot.chat.commands import Command, Where, Who

TITLES = {
    "study": "学习材料",
    "quiz": "学习材料",
    "notice": "公告",
    "meeting": "三会一课",
    "discussion": "讨论",
    "stats": "统计",
    "branch": "支部",
    "delivery": "送达",
    "help": "帮助",
}
"""What the commands of a plugin are headed by, in the order in which they are listed."""

EVERYBODY = frozenset({Who.ANYONE, Who.MEMBER})
ALSO = 3
"""Other ways to say a command that are shown; there may be a dozen."""


def stranger(actor: Actor) -> str | None:
    """How somebody on no roster gets onto one; None in a group that has no branch: nobody there asked for a bot."""
    if actor.branch_id is not None:
        return "还不认识您。发「绑定 您的姓名」,比如「绑定 张三」,绑定后就能用了。"
    if actor.group_id is None:
        return "还不认识您。请先到支部的群里发「绑定 您的姓名」,绑定后这里也能用。"
    return None


def overview(actor: Actor, commands: Iterable[Command]) -> str:
    """Everything that ``actor`` may do, by what it is for."""
    order = list(TITLES)
    mine = [command for command in commands if access.allowed(actor, command) and not command.under]
    mine.sort(key=lambda command: (order.index(command.plugin), not command.bare))
    groups = {"大家都能用": [command for command in mine if command.who in EVERYBODY and command.plugin != "help"]}
    for plugin, title in TITLES.items():
        groups.setdefault(title, [])
        groups[title] += [command for command in mine if command.plugin == plugin and command.who not in EVERYBODY]
    lines = [f"【{title}】{'、'.join(c.words[0] for c in rows)}" for title, rows in groups.items() if rows]
    if actor.group_id is not None:
        spoken = "、".join(command.words[0] for command in mine if command.bare)
        lines.append(f"群里可以直接说:{spoken};其余的先 @我 或加「/」。")
    shown = next((command.words[0] for command in mine if command.who not in EVERYBODY), "请假")
    return "\n".join([*lines, f"看用法:发「帮助 {shown}」"])


def one(actor: Actor, command: Command, commands: Iterable[Command]) -> str:
    """How one command is written, with an example and who may use it, and what belongs to it."""
    lines = [command.summary, *command.usage.split(" · ")]
    if command.example:
        lines.append(f"例如「{command.example}」")
    if also := command.words[1 : 1 + ALSO]:
        lines.append(f"也可以说:{'、'.join(also)}")
    if below := [each.words[0] for each in commands if each.under == command.words[0]]:
        lines.append(f"相关:{'、'.join(below)}")
    if not access.allowed(actor, command):
        lines.append(f"由{command.who.value}使用。")
    elif command.where is not Where.ANYWHERE:
        lines.append(f"只在{command.where.value}用。")
    return "\n".join(lines)


def unknown(word: str, nearest: str | None) -> str:
    """What to say about a word that is no command."""
    if nearest is not None:
        return f"没有「{word[:10]}」这条命令。你是不是想说「{nearest}」?发「帮助 {nearest}」看用法。"
    return f"没有「{word[:10]}」这条命令。发「帮助」看全部。"
