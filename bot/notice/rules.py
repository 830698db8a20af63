"""The life of a notice and who may move it on, decided without a database.

草稿 → (审核 → 审批, where the branch requires them) → 定时或立即公开 → 回执 → 归档; 撤回 at any time before the end.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.branch.actor import COMMITTEE, EDITORS, LEADERS
from bot.branch.models import Role
from bot.core.errors import NotAllowed, UserError
from bot.notice.models import Pin, Scope, State

LONGEST = 5000
"""Characters of a notice at most."""


class Step(StrEnum):
    """What somebody does to a notice."""

    SUBMIT = "公开"
    REVIEW = "审核"
    APPROVE = "同意"
    RETURN = "退回"
    REVISE = "修改"
    WITHDRAW = "撤回"
    CLOSE = "归档"


@dataclass(frozen=True)
class Policy:
    """Who may do which step: a rule of the branch. Empty ``reviewers`` or ``approvers``: it does without that step.
    ``four_eyes``: nobody reviews or approves what they have written."""

    authors: frozenset[Role] = EDITORS
    reviewers: frozenset[Role] = frozenset()
    approvers: frozenset[Role] = frozenset()
    four_eyes: bool = True

    def after(self, state: State) -> State:
        """Where what has passed ``state`` stands next."""
        if state is State.DRAFT and self.reviewers:
            return State.REVIEWING
        return State.APPROVING if state is not State.APPROVING and self.approvers else State.SCHEDULED

    def roles_for(self, step: Step, state: State) -> frozenset[Role]:
        if step is Step.REVIEW or (step is Step.RETURN and state is State.REVIEWING):
            return self.reviewers or LEADERS
        return (self.approvers or LEADERS) if step in (Step.APPROVE, Step.RETURN) else self.authors


_WAITING = frozenset({State.DRAFT, State.REVIEWING, State.APPROVING, State.SCHEDULED})
_MOVES: dict[Step, tuple[frozenset[State], State | None]] = {
    Step.SUBMIT: (frozenset({State.DRAFT}), None),
    Step.REVIEW: (frozenset({State.REVIEWING}), None),
    Step.APPROVE: (frozenset({State.APPROVING}), State.SCHEDULED),
    Step.RETURN: (frozenset({State.REVIEWING, State.APPROVING}), State.DRAFT),
    Step.REVISE: (_WAITING | {State.PUBLISHED}, State.DRAFT),
    Step.WITHDRAW: (_WAITING | {State.PUBLISHED, State.CLOSED}, State.WITHDRAWN),
    Step.CLOSE: (frozenset({State.PUBLISHED}), State.CLOSED),
}
"""From which states a step leads where; None: to what the policy of the branch wants next."""

_SAID = {
    State.DRAFT: "还是草稿",
    State.REVIEWING: "正在审核",
    State.APPROVING: "正在等书记同意",
    State.SCHEDULED: "已定好时间、还没公开",
    State.PUBLISHED: "已经公开",
    State.WITHDRAWN: "已经撤回",
    State.CLOSED: "已经归档",
}
_OFFICES = {COMMITTEE: "支委", EDITORS: "宣传委员或书记", LEADERS: "书记或副书记"}


def office(roles: frozenset[Role]) -> str:
    """Who that is, as people say it."""
    return _OFFICES.get(roles) or "、".join(sorted(roles))


def check(step: Step, no: int, state: State, policy: Policy, roles: frozenset[Role], *, own: bool = False) -> State:
    """The state after ``step``. Raises ``NotAllowed`` or ``UserError`` with what is the matter.

    ``own`` is whether the actor wrote it.
    """
    sources, target = _MOVES[step]
    may = policy.roles_for(step, state)
    if not roles & may:
        raise NotAllowed(f"公告的「{step}」由{office(may)}来做。")
    if state not in sources:
        raise UserError(f"公告 {no} {_SAID[state]},不能{step}。")
    if step in (Step.REVIEW, Step.APPROVE) and own and policy.four_eyes:
        raise NotAllowed(f"公告 {no} 是您自己写的,要请别人来{step}。")
    return policy.after(state) if target is None else target


def check_text(text: str) -> str:
    """The trimmed words of a notice. Raises ``UserError`` for an empty or endless one."""
    text = text.strip()
    if not text:
        raise UserError("公告没有内容。请把正文写在后面,比如:公告 周五下午3点在二楼开支部大会,收到请回复。")
    if len(text) > LONGEST:
        raise UserError(f"公告有 {len(text)} 字,超过了 {LONGEST} 字。请精简,或把全文作为文件发。")
    return text


def check_new(no: int, before: str, text: str) -> str:
    """The trimmed words of the next version. Raises ``UserError``."""
    text = check_text(text)
    if text == before:
        raise UserError(f"公告 {no} 的内容没有变化。")
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
    """A notice as it stands for one member who is to confirm it."""

    member_id: int
    id: int
    no: int
    branch_id: int
    version: int
    text: str
    state: State
    scope: Scope
    confirmed: bool

    @property
    def title(self) -> str:
        return title(self.text)

    @property
    def over(self) -> str:
        """Why nobody has to confirm it any more; empty while it is out."""
        return {State.WITHDRAWN: "已撤回", State.CLOSED: "已归档"}.get(self.state, "")


@dataclass(frozen=True)
class Person:
    """One of those who are to confirm; ``at`` is when they confirmed the newest version, None if they haven't."""

    member_id: int
    name: str
    exempt: bool
    left: bool
    path: str
    at: datetime | None


@dataclass(frozen=True)
class Tally:
    """The one truth about a notice. ``done`` and ``open`` make up those who count; exempt and gone ones don't."""

    done: tuple[Person, ...]
    open: tuple[Person, ...]
    exempt: tuple[Person, ...]
    left: tuple[Person, ...]

    @property
    def progress(self) -> str:
        return f"{len(self.done)}/{len(self.done) + len(self.open)}"

    def rolled_up(self, root: str) -> list[tuple[str, int, int]]:
        """(path, confirmed, to confirm) of the branch at ``root`` itself and of each right below it, with all that is
        below that one."""
        found: dict[str, tuple[int, int]] = {}
        for person in (*self.done, *self.open):
            first = person.path.removeprefix(root).partition("/")[0]
            path = f"{root}{first}/" if first else root
            done, count = found.get(path, (0, 0))
            found[path] = (done + (person.at is not None), count + 1)
        return [(path, *found[path]) for path in sorted(found, key=lambda path: [*map(int, path.split("/")[1:-1])])]


def tally(people: Collection[Person]) -> Tally:
    """Sort those who are to confirm. Somebody exempt or gone who confirmed nevertheless is counted among the done."""
    return Tally(
        tuple(p for p in people if p.at is not None),
        tuple(p for p in people if p.at is None and not p.exempt and not p.left),
        tuple(p for p in people if p.at is None and p.exempt and not p.left),
        tuple(p for p in people if p.at is None and p.left),
    )


def title(text: str) -> str:
    """What a notice is called: its first line, shortened."""
    line = text.strip().split("\n", 1)[0].strip()
    return line if len(line) <= 24 else f"{line[:23]}…"
