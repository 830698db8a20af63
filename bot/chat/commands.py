"""The command table: what people may type, who may, where, and what it is for.

Routing, 帮助, permission checks and ``docs/commands.md`` are all derived from it. Each plugin declares its rows beside
its handlers; the table is their sum.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from bot.branch.actor import COMMITTEE, EDITORS, LEADERS
from bot.branch.models import Role

if TYPE_CHECKING:
    from bot.app import App
    from bot.branch.requests import Decision
    from bot.branch.undo import Undo
    from bot.chat.call import Call, Reply
    from bot.core.db import UnitOfWork

Handler = Callable[["Call"], Awaitable["Reply"]]
Job = Callable[["App"], Awaitable[object]]
Kept = Callable[["UnitOfWork", int], Awaitable[str]]
Forget = Callable[["UnitOfWork", int, str], Awaitable[None]]
LetGo = Callable[["UnitOfWork", datetime], Awaitable[int]]
"""Lets go of a few rows of before then; how many, 0 if none is left."""
Needs = Callable[["UnitOfWork"], Awaitable[Iterable[str]]]
"""Texts in which the names of kept files stand (``bot.rendering.media``)."""
Reads = Callable[[str, tuple[str, ...]], bool]
"""Whether a text is an answer to a question with these choices, although it is none of them to the letter."""


class Who(StrEnum):
    """The smallest right that is enough. ``ANYONE`` includes strangers: used only by 帮助, 绑定 and the like."""

    ANYONE = "所有人"
    MEMBER = "党员"
    COMMITTEE = "支委"
    EDITOR = "宣传委员"
    LEADER = "书记"
    SUPERUSER = "管理员"

    @property
    def roles(self) -> frozenset[Role]:
        return {Who.COMMITTEE: COMMITTEE, Who.EDITOR: EDITORS, Who.LEADER: LEADERS}.get(self, frozenset())


class CaughtUp(Enum):
    """What becomes of what was said of a command in a group while nobody listened (``bot.chat.catching_up``)."""

    NO = "no"
    RECORD = "record"
    """It only writes something down: it is taken afterwards."""
    SLIP = "slip"
    """It takes back the record that was said before it, which isn't taken then."""


class Where(StrEnum):
    ANYWHERE = "群里或私聊"
    GROUP = "群里"
    PRIVATE = "私聊"


@dataclass(frozen=True)
class Command:
    """One row. ``words`` are what may be typed, the first is its name. A ``bare`` one works in a group without prefix,
    as an exact phrase (or the phrase and a number); the others need 「/」, an @ or a private chat. ``bare_blank`` is a
    regular expression of what else may follow a bare phrase, parted from it (「绑定 张三」): keep it narrow. A
    ``scheduled`` one may have its time in front of the word (「明天8点推送 资料3」). ``example`` is what 「帮助 推送」
    shows; every command that takes something has one. One that is ``under`` another (its first word) is left out of the
    overview: 「帮助 会议」 names it. ``led_by`` is a regular expression of what else may stand in front of the word
    (「张三的学习情况」); it goes before the arguments. One that ``opens`` a text works in a group without prefix too,
    where a number stands behind its word: 「心得 7 读了以后……」."""

    plugin: str
    words: tuple[str, ...]
    who: Who
    where: Where
    usage: str
    summary: str
    handler: Handler
    bare: bool = False
    bare_blank: str = ""
    scheduled: bool = False
    example: str = ""
    under: str = ""
    led_by: str = ""
    opens: bool = False
    caught_up: CaughtUp = CaughtUp.NO

    @property
    def key(self) -> str:
        return f"{self.plugin}.{self.words[0]}"

    @property
    def takes_arguments(self) -> bool:
        """Whether something may follow the word: its usage shows a blank ``<…>`` or ``[…]``."""
        return "<" in self.usage or "[" in self.usage


@dataclass(frozen=True)
class Timed:
    """What a plugin does by the clock: every ``seconds``, or at every tick of the process (None). ``outside``: it asks
    somebody else's server for something. ``everywhere``: each process does it for itself, whatever others do."""

    name: str
    seconds: float | None
    job: Job
    outside: bool = False
    everywhere: bool = False


@dataclass(frozen=True)
class Keeper:
    """What a plugin keeps about a person beside the roster. ``kept`` gives the line of 我的数据 about the member (id),
    empty for nothing; ``forget`` is what 删除我的信息 does about the member (id, the name they had)."""

    kept: Kept
    forget: Forget


