"""When an answer is right, which questions are asked, and in which order their options stand."""

from dataclasses import replace

import pytest

from bot.quiz.kinds import Kind
from bot.quiz.rules import Item, enough, fits, is_right, needed, pick, shuffled

CHOICE = Item(Kind.MULTIPLE, "下列属于“三会一课”的有", ("党员大会", "民主评议", "党课"), ("A", "C"))


@pytest.mark.parametrize("typed", ["32", "三十二", "32学时", "\uff13\uff12", " 32 "])
def test_numbers_fit_however_they_are_written(typed: str) -> None:
    assert fits(typed, "32")


@pytest.mark.parametrize("typed", ["3", "320", "23", ""])
def test_other_numbers_do_not(typed: str) -> None:
    assert not fits(typed, "32")


def test_alternatives() -> None:
    assert fits("党支部党员大会", "党员大会|支部党员大会|党支部党员大会")
    assert not fits("支委会", "党员大会|支部党员大会")


def test_all_that_is_right_and_nothing_else() -> None:
    assert is_right(CHOICE, ("C", "A"))
    assert not is_right(CHOICE, ("A",))
    assert not is_right(CHOICE, ("A", "B", "C"))


def test_the_pass_mark() -> None:
    assert [enough(right, 5, 60) for right in (2, 3)] == [False, True]
    assert [needed(total, 60) for total in (1, 2, 5)] == [1, 2, 3]


def test_the_least_known_come_first_in_an_order_of_ones_own() -> None:
    known = {i: i % 2 for i in range(40)}
    mine, yours = pick(known, 20, "3:now"), pick(known, 20, "4:now")
    assert sorted(mine) == sorted(yours) == [i for i in range(40) if i % 2 == 0]
    assert mine != yours
    assert pick(known, 20, "3:now") == mine


def test_shuffled_options_keep_what_is_right() -> None:
    other = next(one for seed in range(20) if (one := shuffled(CHOICE, str(seed))).options != CHOICE.options)
    assert (other.answered_by, other.digest) == (CHOICE.answered_by, CHOICE.digest)


def test_options_that_speak_of_each_other_stay() -> None:
    bound = replace(CHOICE, options=("党员大会", "党课", "以上都是"))
    assert all(shuffled(bound, str(seed)) == bound for seed in range(20))


def test_there_and_back() -> None:
    assert Item.from_json(CHOICE.to_json()) == CHOICE
