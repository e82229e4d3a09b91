"""Fixtures of tests that change a spike."""

import pytest

from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    """Return a collection with a range, `cpu`, and a counter, `km`."""
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_RANGE", "name": "cpu"},
        {"value_type": "INCREMENT", "name": "km"},
    )


@pytest.fixture
def cpu(truck):
    """Return a NUMBER_RANGE of 5 to 20."""
    return truck["fields"][0]


@pytest.fixture
def km(truck):
    """Return an INCREMENT from 10 by 5."""
    return truck["fields"][1]


@pytest.fixture
def spike(make, truck, cpu):
    """Return a spike from 09:00 to 10:00, with cpu at 90 to 100."""
    override = {"original_field_id": cpu["id"], "range_start_number": 90, "range_end_number": 100}
    return make.spike(truck, override, start_datetime=at(60), end_datetime=at(120))
