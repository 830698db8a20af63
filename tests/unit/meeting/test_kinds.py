"""The kinds of meetings as the regulations have them: each rule with its source."""

from datetime import date
from fractions import Fraction

import pytest

from bot.core.errors import UserError
from bot.meeting.kinds import Per, all_kinds, committee_from, kind, split_kind


def test_every_rule_has_a_source_and_a_date() -> None:
    for one in all_kinds():
        assert one.source, one.name
        assert one.since >= date(2018, 10, 28), one.name
        assert all(quorum.source for quorum in one.quorums), one.name
        assert one.template, one.name


@pytest.mark.parametrize(
    ("name", "per"),
    [("支部党员大会", Per.QUARTER), ("支委会", Per.MONTH), ("党小组会", Per.MONTH), ("主题党日", Per.MONTH),
     ("党课", Per.SETTING), ("组织生活会", Per.YEAR), ("民主评议党员", Per.YEAR), ("集中学习", Per.NONE)],
)  # fmt: skip
def test_how_often(name: str, per: Per) -> None:
    assert kind(name).per is per


@pytest.mark.parametrize(("committee", "needed"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_a_committee_meets_with_more_than_half(committee: int, needed: int) -> None:
    quorum = kind("支委会").quorum("")
    assert quorum is not None
    assert quorum.needed(committee) == needed


@pytest.mark.parametrize(("voters", "needed"), [(5, 4), (10, 8), (11, 9), (0, 1)])
def test_an_election_takes_four_fifths(voters: int, needed: int) -> None:
    quorum = kind("支部党员大会").quorum("一、换届选举")
    assert quorum is not None
    assert (quorum.share, quorum.needed(voters)) == (Fraction(4, 5), needed)


def test_other_meetings_of_members_take_more_than_half() -> None:
    quorum = kind("支部党员大会").quorum("学习")
    assert quorum is not None
    assert quorum.needed(4) == 3
    assert kind("党课").quorum("换届选举") is None


def test_a_branch_has_a_committee_from_seven_on() -> None:
    assert committee_from() == 7


@pytest.mark.parametrize(
    ("typed", "name", "rest"),
    [
        ("党员大会 周五", "支部党员大会", "周五"),
        ("支委会:周五", "支委会", "周五"),
        ("民主评议 周五", "民主评议党员", "周五"),
    ],
)
def test_kinds_are_called_by_several_words(typed: str, name: str, rest: str) -> None:
    found, left = split_kind(typed)
    assert (found.name, left) == (name, rest)


def test_what_is_no_meeting_is_asked_for() -> None:
    with pytest.raises(UserError, match="支部党员大会、支委会"):
        split_kind("茶话会 周五")
