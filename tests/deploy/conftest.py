"""What is shipped for those who host it, tried as far as that goes without a whole machine."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import is_required
from tests.support.confined import unavailable_reason


def skip_or_fail(name: str, reason: str | None) -> None:
    """Skip a test of what cannot be had here; where `name` is required, fail it."""
    if reason and is_required(name):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def _systemd() -> None:
    missing = shutil.which("systemd-analyze") is None
    skip_or_fail("systemd", "no systemd-analyze: install Debian's package systemd" if missing else None)


@pytest.fixture(scope="session")
def _confinement() -> None:
    skip_or_fail("namespaces", unavailable_reason())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the test's own whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="spikecast-") as place:
        yield Path(place)
