"""A system clock that jumps while the product runs, by means of libfaketime."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.support import skip_or_fail

# The rule of Germany's time zone, independent of the machine's files: daylight saving from March to October.
SUMMER_TIME = "CET-1CEST,M3.5.0,M10.5.0/3"


class JumpingClock:
    """The clock of programs that were started with this `environment`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._set("+0")
        self.environment = {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # As when a real clock is set, the monotonic clock and the times of files do not change.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(Path(__file__).parent / "slow_sitecustomize"),
            "TZ": SUMMER_TIME,
        }

    def jump_to(self, instant: datetime) -> None:
        """Set the clock to this time, from which it continues."""
        self._set(f"{(instant - datetime.now(UTC)).total_seconds():+f}")

    def _set(self, offset: str) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(offset)
        os.replace(new, self._file)  # atomic, so that no reader sees half of the file


@contextmanager
def jumping_clock(folder: Path) -> Iterator[JumpingClock]:
    """Yield a clock that is correct at first. Programs started with it must end before it does."""
    try:
        yield JumpingClock(folder)
    finally:
        _forget_the_killed()


def _forget_the_killed() -> None:
    """Remove shared memory of killed programs; a new program with the same pid would refuse to start."""
    for file in Path("/dev/shm").glob("*faketime_s*_*"):  # noqa: S108 - the system's shared memory
        if not Path("/proc", file.name.rpartition("_")[2]).exists():
            file.unlink(missing_ok=True)


def library() -> Path:
    """Return the path of the multi-threaded libfaketime; skip the test, or fail it, if it is missing."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        skip_or_fail("faketime", "no libfaketime: install Debian's package of that name")
    return library
