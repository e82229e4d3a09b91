"""What tests stand on: servers to talk to."""

import os
from typing import NoReturn

import pytest


def is_required(name: str) -> bool:
    """Whether a missing `name` must fail the run rather than skip its tests.

    `SPIKECAST_TEST_REQUIRE` is a list such as `postgresql,browser`.
    """
    return name in os.environ.get("SPIKECAST_TEST_REQUIRE", "").replace(",", " ").split()


def skip_or_fail(name: str, reason: str) -> NoReturn:
    """Skip the test for `reason`, what it cannot have here; fail it where the run requires `name`."""
    if is_required(name):
        pytest.fail(f"{reason} (SPIKECAST_TEST_REQUIRE asks for {name})")
    pytest.skip(reason)
