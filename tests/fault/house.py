"""A whole installation to try disasters on: ``xueban run``, the sample branch in its database, the sample group."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from bot.app import App
from bot.branch.models import Branch, BranchSetting
from bot.core.clock import CHINA, ShiftableClock
from bot.core.migrate import upgrade
from bot.core.settings import Settings
from bot.delivery.models import OutboxRow, State
from bot.simulator import sample
from bot.simulator.demo import load_branch
from bot.simulator.simulator import Simulator
from bot.study.models import Plan, PlanState
from tests.nursery import ROOT, Nursery
from tests.process import PATIENCE, TOKEN, BotProcess

from .field import SETTINGS, Post

GROUP = sample.GROUP_ID
EVERYBODY = sample.MEMBERS
BRANCH = 1
"""The id of the sample branch: it is the first of its database."""


def furnish(folder: Path, url: str) -> None:
    """Put the sample branch into a database, in a process of its own: some libraries warn when they are imported."""
    subprocess.run([sys.executable, "-m", "tests.fault.house", str(folder), url], cwd=ROOT, check=True)


async def _furnish(folder: Path, url: str) -> None:
    """The sample branch with its first reading pushed this morning, no plan at work and no quiet hours."""
    await upgrade(url)
    now = datetime.now(CHINA)
    morning = now.replace(hour=8, minute=5)
    clock = ShiftableClock(morning if morning < now else morning - timedelta(days=1))
    app = App(Settings(_env_file=None, database_url=url, xueban={"data_dir": folder}), clock)  # type: ignore[call-arg, arg-type]
    async with app.database.unit_of_work() as uow:
        await load_branch(uow, app)
        await uow.session.flush()
        await uow.session.execute(update(OutboxRow).values(state=State.SENT, message_id="0"))
        await uow.session.execute(update(Plan).values(state=PlanState.PAUSED, next_at=None))
        uow.session.add(BranchSetting(branch_id=BRANCH, key="quiet_hours", value="00:00-00:00"))
        assert list(await uow.session.scalars(select(Branch.id))) == [BRANCH]
    await app.fetcher.close()
    await app.database.close()


def delivery(**settings: float) -> dict[str, str]:
    """Delivery settings as an operator gives them; the tests' short waits unless said otherwise."""
    return {f"XUEBAN__DELIVERY__{name.upper()}": str(value) for name, value in (SETTINGS | settings).items()}


class House(Post):
    """``bot`` is started by the test; ``account`` connects the simulated group to it."""

    branch_id = BRANCH

    def __init__(self, nursery: Nursery, folder: Path, url: str, **environment: str) -> None:
        super().__init__(url, sample.SECRETARY)
        self.folder = folder
        base = {**delivery(), "XUEBAN__TICK": "0.2"}
        if not url.startswith("sqlite"):
            base["DATABASE_URL"] = url
        self._environment = base
        self._nursery = nursery
        self.bots: list[BotProcess] = []
        self._stack = AsyncExitStack()
        self.bot = self.another_bot(**environment)

    def another_bot(self, **environment: str) -> BotProcess:
        """One more process on the same database, with a port of its own."""
        made = BotProcess(self.folder, nursery=self._nursery, **{**self._environment, **environment})
        self.bots.append(made)
        return made

    async def __aenter__(self) -> "House":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        for bot in self.bots:
            bot.kill()
        await self.database.close()

    async def account(self, bot: BotProcess | None = None, self_id: int = sample.SELF_ID, **more: Any) -> Simulator:
        """The sample group, in which somebody has said good morning, connects to the bot as soon as it can."""
        world = sample.world(self_id)
        world.say(f"group:{GROUP}", EVERYBODY[3], [{"type": "text", "data": {"text": "早上好"}}])
        options: dict[str, Any] = {"heartbeat": 0.5, "reconnect": 0.05, **more}
        sim = Simulator((bot or self.bot).url, token=TOKEN, world=world, **options)
        self.sims[self_id] = await self._stack.enter_async_context(sim)
        return sim

    async def open(self) -> Simulator:
        """Start the bot and wait until the sample group is connected."""
        await self.bot.start()
        sim = await self.account()
        await sim.ready()
        return sim

    def dies_on(self, sim: Simulator, sign: Callable[[dict[str, Any]], bool]) -> Awaitable[None]:
        """Kill the bot in the moment in which the first such call comes in; ends when it is dead."""
        seen = asyncio.get_running_loop().create_future()

        def watch(direction: str, frame: dict[str, Any]) -> None:
            if direction == "out" and not seen.done() and sign(frame):
                os.kill(self.bot.pid, signal.SIGKILL)
                seen.set_result(None)

        unwatch = sim.watch_frames(watch)

        async def dead() -> None:
            async with asyncio.timeout(PATIENCE):
                await seen
            unwatch()
            self.bot.kill()

        return dead()

    async def asked(self, sim: Simulator, user: int, text: str, words: str = "") -> str:
        """What the bot answers ``user`` in private to ``text``: the answer that holds ``words``. Without them the next
        thing it tells them at all, which is the answer only where nothing else may be on its way to them."""
        before = len(sim.sent)
        await sim.whisper(user, text)
        return (await answered(sim, lambda: [s.text for s in sim.sent[before:] if s.user_id == user], words))[0]


async def answered(
    sim: Simulator, found: Callable[[], list[str]], words: str = "", seconds: float = PATIENCE, most: int = 1
) -> list[str]:
    """Wait until ``found`` gives a text (``most`` texts) with ``words``; those texts."""
    for _ in range(int(seconds / 0.02)):
        if len(texts := [text for text in found() if words in text]) >= most:
            return texts
        await asyncio.sleep(0.02)
    raise AssertionError(f"no answer with {words!r}; the last: {[s.text[:80] for s in sim.sent[-4:]]}")


def reaction(call: dict[str, Any]) -> bool:
    """Whether the bot calls for an acknowledgement on a message."""
    return bool(call["action"] == "set_msg_emoji_like")


def reactions(sim: Simulator, message_id: int) -> int:
    """How often the bot has put its acknowledgement on a message."""
    return sum(reaction(call) and call["params"]["message_id"] == message_id for call in sim.calls)


def sends(sim: Simulator, group: int = GROUP) -> int:
    """How many times the bot has called for a message to the group."""
    return sum(c["action"] == "send_group_msg" and c["params"]["group_id"] == group for c in sim.calls)


async def acknowledged(sim: Simulator, message_id: int, seconds: float = PATIENCE) -> None:
    for _ in range(int(seconds / 0.01)):
        if reactions(sim, message_id):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no acknowledgement")


def copy(template: Path, folder: Path) -> str:
    """A data folder of its own from the furnished one; the URL of its database."""
    shutil.copytree(template, folder / "data")
    return f"sqlite+aiosqlite:///{folder / 'data' / 'xueban.db'}"


if __name__ == "__main__":
    asyncio.run(_furnish(Path(sys.argv[1]), sys.argv[2]))
