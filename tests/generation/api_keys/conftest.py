"""Fixtures of tests of the API keys of polls."""

import pytest


@pytest.fixture
def truck(make):
    """Return a collection with one Performance field, which is always 7."""
    return make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
