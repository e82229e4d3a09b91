"""Fixtures of tests of counters after a restore, with spikes before and after the backup."""

import pytest

COUNTER = {"value_type": "INCREMENT", "name": "n", "start_number": 1, "step_number": 1}


@pytest.fixture
def truck(installation):
    """Return a collection with one counter, which counts 1, 2, 3 …"""
    return installation.make.collection("Truck 01", COUNTER)


@pytest.fixture
def poll_values(installation, truck):
    """Return a function that polls so many times and returns the values of the counter."""
    tool = installation.make.key()
    return lambda times=1: [tool.data("Truck 01")["n"] for _ in range(times)]
