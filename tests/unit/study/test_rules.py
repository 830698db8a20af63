"""Whatever the mix of leave, exemption and completion, the shares add up and never pass one."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.branch.models import Leave
from bot.study.rules import Person, standing

FIRST, LAST = date(2026, 11, 24), date(2026, 11, 27)


def leave(member: int, first: date, last: date, *, exempt: bool = False) -> Leave:
    return Leave(member_id=member, first_day=first, last_day=last, exempt=exempt, created_at=datetime.now(UTC))


def test_each_case() -> None:
    people = [
        Person(1, "完成", None),
        Person(2, "未完成", None),
        Person(3, "免学", None),
        Person(4, "请假", None),
        Person(5, "调走", date(2026, 11, 25)),
        Person(6, "早已销假", None),
        Person(7, "后来才免学", None),
    ]
    exempt = {i: [leave(i, day, date.max, exempt=True)] for i, day in ((3, LAST), (7, date(2026, 11, 28)))}
    leaves = exempt | {4: [leave(4, LAST, LAST)], 6: [leave(6, date(2026, 11, 1), date(2026, 11, 23))]}
    found = standing(people, {1, 99}, leaves, FIRST, LAST)
    assert [p.name for p in found.done] == ["完成"]
    assert [p.name for p in found.open] == ["未完成", "早已销假", "后来才免学"]
    assert [p.name for p in found.exempt] == ["免学"]
    assert [p.name for p in found.away] == ["请假"]
    assert (found.progress, found.extra) == ("1/4", 1)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), max_size=40))
def test_the_shares_add_up(cases: list[tuple[bool, bool, bool, bool]]) -> None:
    people = [Person(i, str(i), FIRST if left else None) for i, (_, left, _, _) in enumerate(cases)]
    completed = {i for i, case in enumerate(cases) if case[2]}
    leaves = {i: [leave(i, FIRST, LAST, exempt=case[0])] for i, case in enumerate(cases) if case[3]}
    found = standing(people, completed, leaves, FIRST, LAST)
    gone = sum(left and not done for _, left, done, _ in cases)
    assert len(found.done) + len(found.open) + len(found.exempt) + len(found.away) + gone == len(people)
    assert {p.member_id for p in found.done} <= completed
    assert len(found.done) + found.extra == len(completed)