class CommandSet:
    """The rows of one module of a plugin, filled by decorators::

    commands = CommandSet("study")

    @commands.command("已学", "学完了", who=Who.MEMBER, bare=True, usage="已学 [编号]", summary="登记学完")
    async def check_in(call: Call) -> Reply: ...
    """

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self.rows: list[Command] = []
        self.answers: dict[str, Handler] = {}
        self.reads: dict[str, Reads] = {}
        self.signals: dict[str, Handler] = {}
        self.decisions: dict[str, Decision] = {}
        self.undos: dict[str, Undo] = {}
        self.timed: list[Timed] = []
        self.beginnings: list[Job] = []
        self.endings: list[Job] = []
        self.keepers: list[Keeper] = []
        self.letting_go: list[LetGo] = []
        self.needed: list[Needs] = []

    def command(
        self,
        *words: str,
        who: Who,
        where: Where = Where.ANYWHERE,
        usage: str,
        summary: str,
        bare: bool = False,
        bare_blank: str = "",
        scheduled: bool = False,
        example: str = "",
        under: str = "",
        led_by: str = "",
        opens: bool = False,
        caught_up: CaughtUp = CaughtUp.NO,
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            row = Command(
                self.plugin,
                words,
                who,
                where,
                usage,
                summary,
                handler,
                bare,
                bare_blank,
                scheduled,
                example,
                under,
                led_by,
                opens,
                caught_up,
            )
            self.rows.append(row)
            return handler

        return add

    def answer(self, name: str, reads: Reads | None = None) -> Callable[[Handler], Handler]:
        """The handler that takes the answer to a question asked with ``Ask(then="plugin.name", …)``. Where its
        ``choices`` may be said in other words too, ``reads`` knows them (pure: it sees all that who is asked says)."""

        def add(handler: Handler) -> Handler:
            self.answers[f"{self.plugin}.{name}"] = handler
            if reads is not None:
                self.reads[f"{self.plugin}.{name}"] = reads
            return handler

        return add

    def signal(self, name: str) -> Callable[[Handler], Handler]:
        """The handler of something that is not a text: ``reaction``, ``unreaction`` (taken off again), ``joined``,
        ``left``, ``recalled``, ``file``."""

        def add(handler: Handler) -> Handler:
            self.signals[name] = handler
            return handler

        return add

    def decision(self, kind: str) -> "Callable[[Decision], Decision]":
        """What 「同意 N」 and 「不同意 N」 do to a request of this kind (``bot.branch.requests.ask``)."""

        def add(decision: "Decision") -> "Decision":
            self.decisions[kind] = decision
            return decision

        return add

    def undo(self, kind: str) -> "Callable[[Undo], Undo]":
        """What 「撤销」 does to an act of this kind (``bot.branch.undo.remember``)."""

        def add(undo: "Undo") -> "Undo":
            self.undos[kind] = undo
            return undo

        return add

    def every(
        self, seconds: float | None, name: str, *, outside: bool = False, everywhere: bool = False
    ) -> Callable[[Job], Job]:
        """What is done by the clock: at once when the bot starts, then every ``seconds`` (None: at every tick). The
        clock only proposes: a job looks into the database for what is due. ``name`` is unique, for the log. What goes
        ``outside`` isn't done for hours that the demo jumps over. Of the processes that share a database one at a time
        does it, unless it is about what each of them holds: ``everywhere``."""

        def add(job: Job) -> Job:
            self.timed.append(Timed(name, seconds, job, outside, everywhere))
            return job

        return add

    def beginning(self, job: Job) -> Job:
        """What is done at the start, before anything is heard."""
        self.beginnings.append(job)
        return job

    def ending(self, job: Job) -> Job:
        """What is done as the process is stopped, once nothing is done by the clock any more. It mustn't raise."""
        self.endings.append(job)
        return job

    def lets_go(self, let_go: LetGo) -> LetGo:
        """Say what becomes of what this plugin keeps once the months are over in which it is kept in full
        (``bot.branch.retention``): a few rows at a time, and no figure changes by it."""
        self.letting_go.append(let_go)
        return let_go

    def needs(self, files: Needs) -> Needs:
        """Say which kept pictures and files this plugin still needs: others are deleted after some days."""
        self.needed.append(files)
        return files

    def keeps(self, kept: Kept, forget: Forget) -> None:
        """Say what this plugin keeps about a person: every table that names one has its ``Keeper``."""
        self.keepers.append(Keeper(kept, forget))
