"""Without a database: what is kept of what was read, and how much."""

import pytest

from app.generation.fastpath import grants_cache


@pytest.fixture
def kept():
    kept = grants_cache.Known()
    kept.stands_at(1)
    kept.keep("a", "of a poll")
    return kept


def test_another_state_makes_all_of_it_void(kept):
    kept.stands_at(1)
    assert kept.find("a") == "of a poll"
    kept.stands_at(2)
    assert kept.find("a") is None


def test_without_a_state_nothing_outlives_the_next_look(kept):
    for _ in range(2):
        kept.stands_at(None)
        assert kept.find("a") is None
        kept.keep("a", "of a poll")


def test_no_more_than_so_many_are_kept(kept):
    for number in range(grants_cache.MOST + 1):
        kept.keep(number, "of a poll")
    assert len(kept) <= grants_cache.MOST
