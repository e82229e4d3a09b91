"""Fixtures of tests of counters during and after a spike."""

import pytest

from tests.support.counter_spikes import TEN_MINUTES, UP, build_overrides


@pytest.fixture
def counter(make):
    """Return a field that counts 10, 15, 20 …, alone in its collection."""
    return make.collection("Truck 01", {"value_type": UP, "name": "it"})["fields"][0]


@pytest.fixture
def schedule_spike(make, counter):
    """Return a function that schedules a spike, by default for ten minutes from now on.

    Its `override` are settings of the counter.
    """

    def schedule(override=None, **more):
        collection = {"id": counter["collection_id"]}
        return make.spike(collection, *build_overrides(counter, override), **TEN_MINUTES | more)

    return schedule


@pytest.fixture
def poll_values(make):
    """Return a function that polls so many times and returns the values of the counter."""
    tool = make.key()
    return lambda times: [tool.data("Truck 01")["it"] for _ in range(times)]
