"""Without a database: what is kept of what was read, how much, and when it is in vain to ask."""

import pytest

from app import known


@pytest.fixture
def kept():
    kept = known.Known()
    kept.stands_at(1, 0)
    kept.keep("a", [(1,)])
    return kept


def test_another_state_makes_all_of_it_void(kept):
    kept.stands_at(1, 0)
    assert kept.rows == {"a": [(1,)]}
    kept.stands_at(2, 0)
    assert kept.rows == {}


def test_after_that_nobody_asks_for_a_moment(kept):
    assert kept.is_worth_asking(5)
    kept.stands_at(2, 5)
    assert not kept.is_worth_asking(5 + known.PAUSE / 2)
    assert kept.is_worth_asking(5 + known.PAUSE)


def test_no_more_than_so_many_are_kept(kept):
    for number in range(known.MOST + 1):
        kept.keep(number, [(number,)])
    assert len(kept.rows) <= known.MOST
