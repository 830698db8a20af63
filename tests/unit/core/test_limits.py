from bot.core.limits import RateLimit


def test_a_flood_by_one_person_is_limited_and_others_are_not() -> None:
    limit = RateLimit(burst=3, per_second=1)
    assert [limit.allow(("q", "1"), now=0.0) for _ in range(5)] == [True, True, True, False, False]
    assert limit.allow(("q", "2"), now=0.0)
    assert limit.allow(("q", "1"), now=1.1)
    assert not limit.allow(("q", "1"), now=1.2)


def test_only_so_many_people_are_remembered() -> None:
    limit = RateLimit(burst=1, per_second=0, people=2)
    assert limit.allow(("q", "1"), now=0.0)
    assert limit.allow(("q", "2"), now=0.0)
    assert limit.allow(("q", "3"), now=0.0)
    assert limit.allow(("q", "1"), now=0.0)
