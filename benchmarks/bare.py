"""The yardstick: NoneBot with one on_command that echoes. ``python -m benchmarks.bare PORT``"""

import sys

import nonebot
from nonebot import on_command
from nonebot.adapters.onebot.v11 import Adapter, Message
from nonebot.params import CommandArg

nonebot.init(driver="~fastapi", host="127.0.0.1", port=int(sys.argv[1]), log_level="INFO", command_start={"/"})
nonebot.get_driver().register_adapter(Adapter)
echo = on_command("echo", priority=5, block=True)


@echo.handle()
async def _(argument: Message = CommandArg()) -> None:  # noqa: B008 NoneBot's way
    await echo.finish(argument)


nonebot.run(loop="uvloop", access_log=False)
