"""The command line: ``xueban demo | run | migrate | doctor`` (also ``python -m bot``)."""

import argparse
import asyncio
import sys

from pydantic import ValidationError

from bot import __version__
from bot.core import log
from bot.core.clock import SystemClock
from bot.core.settings import Settings

TOKENS_MISSING = """不能启动:没有设置 {names}。
没有这两个口令,任何人都能冒充群成员给机器人下命令。请在 .env 里填上(各用一串随机字符),并在 NapCat 里填同样的口令。
只在本机试用时,可以设 HOST=127.0.0.1 和 XUEBAN__ALLOW_WITHOUT_TOKENS=true。"""


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
    from bot.chat import runtime

    runtime.build(settings, SystemClock())
    runtime.serve()
    return 0


def demo(settings: Settings, page_port: int) -> int:
    """Start the bot and the simulated group beside it, with a database of their own."""
    from bot.simulator import demo as simulated

    return simulated.run(settings, page_port)


def migrate(settings: Settings) -> int:
    """Bring the database to the newest schema."""
    from bot.core.migrate import upgrade

    settings.xueban.data_dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(upgrade(settings.database))
    print("数据库已是最新结构。")
    return 0


def doctor(settings: Settings) -> int:
    """Say in Chinese what is wrong with the installation; 0 if nothing is."""
    from bot import doctor as checks

    return checks.report(settings)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xueban", description="支部学伴:住在群聊里的党支部学习机器人")
    parser.add_argument("--version", action="version", version=f"xueban {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    show = commands.add_parser("demo", help="在浏览器里的模拟群中试用(不需要账号)")
    show.add_argument("--page-port", type=int, default=8081, help="模拟群网页的端口(默认 8081)")
    commands.add_parser("run", help="正式启动,等待 NapCat 等 OneBot v11 实现连接")
    commands.add_parser("migrate", help="把数据库升级到最新结构")
    commands.add_parser("doctor", help="检查设置、数据库、字体、口令、时钟和连接")
    return parser


def main(argv: list[str] | None = None) -> int:
    """The entry point; returns the exit status."""
    arguments = _arguments().parse_args(argv)
    try:
        settings = Settings()
    except ValidationError as error:
        for item in error.errors():
            name = "__".join(str(part) for part in item["loc"]).upper()
            print(f"设置 {name} 不对:{item['msg']}。各项设置的说明见 .env.example。", file=sys.stderr)
        return 2
    log.set_up(settings.xueban.log_level)
    match arguments.command:
        case "demo":
            return demo(settings, arguments.page_port)
        case "run":
            return run(settings)
        case "migrate":
            return migrate(settings)
        case _:
            return doctor(settings)


if __name__ == "__main__":
    sys.exit(main())
