"""Helpers of the tests: servers, clients, fixtures and assertions."""

import os
from typing import NoReturn

import pytest


def is_required(name: str) -> bool:
    """Return whether a missing `name` must fail the run rather than skip its tests.

    `SPIKECAST_TEST_REQUIRE` is a list such as `postgresql,browser`.
    """
    return name in os.environ.get("SPIKECAST_TEST_REQUIRE", "").replace(",", " ").split()


def skip_or_fail(name: str, reason: str) -> NoReturn:
    """Skip the test because of `reason`, or fail it if the run requires `name`."""
    if is_required(name):
        pytest.fail(f"{reason} (SPIKECAST_TEST_REQUIRE asks for {name})")
    pytest.skip(reason)
