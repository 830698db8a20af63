"""Every step from every state: where it leads, or the line that refuses it."""

import pytest

from bot.branch.actor import EDITORS, LEADERS
from bot.branch.models import Role
from bot.core.errors import NotAllowed, UserError
from bot.notice.models import State
from bot.notice.rules import LONGEST, Person, Step, check, check_text, tally, title

SECRETARY, EDITOR, MEMBER = (frozenset({role}) for role in (Role.SECRETARY, Role.PROPAGANDIST, Role.MEMBER))
ALLOWED = {
    (Step.SUBMIT, State.DRAFT): State.REVIEWING,
    (Step.APPROVE, State.REVIEWING): State.SCHEDULED,
    (Step.RETURN, State.REVIEWING): State.DRAFT,
    (Step.PUBLISH, State.DRAFT): State.PUBLISHED,
    (Step.PUBLISH, State.SCHEDULED): State.PUBLISHED,
    **{(Step.REVISE, s): State.DRAFT for s in (State.DRAFT, State.REVIEWING, State.SCHEDULED, State.PUBLISHED)},
    **{(Step.WITHDRAW, s): State.WITHDRAWN for s in (State.DRAFT, State.REVIEWING, State.SCHEDULED, State.PUBLISHED)},
    (Step.CLOSE, State.PUBLISHED): State.CLOSED,
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_from_every_state(step: Step, state: State) -> None:
    if (step, state) in ALLOWED:
        assert check(step, 3, state, SECRETARY, own=False, four_eyes=False) is ALLOWED[step, state]
    else:
        with pytest.raises(UserError, match=f"公告 3 .*不能{step}"):
            check(step, 3, state, SECRETARY, own=False, four_eyes=False)


@pytest.mark.parametrize("step", list(Step))
def test_members_do_nothing_and_editors_don_t_approve(step: Step) -> None:
    state = next(state for one, state in ALLOWED if one is step)
    with pytest.raises(NotAllowed):
        check(step, 3, state, MEMBER, own=False, four_eyes=False)
    if step in (Step.APPROVE, Step.RETURN):
        with pytest.raises(NotAllowed, match="书记"):
            check(step, 3, state, EDITOR, own=False, four_eyes=False)
    else:
        assert check(step, 3, state, EDITOR, own=False, four_eyes=False)
    assert EDITORS > LEADERS


def test_four_eyes() -> None:
    with pytest.raises(NotAllowed, match="自己写的"):
        check(Step.APPROVE, 3, State.REVIEWING, SECRETARY, own=True, four_eyes=True)
    with pytest.raises(UserError, match="先由书记同意"):
        check(Step.PUBLISH, 3, State.DRAFT, SECRETARY, own=True, four_eyes=True)


@pytest.mark.parametrize("text", ["", "  \n ", "字" * (LONGEST + 1)])
def test_empty_and_endless_words_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="公告"):
        check_text(text)


def test_the_title_is_the_first_line_shortened() -> None:
    assert title("开会通知\n周五下午") == "开会通知"
    assert len(title("很" * 60)) == 24


def test_who_counts() -> None:
    def person(i: int, *, done: bool = False, exempt: bool = False, left: bool = False, branch: int = 1) -> Person:
        from datetime import UTC, datetime

        at = datetime(2026, 11, 24, tzinfo=UTC) if done else None
        return Person(i, f"党员{i}", exempt, left, branch, f"支部{branch}", at)

    found = tally(
        [person(1, done=True), person(2), person(3, exempt=True), person(4, left=True), person(5, done=True, branch=2)]
    )
    assert (found.progress, [p.member_id for p in found.open], len(found.exempt), found.left) == ("2/3", [2], 1, 1)
    assert found.by_branch() == [("支部1", 1, 2), ("支部2", 1, 1)]
