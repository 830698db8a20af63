"""The life of a notice and who may move it on, decided without a database.

草稿 → (审核, where the branch requires it) → 定时或立即公开 → 回执 → 归档; 撤回 at any time before the end.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.branch.actor import EDITORS, LEADERS
from bot.branch.models import Role
from bot.core.errors import NotAllowed, UserError
from bot.notice.models import Pin, State

LONGEST = 5000
"""Characters of a notice at most."""


class Step(StrEnum):
    """What somebody does to a notice."""

    SUBMIT = "提交"
    APPROVE = "同意"
    RETURN = "退回"
    PUBLISH = "公开"
    REVISE = "修改"
    WITHDRAW = "撤回"
    CLOSE = "归档"


@dataclass(frozen=True)
class Move:
    """From which states a step leads where, and whose it is."""

    sources: frozenset[State]
    target: State
    roles: frozenset[Role]


_WAITING = frozenset({State.DRAFT, State.REVIEWING, State.SCHEDULED})
MOVES: dict[Step, Move] = {
    Step.SUBMIT: Move(frozenset({State.DRAFT}), State.REVIEWING, EDITORS),
    Step.APPROVE: Move(frozenset({State.REVIEWING}), State.SCHEDULED, LEADERS),
    Step.RETURN: Move(frozenset({State.REVIEWING}), State.DRAFT, LEADERS),
    Step.PUBLISH: Move(frozenset({State.DRAFT, State.SCHEDULED}), State.PUBLISHED, EDITORS),
    Step.REVISE: Move(_WAITING | {State.PUBLISHED}, State.DRAFT, EDITORS),
    Step.WITHDRAW: Move(_WAITING | {State.PUBLISHED}, State.WITHDRAWN, EDITORS),
    Step.CLOSE: Move(frozenset({State.PUBLISHED}), State.CLOSED, EDITORS),
}

_SAID = {
    State.DRAFT: "还是草稿",
    State.REVIEWING: "正在等书记同意",
    State.SCHEDULED: "已定好时间、还没公开",
    State.PUBLISHED: "已经公开",
    State.WITHDRAWN: "已经撤回",
    State.CLOSED: "已经归档",
}


def check(step: Step, no: int, state: State, roles: frozenset[Role], *, own: bool, four_eyes: bool) -> State:
    """The state after ``step``. Raises ``NotAllowed`` or ``UserError`` with what is the matter.

    ``own`` is whether the actor wrote it: where ``four_eyes`` are required nobody approves their own draft.
    """
    move = MOVES[step]
    if not roles & move.roles:
        raise NotAllowed(f"公告的「{step}」由{'书记' if move.roles == LEADERS else '宣传委员或书记'}来做。")
    if state not in move.sources:
        raise UserError(f"公告 {no} {_SAID[state]},不能{step}。")
    if step is Step.APPROVE and own and four_eyes:
        raise NotAllowed(f"公告 {no} 是您自己写的,请另一位书记或副书记来同意。")
    if step is Step.PUBLISH and state is State.DRAFT and four_eyes:
        raise UserError(f"公告 {no} 要先由书记同意。")
    return move.target


def check_text(text: str) -> str:
    """The trimmed words of a notice. Raises ``UserError`` for an empty or endless one."""
    text = text.strip()
    if not text:
        raise UserError("公告没有内容。请把正文写在后面,比如:公告 周五下午3点在二楼开支部大会,收到请回复。")
    if len(text) > LONGEST:
        raise UserError(f"公告有 {len(text)} 字,超过了 {LONGEST} 字。请精简,或把全文作为文件发。")
    return text


@dataclass(frozen=True)
class Wording:
    """What somebody wants to make public: words, kept pictures (SHA-256) and files (SHA-256 and name)."""

    text: str
    category: str
    pictures: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    mention_all: bool = False
    pin: Pin = Pin.NONE


@dataclass(frozen=True)
class Open:
    """A published notice as it stands for one member."""

    member_id: int
    id: int
    no: int
    branch_id: int
    version: int
    text: str

    @property
    def title(self) -> str:
        return title(self.text)


@dataclass(frozen=True)
class Person:
    """One of those who are to confirm; ``at`` is when they confirmed the newest version, None if they haven't."""

    member_id: int
    name: str
    exempt: bool
    left: bool
    branch_id: int
    branch: str
    at: datetime | None


@dataclass(frozen=True)
class Tally:
    """The one truth about a notice. ``done`` and ``open`` make up those who count; exempt and gone ones don't."""

    done: tuple[Person, ...]
    open: tuple[Person, ...]
    exempt: tuple[Person, ...]
    left: int

    @property
    def progress(self) -> str:
        return f"{len(self.done)}/{len(self.done) + len(self.open)}"

    def by_branch(self) -> list[tuple[str, int, int]]:
        """(branch, confirmed, to confirm) of each branch, the oldest branch first."""
        found: dict[int, tuple[str, int, int]] = {}
        for person in (*self.done, *self.open):
            name, done, count = found.get(person.branch_id, (person.branch, 0, 0))
            found[person.branch_id] = (name, done + (person.at is not None), count + 1)
        return [found[branch_id] for branch_id in sorted(found)]


def tally(people: Collection[Person]) -> Tally:
    """Sort those who are to confirm. Somebody exempt or gone who confirmed nevertheless is counted among the done."""
    return Tally(
        tuple(p for p in people if p.at is not None),
        tuple(p for p in people if p.at is None and not p.exempt and not p.left),
        tuple(p for p in people if p.at is None and p.exempt and not p.left),
        sum(p.left and p.at is None for p in people),
    )


def title(text: str) -> str:
    """What a notice is called: its first line, shortened."""
    line = text.strip().split("\n", 1)[0].strip()
    return line if len(line) <= 24 else f"{line[:23]}…"
