"""Progress output on standard error."""

import sys
import time


class Progress:
    """Shows the current of a number of steps, and an estimate of the remaining time."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done = steps, 0
        self.began = time.monotonic()

    def say(self, what: str) -> None:
        """Print the current step."""
        passed = time.monotonic() - self.began
        left = f", about {_clock(passed / self.done * (self.steps - self.done))} left" if self.done else ""
        line = f"[{self.done}/{self.steps}] {_clock(passed)}{left}  {what}"
        if sys.stderr.isatty():
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def step(self) -> None:
        """Count a step as done."""
        self.done += 1

    def end(self) -> None:
        """End the progress line."""
        self.say("done")
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
