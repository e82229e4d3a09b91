"""Without a database: what is kept of what was read, and how much."""

import pytest

from app import known


@pytest.fixture
def kept():
    kept = known.Known()
    kept.stands_at(1)
    kept.keep("a", [(1,)])
    return kept


def test_another_state_makes_all_of_it_void(kept):
    kept.stands_at(1)
    assert kept.rows == {"a": [(1,)]}
    kept.stands_at(2)
    assert kept.rows == {}


def test_without_a_state_nothing_outlives_the_next_look(kept):
    for _ in range(2):
        kept.stands_at(None)
        assert kept.rows == {}
        kept.keep("a", [(1,)])


def test_no_more_than_so_many_are_kept(kept):
    for number in range(known.MOST + 1):
        kept.keep(number, [(number,)])
    assert len(kept.rows) <= known.MOST
