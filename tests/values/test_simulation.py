"""Simulated polls of a field before, during and after a spike."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values import Phases, SimulatedField, current_value, simulate, validate_settings

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def build_field(value_type="INCREMENT", state=None, **settings):
    validated, errors = validate_settings(value_type, settings)
    assert not errors
    return SimulatedField(value_type, validated, None if state is None else Decimal(state))


def build_polls(before, during, after):
    times = [NOW + timedelta(minutes=minute) for minute in range(before + during + after)]
    return Phases(times[:before], times[before : before + during], times[before + during :])


def run_simulation(field, copy, counts=(2, 3, 2), *, continues=True, hands_over=False, seed=0):
    found = simulate(
        field,
        copy,
        continues=continues,
        hands_over=hands_over,
        polls=build_polls(*counts),
        rng=random.Random(seed),
    )
    return found.before, found.during, found.after


BY_FIVE = {"start_number": Decimal(10), "step_number": Decimal(5)}


def test_a_counter_continues_in_the_window_and_hands_its_value_over_after_it():
    assert run_simulation(build_field(**BY_FIVE), build_field(**BY_FIVE), hands_over=True) == (
        [10, 15],
        [20, 25, 30],
        [35, 40],
    )


def test_without_handover_the_fields_counter_continues_from_before_the_window():
    assert run_simulation(build_field(**BY_FIVE), build_field(**BY_FIVE)) == (
        [10, 15],
        [20, 25, 30],
        [20, 25],
    )


def test_a_window_without_polls_hands_no_value_over():
    copy = build_field(start_number=Decimal(500), step_number=Decimal(1))
    assert run_simulation(build_field(**BY_FIVE), copy, (2, 0, 2), continues=False, hands_over=True) == (
        [10, 15],
        [],
        [20, 25],
    )


def test_a_copy_that_has_counted_hands_over_without_more_polls_in_the_window():
    copy = build_field(state=90, **BY_FIVE)
    assert run_simulation(build_field(state=40, **BY_FIVE), copy, (0, 0, 2), hands_over=True) == (
        [],
        [],
        [95, 100],
    )


def test_a_copy_that_continues_starts_at_the_fields_start_number_if_neither_has_counted():
    copy = build_field(start_number=Decimal(0), step_number=Decimal(7))
    assert run_simulation(build_field(**BY_FIVE), copy, (0, 2, 2), hands_over=True) == (
        [],
        [10, 17],
        [22, 27],
    )


def test_a_copy_that_does_not_continue_starts_at_its_own_start_number():
    copy = build_field(start_number=Decimal(500), step_number=Decimal(1))
    assert run_simulation(build_field(**BY_FIVE), copy, continues=False) == (
        [10, 15],
        [500, 501, 502],
        [20, 25],
    )


def test_counters_of_field_and_copy_continue_from_their_current_values():
    assert run_simulation(build_field(state=40, **BY_FIVE), build_field(state=90, **BY_FIVE)) == (
        [45, 50],
        [95, 100, 105],
        [55, 60],
    )


def test_a_copy_counts_with_its_own_step_and_reset_number():
    copy = build_field(start_number=Decimal(10), step_number=Decimal(20), reset_number=Decimal(40))
    assert run_simulation(build_field(**BY_FIVE), copy, (2, 4, 1)) == ([10, 15], [35, 10, 30, 10], [20])


def test_a_counter_that_was_never_polled_starts_in_the_window():
    assert run_simulation(build_field(**BY_FIVE), build_field(**BY_FIVE), (0, 2, 2)) == (
        [],
        [10, 15],
        [10, 15],
    )


def test_random_values_are_within_the_range_of_field_or_copy():
    field = build_field("NUMBER_RANGE", range_start_number=1, range_end_number=5)
    copy = build_field("NUMBER_RANGE", range_start_number=90, range_end_number=100)
    before, during, after = run_simulation(field, copy, (50, 50, 50))
    assert all(1 <= value <= 5 for value in before + after)
    assert all(90 <= value <= 100 for value in during)


def test_the_same_seed_gives_the_same_values():
    field = build_field("FLOAT_RANGE", range_start_float=0.0, range_end_float=1.0)
    assert (
        run_simulation(field, field, seed=1)
        == run_simulation(field, field, seed=1)
        != run_simulation(field, field, seed=2)
    )


@given(st.tuples(*[st.integers(0, 30)] * 3))
def test_each_poll_gets_one_value(counts):
    assert tuple(map(len, run_simulation(build_field(**BY_FIVE), build_field(**BY_FIVE), counts))) == counts


@given(st.integers(0, 30), st.integers(0, 30))
def test_without_handover_the_window_does_not_advance_the_fields_counter(during, other):
    field = build_field(randomization_percentage=0, **BY_FIVE)
    _, _, after = run_simulation(field, build_field(**BY_FIVE), (3, during, 4))
    assert after == run_simulation(field, build_field(**BY_FIVE), (3, other, 4))[2] == [25, 30, 35, 40]


@pytest.mark.parametrize(
    ("copy", "field_value", "continues", "expected"),
    [(None, 7, True, 7), (None, 7, False, None), (3, 7, True, 3), (3, 7, False, 3), (None, None, True, None)],
)
def test_the_current_value_of_a_copy_is_its_own_or_that_of_the_field_it_continues(
    copy, field_value, continues, expected
):
    assert current_value(copy, field_value, continues=continues) == expected
