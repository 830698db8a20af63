"""Points, counted in whole tenths."""

import pytest

from bot.assessment.rules import Indicator, What, tenths


@pytest.mark.parametrize(
    ("what", "weight", "target", "value", "of", "expected"),
    [
        (What.COMPLETION, 99, 99, 42, 48, 875),
        (What.COMPLETION, 10, 90, 26, 30, 96),
        (What.COMPLETION, 10, 90, 27, 30, 100),
        (What.COMPLETION, 10, 90, 30, 30, 100),
        (What.COMPLETION, 10, 90, 0, 0, None),
        (What.DISCUSSIONS, 10, 4, 3, 1, 75),
        (What.DISCUSSIONS, 10, 4, 9, 1, 100),
    ],
)
def test_exact_and_rounded_down(
    what: What, weight: int, target: int, value: int, of: int, expected: int | None
) -> None:
    assert tenths(Indicator(1, "指标", what, weight, target), value, of) == expected
