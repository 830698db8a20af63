"""Who counts and what counts as proof, decided without a database."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.branch.models import Leave
from bot.study.models import Proof


@dataclass(frozen=True)
class Reading:
    """A push as those see it who complete it: 学习 ``no`` of a branch."""

    id: int
    branch_id: int
    no: int
    title: str
    due_at: datetime
    proof: int
    pushed_at: datetime


def choose(current: Sequence[Reading], done: Collection[int]) -> Sequence[Reading]:
    """The readings that a claim without a number may mean: those still open; if none is, the newest one again, so that
    a repeat is recognised as one. ``current`` is in the order of numbers, ``done`` holds the ids completed."""
    still_open = [reading for reading in current if reading.id not in done]
    return still_open or current[-1:]


@dataclass(frozen=True)
class Person:
    """One of the snapshot of a push, as the roster knows them now."""

    member_id: int
    name: str
    left_on: date | None


@dataclass(frozen=True)
class Standing:
    """The one truth about a push, for member and secretary alike. Names are in the order of the roster.

    ``done`` and ``open`` make up those who count; ``exempt`` and ``away`` don't; ``extra`` completed without having to.
    """

    done: tuple[Person, ...]
    open: tuple[Person, ...]
    exempt: tuple[Person, ...]
    away: tuple[Person, ...]
    extra: int

    @property
    def counted(self) -> int:
        return len(self.done) + len(self.open)

    @property
    def progress(self) -> str:
        return f"{len(self.done)}/{self.counted}"


def standing(
    expected: Collection[Person],
    completed: Collection[int],
    leaves: Mapping[int, Collection[Leave]],
    first: date,
    last: date,
) -> Standing:
    """Sort the snapshot: who left before the end, who was exempt or away in the days from ``first`` to ``last``.

    Somebody away or exempt who completed nevertheless counts as extra, so the share never passes one.
    """
    done: list[Person] = []
    still_open: list[Person] = []
    exempt: list[Person] = []
    away: list[Person] = []
    counted: set[int] = set()
    for person in expected:
        if person.left_on is not None and person.left_on <= last and person.member_id not in completed:
            continue
        spans = [one for one in leaves.get(person.member_id, ()) if one.first_day <= last and one.last_day >= first]
        if spans:
            (exempt if any(one.exempt for one in spans) else away).append(person)
        else:
            (done if person.member_id in completed else still_open).append(person)
            counted.add(person.member_id)
    extra = len(set(completed) - counted)
    return Standing(tuple(done), tuple(still_open), tuple(exempt), tuple(away), extra)


@dataclass(frozen=True)
class Dated:
    """What to do now with moments that don't repeat: ``run`` these, let ``missed`` go, look again at ``next_at``."""

    run: tuple[datetime, ...]
    missed: tuple[datetime, ...]
    next_at: datetime | None


def decide_dated(moments: Collection[datetime], now: datetime, grace: timedelta) -> Dated:
    """Sort the moments that haven't run yet: what is late by more than ``grace`` is missed."""
    due = sorted(moment for moment in moments if moment <= now)
    run = tuple(moment for moment in due if now - moment <= grace)
    return Dated(run, tuple(due[: len(due) - len(run)]), min((m for m in moments if m > now), default=None))


@dataclass(frozen=True)
class Query:
    """What is looked for in the library: words as typed, and the terms that they consist of."""

    words: str
    terms: frozenset[str] = frozenset()


PROOFS = {
    Proof.WORD: "打卡",
    Proof.PAGE: "阅读页",
    Proof.QUIZ: "答题",
    Proof.REFLECTION: "心得",
    Proof.ATTENDANCE: "到会",
}
"""What people call them."""
_PROOF = re.compile(r"\s*(?:凭|完成方式[::]?\s*)(打卡|口头|阅读页?|答题|心得|到会|签到)(?:完成|登记)?(?=\s|$)")
_LAST = re.compile(rf"\s{_PROOF.pattern}\s*\Z")
_CALLED = {"口头": Proof.WORD, "阅读": Proof.PAGE, "签到": Proof.ATTENDANCE}


