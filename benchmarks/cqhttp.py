"""The yardstick: aiocqhttp with one command that echoes. ``python -m benchmarks.cqhttp PORT``"""

import sys

import uvicorn
from aiocqhttp import CQHttp, Event

bot = CQHttp()


@bot.on_message
async def _(event: Event) -> None:
    text = event.message[0]["data"]["text"]
    if text.startswith("/echo "):
        await bot.send(event, text.removeprefix("/echo "))


uvicorn.run(bot.asgi, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", log_level="warning")
