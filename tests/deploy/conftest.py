"""Fixtures of the deployment tests, which run the shipped files without a whole machine."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import skip_or_fail
from tests.support.sandbox import unavailable_reason


@pytest.fixture(scope="session")
def _systemd() -> None:
    if shutil.which("systemd-analyze") is None:
        skip_or_fail("systemd", "no systemd-analyze: install Debian's package systemd")


@pytest.fixture(scope="session")
def _confinement() -> None:
    if reason := unavailable_reason():
        skip_or_fail("namespaces", reason)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a temporary folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="spikecast-") as place:
        yield Path(place)
