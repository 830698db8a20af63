"""Writes ``docs/commands.md`` from the command table, so that the page can't say what the bot doesn't know.

``python -m scripts.commands_page`` writes; with ``--check`` it only says whether the page is up to date (status 1: no).
"""

import sys
from pathlib import Path

import nonebot

from bot.chat.commands import Command
from bot.chat.runtime import load_plugins
from bot.chat.table import TABLE

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"

HEAD = """# 命令

这一页由命令表生成(`make docs`),请不要手改。群里发管理命令要以「/」开头或 @机器人,私聊都不用;
标「✓」的短句在群里直接说就行。方括号里的可以不写。

"""


def render(commands: list[Command]) -> str:
    """The page: one table for each right, from everybody's to the operator's."""
    ranks = list(dict.fromkeys(command.who for command in commands))
    order = type(commands[0].who)
    parts = [HEAD]
    for who in (rank for rank in order if rank in ranks):
        parts.append(f"## {who.value}\n\n| 写法 | 也可以说 | 作用 | 在哪 | 直接说 |\n|---|---|---|---|---|\n")
        for command in commands:
            if command.who is who:
                cells = (
                    f"`{command.usage}`",
                    "、".join(command.words[1:]),
                    command.summary,
                    command.where.value,
                    "✓" if command.bare else "",
                )
                parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n")
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def main() -> int:
    nonebot.init(_env_file=None, driver="~none", log_level="WARNING")
    load_plugins()
    page = render(list(TABLE))
    if "--check" in sys.argv:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page else 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
