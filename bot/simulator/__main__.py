"""``python -m bot.simulator``: the simulated group alone, beside a bot that runs elsewhere on this machine."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bot.simulator import keeping, sample
from bot.simulator.link import require_loopback
from bot.simulator.seat import Seat
from bot.simulator.server import PageServer
from bot.simulator.shelf import Shelf
from bot.simulator.simulator import Simulator

SAVE_SECONDS = 2.0


def _also(text: str) -> tuple[int, int]:
    account, _, port = text.partition(":")
    if not (account.isdecimal() and port.isdecimal() and int(account) in sample.world().people):
        raise argparse.ArgumentTypeError(f"看不懂 {text},要写成 账号:端口,账号是模拟群里的人")
    return int(account), int(port)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot.simulator", description="模拟群:像 NapCat 一样连接本机的机器人,只供试用和测试"
    )
    parser.add_argument("--connect", metavar="URL", help="机器人的地址,如 ws://127.0.0.1:8080/onebot/v11/ws")
    parser.add_argument("--listen", metavar="端口", type=int, help="等机器人来连接(正向 WebSocket)的端口")
    parser.add_argument(
        "--also", metavar="账号:端口", type=_also, action="append", default=[],
        help="再让一个成员(如 200000001)也有自己的客户端,在这个端口等着连接;可以写几次",
    )  # fmt: skip
    parser.add_argument("--token", default="", help="与机器人约定的口令(access token);有口令才能发本机的文件(file://)")
    parser.add_argument("--page-port", type=int, default=8081, help="网页端口(默认 8081)")
    parser.add_argument("--data", type=Path, help="把模拟群的聊天保存在这个文件夹;不给则只在内存里")
    parser.add_argument("--no-report-self", action="store_true", help="不上报机器人自己的消息")
    return parser


async def _serve(arguments: argparse.Namespace) -> int:
    folder: Path | None = arguments.data
    world = keeping.load(folder) if folder is not None else None
    if world is None:
        world = sample.world(shelf=Shelf(folder / keeping.SHELF) if folder is not None else None)
    world.local_files = bool(arguments.token)
    listen = ("127.0.0.1", arguments.listen) if arguments.listen is not None else None
    simulator = Simulator(
        arguments.connect,
        token=arguments.token,
        world=world,
        listen=listen,
        report_self=not arguments.no_report_self,
        reconnect=3.0,
    )
    server = PageServer(simulator, port=arguments.page_port)
    try:
        await server.start()
    except OSError:
        print(f"端口 {arguments.page_port} 被占用了,请用 --page-port 换一个。", file=sys.stderr)
        return 1
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    changed = asyncio.Event()
    world.listen(lambda happening: changed.set())
    async with contextlib.AsyncExitStack() as running:
        await running.enter_async_context(simulator)
        for account, port in arguments.also:
            seat = Simulator(world=Seat(world, account), token=arguments.token, listen=("127.0.0.1", port))
            await running.enter_async_context(seat)
        where = f",正向 WebSocket 在 ws://127.0.0.1:{simulator.port}" if simulator.port is not None else ""
        print(f"模拟群在 {server.url}{where}(Ctrl+C 结束)", flush=True)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SAVE_SECONDS)
            if folder is not None and changed.is_set():
                changed.clear()
                keeping.save(world, folder)
    await server.stop()
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = _arguments()
    arguments = parser.parse_args(argv)
    if arguments.connect is None and arguments.listen is None:
        parser.error("请给出 --connect 或 --listen")
    try:
        if arguments.connect is not None:
            require_loopback(urlsplit(arguments.connect).hostname)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return asyncio.run(_serve(arguments))


if __name__ == "__main__":
    sys.exit(main())
