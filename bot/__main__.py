"""The command line: ``xueban`` and one of ``COMMANDS`` (also ``python -m bot``)."""

import argparse
import asyncio
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_settings import SettingsError

from bot import __version__
from bot.core import log
from bot.core.clock import SystemClock
from bot.core.errors import UserError
from bot.core.memory import looking_later
from bot.core.settings import Settings, faults

TOKENS_MISSING = """不能启动:没有设置 {names}。
没有这两个口令,任何人都能冒充群成员给机器人下命令。请在 .env 里填上(各用一串随机字符),并在 NapCat 里填同样的口令。
只在本机试用时,可以设 HOST=127.0.0.1 和 XUEBAN__ALLOW_WITHOUT_TOKENS=true。"""


COMMANDS = {
    "demo": "在浏览器里的模拟群中试用(不需要账号)",
    "run": "正式启动,等待 NapCat 等 OneBot v11 实现连接",
    "migrate": "把数据库升级到最新结构",
    "doctor": "检查设置、数据库、字体、口令、时钟和连接,说明该修什么",
    "outbox": "列出没送到的消息,决定再发还是算已送达",
    "backup": "把数据库、图片和文件备份成一个 .zip(机器人不用停)",
    "restore": "从备份恢复",
    "move": "把数据搬到另一个空的数据库(如 PostgreSQL),逐行核对",
}


def run(settings: Settings) -> int:
    """Start the bot for real; returns when it is stopped."""
    missing = [
        name
        for name, value in (
            ("ONEBOT_ACCESS_TOKEN", settings.onebot_access_token),
            ("ONEBOT_SECRET", settings.onebot_secret),
        )
        if not value
    ]
    if missing and not (settings.listens_on_loopback and settings.xueban.allow_without_tokens):
        print(TOKENS_MISSING.format(names="、".join(missing)), file=sys.stderr)
        return 2
    from bot import doctor

    for finding in doctor.names():
        print(finding.text, file=sys.stderr)
    migrate(settings, quiet=True)
    looking_later()
    from bot.chat import runtime

    runtime.build(settings, SystemClock())
    runtime.serve()
    return 0


def demo(settings: Settings, page_port: int) -> int:
    """Start the bot and the simulated group beside it, with a database of their own."""
    from bot.simulator import demo as simulated

    return simulated.run(settings, page_port)


def migrate(settings: Settings, *, quiet: bool = False) -> int:
    """Bring the database to the newest schema."""
    from bot.core.explained import explained
    from bot.core.migrate import upgrade

    folder = settings.xueban.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"数据目录「{folder}」建不了。请检查权限,或用 XUEBAN__DATA_DIR 换一个目录。") from error
    with explained():
        asyncio.run(upgrade(settings.database))
    if not quiet:
        print("数据库已是最新结构。")
    return 0


def doctor(settings: Settings) -> int:
    """Say in Chinese what is wrong with the installation; 0 if nothing is."""
    from bot import doctor as checks

    return checks.report(settings)


def outbox(settings: Settings, act: str, row: int | None) -> int:
    """List what didn't arrive (``list``), or settle one row: ``arrived``, or ``retry``."""
    from bot.branch import audit
    from bot.core.db import Database
    from bot.core.explained import explained
    from bot.delivery import outbox as messages
    from bot.delivery import views

    async def work() -> str:
        database = Database(settings.database, SystemClock())
        try:
            if act != "list" and row is not None:
                async with database.unit_of_work() as uow:
                    await messages.decide_row(uow, row, arrived=act == "arrived")
                    done = "delivery.arrived" if act == "arrived" else "delivery.again"
                    await audit.record(uow, None, done, f"outbox:{row}", "xueban outbox")
                return "记下了,不再发。" if act == "arrived" else "已放回发件箱,正在运行的机器人几秒内会再发一次。"
            async with database.reading() as uow:
                return views.for_operator(await messages.all_troubles(uow), await messages.waiting(uow))
        finally:
            await database.close()

    with explained():
        print(asyncio.run(work()))
    return 0


def backup(settings: Settings, file: Path) -> int:
    """Write a backup to ``file``."""
    from bot import safekeeping

    rows = asyncio.run(safekeeping.back_up(settings.database, settings.media_dir, file.absolute(), SystemClock()))
    print(f"已备份 {rows} 行到 {file}。里面有名册和学习记录,请妥善保管。")
    return 0


