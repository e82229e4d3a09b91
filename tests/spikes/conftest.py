"""Fixtures of tests of spikes."""

import pytest


@pytest.fixture
def truck(make):
    """Create a collection with two numeric Performance fields, and four that no spike can override."""
    return make.collection(
        "Truck",
        {"value_type": "NUMBER_RANGE", "name": "cpu"},
        {"value_type": "INCREMENT", "name": "km"},
        {"value_type": "EPOCH_NOW"},
        {"value_type": "TEXT_FIXED"},
        {"value_type": "NUMBER_RANGE", "collection_type": "Configuration"},
        {"value_type": "INCREMENT", "collection_type": "Configuration"},
    )
