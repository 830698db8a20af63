"""Every step from every state: where it leads, or the line that refuses it."""

from datetime import UTC, datetime

import pytest

from bot.branch.models import Role
from bot.core.errors import NotAllowed, UserError
from bot.notice.models import State
from bot.notice.rules import LONGEST, Person, Policy, Step, check, check_text, tally, title

SECRETARY, EDITOR, ORGANISER, MEMBER = (
    frozenset({role}) for role in (Role.SECRETARY, Role.PROPAGANDIST, Role.ORGANISER, Role.MEMBER)
)
WAITING = (State.DRAFT, State.REVIEWING, State.APPROVING, State.SCHEDULED)
FREE = Policy(four_eyes=False)
STRICT = Policy(reviewers=ORGANISER, approvers=SECRETARY)
ALLOWED = {
    (Step.SUBMIT, State.DRAFT): State.SCHEDULED,
    (Step.REVIEW, State.REVIEWING): State.SCHEDULED,
    (Step.APPROVE, State.APPROVING): State.SCHEDULED,
    (Step.RETURN, State.REVIEWING): State.DRAFT,
    (Step.RETURN, State.APPROVING): State.DRAFT,
    **{(Step.REVISE, s): State.DRAFT for s in (*WAITING, State.PUBLISHED)},
    **{(Step.WITHDRAW, s): State.WITHDRAWN for s in (*WAITING, State.PUBLISHED, State.CLOSED)},
    (Step.CLOSE, State.PUBLISHED): State.CLOSED,
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_from_every_state(step: Step, state: State) -> None:
    if (step, state) in ALLOWED:
        assert check(step, 3, state, FREE, SECRETARY) is ALLOWED[step, state]
    else:
        with pytest.raises(UserError, match=f"公告 3 .*不能{step}"):
            check(step, 3, state, FREE, SECRETARY)


@pytest.mark.parametrize("step", list(Step))
def test_members_do_nothing_and_editors_don_t_approve(step: Step) -> None:
    state = next(state for one, state in ALLOWED if one is step)
    with pytest.raises(NotAllowed):
        check(step, 3, state, FREE, MEMBER)
    if step in (Step.REVIEW, Step.APPROVE, Step.RETURN):
        with pytest.raises(NotAllowed, match="书记或副书记"):
            check(step, 3, state, FREE, EDITOR)
    else:
        assert check(step, 3, state, FREE, EDITOR)


def test_each_step_is_whose_the_branch_says() -> None:
    assert check(Step.SUBMIT, 3, State.DRAFT, STRICT, EDITOR) is State.REVIEWING
    assert check(Step.REVIEW, 3, State.REVIEWING, STRICT, ORGANISER) is State.APPROVING
    with pytest.raises(NotAllowed, match="组织委员"):
        check(Step.REVIEW, 3, State.REVIEWING, STRICT, SECRETARY)
    with pytest.raises(NotAllowed, match="由书记来做"):
        check(Step.APPROVE, 3, State.APPROVING, STRICT, frozenset({Role.DEPUTY}))


@pytest.mark.parametrize(("step", "state"), [(Step.REVIEW, State.REVIEWING), (Step.APPROVE, State.APPROVING)])
def test_four_eyes(step: Step, state: State) -> None:
    both = ORGANISER | SECRETARY
    with pytest.raises(NotAllowed, match="自己写的"):
        check(step, 3, state, STRICT, both, own=True)
    assert check(step, 3, state, STRICT, both, own=False)
    assert check(step, 3, state, FREE, SECRETARY, own=True)


@pytest.mark.parametrize("text", ["", "  \n ", "字" * (LONGEST + 1)])
def test_empty_and_endless_words_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="公告"):
        check_text(text)


def test_the_title_is_the_first_line_shortened() -> None:
    assert title("开会通知\n周五下午") == "开会通知"
    assert len(title("很" * 60)) == 24


def test_who_counts_and_where() -> None:
    def person(i: int, *, done: bool = False, exempt: bool = False, left: bool = False, path: str = "/1/") -> Person:
        at = datetime(2026, 11, 24, tzinfo=UTC) if done else None
        return Person(i, f"党员{i}", exempt, left, path, at)

    found = tally(
        [
            person(1, done=True),
            person(2),
            person(3, exempt=True),
            person(4, left=True),
            person(5, done=True, path="/1/2/"),
            person(6, path="/1/2/11/"),
            person(7, done=True, path="/1/10/"),
        ]
    )
    assert (found.progress, [p.member_id for p in found.open]) == ("3/5", [2, 6])
    assert ([p.member_id for p in found.exempt], [p.member_id for p in found.left]) == ([3], [4])
    assert found.rolled_up("/1/") == [("/1/", 1, 2), ("/1/2/", 1, 2), ("/1/10/", 1, 1)]
