"""The outcome of the checks, one line each."""

import time
from collections.abc import Callable

TIMEOUT_S = 120
SECONDS_BETWEEN_LOOKS = 0.5


class Report:
    """Prints each check as it ends, and counts those that failed."""

    def __init__(self) -> None:
        self.failed = 0
        self._begun = time.monotonic()

    def check(self, what: str, seen: object, expected: object) -> None:
        """Check that what was seen is what was expected."""
        right = seen == expected
        print(f"{'ok  ' if right else 'FAIL'} {time.monotonic() - self._begun:5.0f} s  {what}", flush=True)
        if not right:
            self.failed += 1
            print(f"       expected {expected!r}\n       seen     {seen!r}", flush=True)

    def wait(
        self, what: str, look: Callable[[], object], expected: object, timeout_s: float = TIMEOUT_S
    ) -> None:
        """Check that what `look` returns becomes what was expected, within the timeout."""
        deadline = time.monotonic() + timeout_s
        while (seen := look()) != expected and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        self.check(what, seen, expected)