def restore(settings: Settings, file: Path, *, replace: bool) -> int:
    """Bring the backup ``file`` back."""
    from bot import safekeeping

    restoring = safekeeping.restore(settings.database, settings.media_dir, file, SystemClock(), replace=replace)
    print(f"已恢复 {asyncio.run(restoring)} 行。备份时还没发的消息,先在群里查过再补发。")
    return 0


def move(settings: Settings, url: str) -> int:
    """Copy everything to the database at ``url``."""
    from bot import doctor, safekeeping

    if doctor.is_running(settings):
        raise UserError("机器人正在运行,没有搬。请先停下它,免得新的记录留在原来的库里。")
    rows = asyncio.run(safekeeping.move(settings.database, url, SystemClock()))
    print(f"已搬过去 {rows} 行,逐行核对过。请把 DATABASE_URL 改成新的地址再启动;数据目录里的图片和文件不用动。")
    return 0


class _Parser(argparse.ArgumentParser):
    """argparse, speaking Chinese."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Formatter)
        self._positionals.title = "命令"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def error(self, message: str) -> NoReturn:
        reason = message.rpartition(": ")[2]
        if wrong := re.search(r"invalid choice: '(.*?)'", message):
            told = f"没有「{wrong[1]}」这条命令。"
        elif "\u4e00" <= reason[0] <= "\u9fff" and reason.endswith("。"):
            told = reason
        else:
            told = "命令不完整,或多写了什么。"
        print(f"{told}{self.format_usage().strip()}\n用 xueban --help 看全部命令。", file=sys.stderr)
        raise SystemExit(2)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法:" if prefix is None else prefix)


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("端口要写 1 到 65535 的数字。")


def _row(text: str) -> int:
    if text.isdecimal() and len(text) < 19:  # a number that the databases can read
        return int(text)
    raise argparse.ArgumentTypeError("行号要写数字,用 xueban outbox 看。")


def _arguments() -> argparse.ArgumentParser:
    parser = _Parser(prog="xueban", description="支部学伴:住在群聊里的党支部学习机器人")
    parser.add_argument("--version", action="version", version=f"xueban {__version__}", help="显示版本")
    commands = parser.add_subparsers(dest="command", required=True, metavar="<命令>")
    for name, told in COMMANDS.items():
        command = commands.add_parser(name, help=told, description=told)
        if name == "demo":
            command.add_argument(
                "--page-port", metavar="端口", type=_port, default=8081, help="模拟群网页的端口(默认 8081)"
            )
        if name == "outbox":
            command.add_argument(
                "act", metavar="list|retry|arrived", nargs="?", default="list", choices=("list", "retry", "arrived"),
                help="列出(默认)、再发一次、已在群里看到",
            )  # fmt: skip
            command.add_argument("row", metavar="行号", nargs="?", type=_row, help="list 里的第一列")
        if name in ("backup", "restore"):
            command.add_argument("file", metavar="文件", type=Path, help="备份文件,如 备份.zip")
        if name == "restore":
            command.add_argument("--replace", action="store_true", help="换掉数据库里现有的数据")
        if name == "move":
            command.add_argument("url", metavar="地址", help="如 postgresql+asyncpg://用户:口令@地址/库名")
    return parser


def main(argv: list[str] | None = None) -> int:
    """The entry point; returns the exit status."""
    parser = _arguments()
    arguments = parser.parse_args(argv)
    if arguments.command == "outbox" and (arguments.act == "list") != (arguments.row is None):
        parser.error("value: 请写明再发或已送达的是哪一行,比如 xueban outbox retry 12。")
    try:
        settings = Settings()
    except (ValidationError, SettingsError) as error:
        print("\n".join(faults(error)), file=sys.stderr)
        return 2
    log.set_up(settings.xueban.log_level, settings.xueban.log_format)
    try:
        return _do(arguments, settings)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已停下,做到一半的没有留下。", file=sys.stderr)
        return 130


def _do(arguments: argparse.Namespace, settings: Settings) -> int:
    match arguments.command:
        case "demo":
            return demo(settings, arguments.page_port)
        case "run":
            return run(settings)
        case "migrate":
            return migrate(settings)
        case "outbox":
            return outbox(settings, arguments.act, arguments.row)
        case "backup":
            return backup(settings, arguments.file)
        case "restore":
            return restore(settings, arguments.file, replace=arguments.replace)
        case "move":
            return move(settings, arguments.url)
        case _:
            return doctor(settings)


if __name__ == "__main__":
    sys.exit(main())
