"""The table of guards speaks of what is there, so that ``make guards`` takes out what it means to."""

from scripts.guards import FAULTS, OTHERS, ROOT, guards


def test_each_guard_and_each_test_is_where_the_table_says() -> None:
    several = [(file, there) for each in (OTHERS | FAULTS).values() for file, there, _ in each]
    assert [one for one in several if (ROOT / one[0]).read_text(encoding="utf-8").count(one[1]) == 0] == []
    for test in {test for guard in guards() for test in guard.tests.split()}:
        file, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}" in (ROOT / file).read_text(encoding="utf-8"), test
