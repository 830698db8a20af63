"""The look-up from typed words to one command, made from what the plugins declare."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from bot.branch.requests import Decision
from bot.branch.undo import Undo
from bot.chat.commands import Command, CommandSet, Handler, Job, Keeper, LetGo, Needs, Reads, Timed
from bot.chat.text import TYPOS

_TIME_FIRST = re.compile(
    r"(?:大?后|今|明|下*[周个]|这周|本周|周|星期|礼拜|每|半个?小时|\d+\s*(?:[点::月号日天-]|个?小时|分钟))"
)
_LONGEST_TIME = 16
_TALK = ("了", "的", "吗", "吧", "没", "?")
_ASKS = frozenset("谁哪")
_CODE = r"(?:[0-9]{1,5} )?(?=[A-Z -]*[0-9])(?=[0-9 -]*[A-Z])[0-9A-Z](?:[ -]?[0-9A-Z]){3,4}"
_NUMBERED = re.compile(rf"(\D+?)[ 第#:]*([0-9]{{1,5}}|{_CODE})[号篇期]?", re.IGNORECASE)
"""A phrase with a number or a code of a reading page, which some write with gaps, as it is shown there."""
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])[ ,、。!~]+(?=[\u4e00-\u9fff])")
"""What parts a short phrase without changing it: 「已 学」, as some keyboards put it; 「收到,谢谢」."""
_OPENED = re.compile(r"([^\W\d]{2,4})\s*(\d{1,6}\s*[号篇]?(?:[\s::,,、。].*|$))", re.DOTALL)
_PARTED = re.compile(r"([^ :+]+) ?[ :+] ?(.+)")


@dataclass(frozen=True)
class Match:
    command: Command
    word: str
    args: str


class CommandTable:
    """Every command of every loaded plugin. Two commands with one word, or two jobs with one name, are a
    defect: ``ValueError`` at start."""

    def __init__(self) -> None:
        self._by_word: dict[str, Command] = {}
        self._bare: dict[str, Command] = {}
        self.opening: tuple[str, ...] = ()
        self.answers: dict[str, Handler] = {}
        self.reads: dict[str, Reads] = {}
        self.signals: dict[tuple[str, str], Handler] = {}
        self.decisions: dict[str, Decision] = {}
        self.undos: dict[str, Undo] = {}
        self.timed: dict[str, Timed] = {}
        self.beginnings: dict[str, Job] = {}
        self.endings: dict[str, Job] = {}
        self.keepers: dict[str, Keeper] = {}
        self.letting_go: dict[str, LetGo] = {}
        self.needed: dict[str, Needs] = {}
        self.longest_bare = 0
        self._firsts: frozenset[str] = frozenset()
        self._longest = 0

    def add(self, commands: CommandSet) -> None:
        """Take over the rows of a plugin. Adding the same set again (a reloaded plugin) replaces its rows."""
        for command in commands.rows:
            for word in command.words:
                known = self._by_word.get(word)
                if known is not None and known.plugin != command.plugin:
                    raise ValueError(f"「{word}」 belongs to {known.key} and to {command.key}")
                self._by_word[word] = command
                if command.bare:
                    self._bare[word] = command
        self.answers.update(commands.answers)
        self.reads.update(commands.reads)
        self.decisions.update(commands.decisions)
        self.undos.update(commands.undos)
        for timed in commands.timed:
            if _named(self.timed.setdefault(timed.name, timed).job) != _named(timed.job):
                raise ValueError(f"there is a job {timed.name} already")
            self.timed[timed.name] = timed
        self.beginnings.update({_named(job): job for job in commands.beginnings})
        self.endings.update({_named(job): job for job in commands.endings})
        self.keepers.update({_named(keeper.forget): keeper for keeper in commands.keepers})
        self.letting_go.update({_named(let_go): let_go for let_go in commands.letting_go})
        self.needed.update({_named(files): files for files in commands.needed})
        self.signals.update({(commands.plugin, name): handler for name, handler in commands.signals.items()})
        self._longest = max(map(len, self._by_word), default=0)
        self.opening = tuple(word for word, command in self._by_word.items() if command.opens)
        self._firsts = frozenset(word[0] for word in (*self._bare, *self.opening, *TYPOS))
        self.longest_bare = max(
            (len(word) + (16 if row.bare_blank else 8) for word, row in self._bare.items()), default=0
        )

    def may_be_bare(self, text: str) -> bool:
        """Whether it is worth a closer look for a phrase without anything before it. Most talk isn't: too long, or its
        first character is one with which no phrase begins."""
        first = text[:1]
        if "\u4e00" <= first <= "\u9fff" and first not in self._firsts:
            return False
        return 0 < len(text) <= self.longest_bare or text.startswith(self.opening)

    def __iter__(self) -> Iterator[Command]:
        """The commands, each once, in the order of declaration."""
        seen: dict[str, Command] = {}
        for command in self._by_word.values():
            seen.setdefault(command.key, command)
        return iter(seen.values())

    def bare(self, text: str) -> Match | None:
        """An exact short phrase, alone or with one number or code behind it (「打卡 7」, 「补3」, 「打卡 7F3K」).

        A question mark belongs to a phrase that asks (「谁还没学?」) and makes any other no phrase (「看完了?」).
        """
        if text.endswith("?") and not _ASKS.isdisjoint(text):
            text = text.rstrip("? ")
        whole = _SPREAD.sub("", text)
        if command := self._bare.get(whole):
            return Match(command, whole, "")
        if len(text) <= self.longest_bare and (found := _NUMBERED.fullmatch(text)):
            word = found[1].strip()
            command = self._bare.get(word)
            if command is not None and command.takes_arguments:
                return Match(command, word, found[2])
        return self._blank(text) if len(text) <= self.longest_bare else None

    def _blank(self, text: str) -> Match | None:
        """A bare phrase and behind it, parted by a space, 「:」 or 「+」, what its command wants there."""
        if found := _PARTED.fullmatch(text):
            command = self._bare.get(found[1])
            if command is not None and command.bare_blank and re.fullmatch(command.bare_blank, found[2]):
                return Match(command, found[1], found[2])
        return None

    def opened(self, text: str) -> Match | None:
        """A command that opens a text, with its number, and behind that whatever somebody has to say."""
        found = _OPENED.fullmatch(text)
        command = self._by_word.get(found[1]) if found is not None else None
        return Match(command, found[1], found[2]) if found is not None and command and command.opens else None

    def addressed(self, text: str) -> Match | None:
        """The command with the longest word at the start of ``text``. A word glued to what follows counts only if the
        command takes something: 「推送https…」 does, 「我的孩子发烧了」 is no 「我的」."""
        for size in range(min(self._longest, len(text)), 0, -1):
            command = self._by_word.get(text[:size])
            if command is None:
                continue
            rest = text[size:]
            if not rest or rest[0] in " \n,:;、。" or (command.takes_arguments and not rest.startswith(_TALK)):
                return Match(command, text[:size], rest.lstrip(" ,:;、"))
        return self._scheduled(text)

    def _scheduled(self, text: str) -> Match | None:
        """A time and behind it a command that takes one: 「明天8点推送 资料3」; whatever else a command is ``led_by``.
        It goes before the arguments."""
        for word, command in self._by_word.items():
            if not (command.scheduled or command.led_by):
                continue
            before, found, rest = text[: _LONGEST_TIME + len(word)].partition(word)
            if not found or "\n" in before:
                continue
            if (command.scheduled and _TIME_FIRST.match(before)) or (
                command.led_by and re.fullmatch(command.led_by, before.strip())
            ):
                rest = text[len(before) + len(word) :]
                if not rest.startswith(_TALK):
                    rest = rest.lstrip(" ,:;、")
                    return Match(command, word, f"{before.strip()} {rest}".strip())
        return None

    def nearest(self, text: str) -> str | None:
        """The word that was probably meant, or None if nothing is near."""
        head = text.split(maxsplit=1)[0][: self._longest] if text.strip() else ""
        near = get_close_matches(head, self._by_word, n=1, cutoff=0.5)
        return near[0] if near else None


def _named(job: Callable[..., object]) -> str:
    return f"{job.__module__}.{job.__qualname__}"


TABLE = CommandTable()
"""The table of this process; plugins add their rows to it when they are loaded (``bot.chat.matcher.attach``)."""
