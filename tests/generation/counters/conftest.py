"""Fixtures of tests of counters that are polled."""

import json
from decimal import Decimal

import pytest


@pytest.fixture
def counter(make):
    """Return a function that creates a collection with one counter, named `it`, and returns that field."""

    def create(value_type: str = "INCREMENT", **settings):
        settings = {"start_number": 10, "step_number": 5} | settings
        return make.collection("Truck 01", {"value_type": value_type, "name": "it", **settings})["fields"][0]

    return create


@pytest.fixture
def tool(make):
    """Return a monitoring tool with an API key."""
    return make.key()


@pytest.fixture
def poll_values(tool):
    """Return a function that polls so many times and returns the values, exact to the last digit."""

    def poll(times: int, by=tool) -> list:
        texts = [by.poll("Truck 01").text for _ in range(times)]
        return [json.loads(text, parse_float=Decimal)["data"]["it"] for text in texts]

    return poll