def proof_named(word: str) -> Proof | None:
    """「阅读页」, 「签到」 → the proof."""
    return _CALLED.get(word) or next((proof for proof, name in PROOFS.items() if name == word), None)


def split_proof(text: str) -> tuple[Proof, str]:
    """「党章学习 每个工作日8点 资料 3-12 凭答题」 → the proof that is wanted, and the rest. In a text of several lines
    it stands at the beginning, or ends the first line or the last, apart from the other words."""
    head, several, _ = text.partition("\n")
    found = (_PROOF.match(text) or _LAST.search(head) or _LAST.search(text)) if several else _PROOF.search(text)
    if found is None:
        return Proof.WORD, text
    return proof_named(found[1]) or Proof.WORD, f"{text[: found.start()]}{text[found.end() :]}".strip()


CODE_LETTERS = "ACDEFHJKMNPRTWXY"
CODE_DIGITS = "34679"
"""No two of these are taken for one another, by eye or by ear."""
CODE_LENGTH = 4
CODE_LASTS = timedelta(minutes=10)
MOST_GUESSES = 5
"""Wrong codes of one account within ``CODE_LASTS``; then it must wait."""
_CODE = re.compile(r"(?:(\d{1,6})\s+)?([0-9A-Z](?:[\s-]?[0-9A-Z]){3,4})", re.IGNORECASE)

FASTEST = 15
"""Characters a second that nobody reads faster (three times the usual)."""
LEAST_SECONDS = 5
MOST_SECONDS = 20 * 60
"""What is asked of the reader of a whole book."""
VISIT_LASTS = timedelta(hours=12)
"""A page that stands open for longer has to be opened again."""


def code_in(text: str) -> tuple[int | None, str] | None:
    """(number of the reading, code) of 「7F3K」, 「12 7f3k」; None for what is no code."""
    found = _CODE.fullmatch(text.strip())
    if found is None:
        return None
    code = re.sub(r"[\s-]", "", found[2]).upper()
    return None if code.isdigit() or code.isalpha() else (int(found[1]) if found[1] else None, code)


def new_code(choice: Callable[[str], str]) -> str:
    """A code by ``choice`` (of a letter out of several): at least one letter, so that it is no number, and one digit,
    so that it is no word."""
    while True:
        code = "".join(choice(CODE_LETTERS + CODE_DIGITS) for _ in range(CODE_LENGTH))
        if not (code.isdigit() or code.isalpha()):
            return code


def least_time(text: str) -> timedelta:
    """How long somebody is at least at a text who reaches its end by reading."""
    characters = len(re.sub(r"\s", "", text))
    return timedelta(seconds=min(max(LEAST_SECONDS, characters // FASTEST), MOST_SECONDS))


BURST = timedelta(minutes=10)
"""Within this time claims are looked at together."""


@dataclass(frozen=True)
class Claimed:
    """A completion by word, code, link or questions: whose, of which branch, when, and how many minutes the text takes
    an unhurried reader."""

    member_id: int
    branch_id: int
    at: datetime
    minutes: int


def burst(claims: Sequence[Claimed], least: int) -> Sequence[Claimed]:
    """The claims of one person that came within ``BURST``, where they are at least ``least`` (0: never) and hold more
    reading than that time; else none. ``claims`` are in the order of time."""
    for first in range(len(claims)):
        within = [one for one in claims[first:] if one.at - claims[first].at <= BURST]
        if least and len(within) >= least and sum(one.minutes for one in within) > BURST.total_seconds() / 60:
            return within
    return ()


_NAMED = re.compile(r"学习\s*(\d{1,6})(?![\d年月日大届条次个项])")


def readings_named(agenda: str) -> set[int]:
    """The numbers of the readings that an agenda names: 「集体学习 7、学习 8」."""
    return {int(number) for number in _NAMED.findall(agenda)}
