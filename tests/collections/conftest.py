"""Fixtures of the tests of collections."""

import pytest


@pytest.fixture
def path(make):
    """Return the URL to create fields of a new collection at."""
    return f"/api/collections/{make.collection('Truck 01')['id']}/fields"
