"""The OneBot v11 actions by name, and how a call becomes an answer. The actions themselves are in ``acts_*``."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import ActionError
from bot.simulator.faults import Behaviour
from bot.simulator.params import Params
from bot.simulator.world import World

log = logging.getLogger("xueban.simulator")


@dataclass
class Context:
    """What an action works on. ``reported`` is False if this send is not told to the bot itself."""

    world: World
    behaviour: Behaviour
    reported: bool = True


Action = Callable[[Context, Params], Awaitable[Any]]

ACTIONS: dict[str, Action] = {}
SENDS: set[str] = set()
"""The actions that deliver something to people: those that faults concern."""

RATE_LIMIT_SECONDS = 0.5
"""Between two calls with the suffix ``_rate_limited``."""

_SUFFIXES = ("_async", "_rate_limited")


def action(*names: str, sends: bool = False) -> Callable[[Action], Action]:
    """Register a coroutine function under its OneBot names."""

    def register(function: Action) -> Action:
        for name in names:
            ACTIONS[name] = function
            if sends:
                SENDS.add(name)
        return function

    return register


def base_name(name: str) -> tuple[str, str]:
    """An action's name without its suffix, and the suffix."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and name.removesuffix(suffix) in ACTIONS:
            return name.removesuffix(suffix), suffix
    return name, ""


def answer(data: Any, frame: dict[str, Any]) -> dict[str, Any]:
    """The good answer to a call; with its echo, whatever that is, if it bore one."""
    return _answer("ok", 0, data, "", frame)


def failure(error: ActionError, frame: dict[str, Any] | None = None) -> dict[str, Any]:
    return _answer("failed", error.retcode, None, str(error), frame or {})


def _answer(status: str, retcode: int, data: Any, words: str, frame: dict[str, Any]) -> dict[str, Any]:
    told = {"status": status, "retcode": retcode, "data": data, "message": words, "wording": words}
    return {**told, "echo": frame["echo"]} if "echo" in frame else told


class Performer:
    """Performs calls on one world. ``limited`` calls wait their turn."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def perform(self, frame: dict[str, Any], *, reported: bool = True) -> dict[str, Any]:
        """Do what a call asks for; its answer. Never raises."""
        name, suffix = base_name(str(frame.get("action")))
        call = self._call(name, frame.get("params"), reported)
        if not suffix:
            try:
                return answer(await call, frame)
            except ActionError as error:
                return failure(error, frame)
        task = asyncio.create_task(self._later(call, limited=suffix == "_rate_limited"))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return _answer("async", 1, None, "", frame)

    async def _call(self, name: str, params: Any, reported: bool) -> Any:
        function = ACTIONS.get(name)
        unknown = name == "set_msg_emoji_like" and not self._context.behaviour.reactions
        if function is None or unknown:
            raise ActionError(1404, f"不支持的Api {name}")
        if params is not None and not isinstance(params, dict):
            raise ActionError(1400, "params 必须是对象")
        context = Context(self._context.world, self._context.behaviour, reported)
        try:
            return await function(context, Params(params or {}))
        except ActionError:
            raise
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            log.exception("action %s", name)
            raise ActionError(1200, f"{type(error).__name__}: {error}") from error

    async def _later(self, call: Awaitable[Any], *, limited: bool) -> None:
        try:
            if limited:
                async with self._turn:
                    await call
                    await asyncio.sleep(RATE_LIMIT_SECONDS)
            else:
                await call
        except ActionError as error:
            log.info("asynchronous call failed: %s", error)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def load() -> None:
    """Import the modules in which the actions are."""
    from bot.simulator import acts_files, acts_groups, acts_messages, acts_people, acts_quick

    _ = (acts_files, acts_groups, acts_messages, acts_people, acts_quick)
