"""The yardstick of what is possible: a server that only parses JSON. ``python -m benchmarks.limit PORT``"""

import asyncio
import json
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, serve


async def talk(connection: ServerConnection) -> None:
    async for data in connection:
        event = json.loads(data)
        if event.get("post_type") != "message":
            continue
        text = event["message"][0]["data"]["text"]
        if text.startswith("/echo "):
            params = {"group_id": event["group_id"], "message": text.removeprefix("/echo ")}
            await connection.send(json.dumps({"action": "send_group_msg", "params": params, "echo": "1"}))


async def main() -> None:
    async with serve(talk, "127.0.0.1", int(sys.argv[1]), compression=None):
        await asyncio.Future()


uvloop.run(main())
