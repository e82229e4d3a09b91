"""Value types and collection types: which are numeric, which a spike may override, how they are parsed."""

import pytest

from app.values import CollectionType, all_specs, counter_types, is_editable

NUMERIC = {"NUMBER_FIXED", "FLOAT_FIXED", "NUMBER_RANGE", "FLOAT_RANGE", "INCREMENT", "DECREMENT"}


def test_there_are_eight_value_types():
    assert {spec.name for spec in all_specs()} == NUMERIC | {"TEXT_FIXED", "EPOCH_NOW"}


def test_six_value_types_are_numeric():
    assert {spec.name for spec in all_specs() if spec.is_numeric} == NUMERIC


def test_two_value_types_are_counters():
    assert set(counter_types()) == {"INCREMENT", "DECREMENT"}


@pytest.mark.parametrize("value_type", [spec.name for spec in all_specs()])
def test_only_numeric_performance_fields_are_editable(value_type):
    assert is_editable(CollectionType.PERFORMANCE, value_type) == (value_type in NUMERIC)
    assert not is_editable(CollectionType.CONFIGURATION, value_type)


@pytest.mark.parametrize("word", ["Performance", "performance", "PERFORMANCE", "pErFoRmAnCe"])
def test_a_collection_type_is_parsed_in_any_letter_case(word):
    assert CollectionType.from_word(word) is CollectionType.PERFORMANCE


@pytest.mark.parametrize("word", ["", " performance", "perf", "performances", "conﬁguration", "INFO"])
def test_an_unknown_collection_type_is_parsed_as_none(word):
    assert CollectionType.from_word(word) is None
