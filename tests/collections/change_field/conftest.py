"""Fixtures of tests that change a field."""

import pytest


@pytest.fixture
def collection(make):
    """Return an empty collection."""
    return make.collection("Truck 01")


@pytest.fixture
def cpu(make, collection):
    """Return a NUMBER_RANGE of 5 to 20."""
    return make.field(collection, "NUMBER_RANGE", "cpu")


@pytest.fixture
def odometer(make, collection):
    """Return an INCREMENT from 10 by 5 that starts again after 100."""
    return make.field(collection, "INCREMENT", "km", start_number=10, step_number=5, reset_number=100)
