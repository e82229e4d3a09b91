"""What tests stand on: servers to talk to."""

import os


def is_required(name: str) -> bool:
    """Whether a missing `name` must fail the run rather than skip its tests.

    `SPIKECAST_TEST_REQUIRE` is a list such as `postgresql,browser`.
    """
    return name in os.environ.get("SPIKECAST_TEST_REQUIRE", "").replace(",", " ").split()
