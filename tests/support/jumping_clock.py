"""A machine's clock that jumps while the product runs: libfaketime stands before the C library."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.support import skip_or_fail

# That of Germany, without asking the machine's files: an hour more from March to October.
SUMMER_TIME = "CET-1CEST,M3.5.0,M10.5.0/3"


class JumpingClock:
    """What a program's clock shows that was started with this `environment`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._set("+0")
        self.environment = {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # As when a real clock is set: what was measured since boot and the times of files stay.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(Path(__file__).parent / "slow_sitecustomize"),
            "TZ": SUMMER_TIME,
        }

    def jump_to(self, instant: datetime) -> None:
        """It shows this instant now, and goes on from there."""
        self._set(f"{(instant - datetime.now(UTC)).total_seconds():+f}")

    def _set(self, offset: str) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(offset)
        os.replace(new, self._file)  # nobody reads half of it


@contextmanager
def jumping_clock(folder: Path) -> Iterator[JumpingClock]:
    """A clock that is right so far. Whoever is started with it has ended before."""
    try:
        yield JumpingClock(folder)
    finally:
        _forget_the_killed()


def _forget_the_killed() -> None:
    """Memory that killed programs shared; one that gets the same number would refuse to start."""
    for file in Path("/dev/shm").glob("*faketime_s*_*"):  # noqa: S108 - where the system keeps it
        if not Path("/proc", file.name.rpartition("_")[2]).exists():
            file.unlink(missing_ok=True)


def library() -> Path:
    """libfaketime, for programs with threads; where it is missing the test is skipped, or fails."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        skip_or_fail("faketime", "no libfaketime: install Debian's package of that name")
    return found
