"""How far a measurement is, on standard error."""

import sys
import time


class Progress:
    """So many steps, and about how long the rest will take."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done = steps, 0
        self.began = time.monotonic()

    def say(self, what: str) -> None:
        """Tell what is being done."""
        passed = time.monotonic() - self.began
        left = f", about {_clock(passed / self.done * (self.steps - self.done))} left" if self.done else ""
        line = f"[{self.done}/{self.steps}] {_clock(passed)}{left}  {what}"
        if sys.stderr.isatty():
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def step(self) -> None:
        """One step is done."""
        self.done += 1

    def end(self) -> None:
        """Leave the line."""
        self.say("done")
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
