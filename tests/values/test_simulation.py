"""A spike played through: before, in and after its window."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import Phases, SimulatedField, current_value, simulate, validate_settings

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def source(value_type="INCREMENT", state=None, **settings):
    settled, faults = validate_settings(value_type, settings)
    assert not faults
    return SimulatedField(value_type, settled, None if state is None else Decimal(state))


def polls(before, during, after):
    moments = [NOW + timedelta(minutes=minute) for minute in range(before + during + after)]
    return Phases(moments[:before], moments[before : before + during], moments[before + during :])


def played(field, copy, counts=(2, 3, 2), *, continues=True, hands_over=False, seed=0):
    found = simulate(
        field,
        copy,
        continues=continues,
        hands_over=hands_over,
        polls=polls(*counts),
        rng=random.Random(seed),
    )
    return found.before, found.during, found.after


BY_FIVE = {"start_number": Decimal(10), "step_number": Decimal(5)}


def test_a_counter_goes_on_into_the_window_and_the_collections_takes_over_behind_it():
    assert played(source(**BY_FIVE), source(**BY_FIVE), hands_over=True) == ([10, 15], [20, 25, 30], [35, 40])


def test_one_that_does_not_hand_back_leaves_the_collections_where_it_stood():
    assert played(source(**BY_FIVE), source(**BY_FIVE)) == ([10, 15], [20, 25, 30], [20, 25])


def test_a_window_without_polls_hands_nothing_back():
    own = source(start_number=Decimal(500), step_number=Decimal(1))
    assert played(source(**BY_FIVE), own, (2, 0, 2), continues=False, hands_over=True) == (
        [10, 15],
        [],
        [20, 25],
    )


def test_one_that_has_counted_hands_back_though_no_more_polls_come():
    copy = source(state=90, **BY_FIVE)
    assert played(source(state=40, **BY_FIVE), copy, (0, 0, 2), hands_over=True) == ([], [], [95, 100])


def test_it_begins_at_the_collections_start_where_neither_has_counted():
    copy = source(start_number=Decimal(0), step_number=Decimal(7))
    assert played(source(**BY_FIVE), copy, (0, 2, 2), hands_over=True) == ([], [10, 17], [22, 27])


def test_a_copy_with_a_start_of_its_own_begins_there():
    copy = source(start_number=Decimal(500), step_number=Decimal(1))
    assert played(source(**BY_FIVE), copy, continues=False) == ([10, 15], [500, 501, 502], [20, 25])


def test_both_begin_where_they_stand_now():
    assert played(source(state=40, **BY_FIVE), source(state=90, **BY_FIVE)) == (
        [45, 50],
        [95, 100, 105],
        [55, 60],
    )


def test_a_copy_goes_on_by_its_own_step_and_reset():
    copy = source(start_number=Decimal(10), step_number=Decimal(20), reset_number=Decimal(40))
    assert played(source(**BY_FIVE), copy, (2, 4, 1)) == ([10, 15], [35, 10, 30, 10], [20])


def test_a_counter_that_was_never_polled_begins_in_the_window():
    assert played(source(**BY_FIVE), source(**BY_FIVE), (0, 2, 2)) == ([], [10, 15], [10, 15])


def test_ranges_stay_in_theirs():
    field = source("NUMBER_RANGE", range_start_number=1, range_end_number=5)
    copy = source("NUMBER_RANGE", range_start_number=90, range_end_number=100)
    before, during, after = played(field, copy, (50, 50, 50))
    assert all(1 <= value <= 5 for value in before + after)
    assert all(90 <= value <= 100 for value in during)


def test_the_same_chance_gives_the_same_values():
    field = source("FLOAT_RANGE", range_start_float=0.0, range_end_float=1.0)
    assert played(field, field, seed=1) == played(field, field, seed=1) != played(field, field, seed=2)


@given(st.tuples(*[st.integers(0, 30)] * 3))
def test_each_poll_gets_one_value(counts):
    assert tuple(map(len, played(source(**BY_FIVE), source(**BY_FIVE), counts))) == counts


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_window_does_not_move_the_collections_counter(during, other):
    field = source(randomization_percentage=0, **BY_FIVE)
    _, _, after = played(field, source(**BY_FIVE), (3, during, 4))
    assert after == played(field, source(**BY_FIVE), (3, other, 4))[2] == [25, 30, 35, 40]


@pytest.mark.parametrize(
    ("own", "collections", "continues", "stands"),
    [(None, 7, True, 7), (None, 7, False, None), (3, 7, True, 3), (3, 7, False, 3), (None, None, True, None)],
)
def test_where_a_copys_counter_stands(own, collections, continues, stands):
    assert current_value(own, collections, continues=continues) == stands
