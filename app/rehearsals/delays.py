"""How long an alert took, where the time went, and how timely it was. Durations are in seconds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.rehearsals.verdict import Episode
from app.values.expectations import Expectation, Window

_NAB_REWARD_AT_ONCE = 2 / (1 + math.exp(-5)) - 1


@dataclass(frozen=True)
class Polls:
    """The polls in a window: how many, and the instants of the first ones, in order."""

    times: Sequence[datetime] = ()
    count: int = 0


@dataclass(frozen=True)
class Split:
    """The parts of a delay: until the data was polled, until the rule fired, until we were told."""

    poll: float
    rule: float
    notification: float

    def to_json(self) -> dict[str, float]:
        """Return it as JSON."""
        return {
            "poll": round_seconds(self.poll),
            "rule": round_seconds(self.rule),
            "notification": round_seconds(self.notification),
        }


def round_seconds(seconds: float) -> float:
    """Return a duration, to the millisecond."""
    return round(seconds, 3)


def seconds_between(start: datetime, end: datetime) -> float:
    """Return the seconds from one instant to another; negative if it is before."""
    return (end - start).total_seconds()


def split_delay(expectation: Expectation, window: Window, first: Episode, polls: Polls) -> Split | None:
    """Return the parts of the delay of the first alert.

    None if the sender gave no `startsAt`, if nobody is known to have polled, or if the parts would contradict
    each other.
    """
    if first.starts_at is None or clock_skew(window, first) is not None or not polls.times:
        return None
    counted_from = expectation.counted_from(window)
    noticeable = next((time for time in polls.times if time >= counted_from), counted_from)
    if not noticeable <= first.starts_at:
        return None
    return Split(
        poll=seconds_between(counted_from, noticeable),
        rule=seconds_between(noticeable, first.starts_at),
        notification=seconds_between(first.starts_at, first.received_at),
    )


def clock_skew(window: Window, first: Episode) -> float | None:
    """Return by how much the sender's clock is ahead of ours at least (negative: behind).

    None if the sender's `startsAt` does not contradict our times: it lies between the start and the arrival.
    """
    if first.starts_at is None:
        return None
    if first.starts_at > first.received_at:
        return seconds_between(first.received_at, first.starts_at)
    if first.starts_at < window.start:
        return seconds_between(window.start, first.starts_at)
    return None


def timeliness(delay: float, within: float) -> float:
    """Return how timely an alert was: 1 at once, 0 at the deadline and after it.

    It is the scaled sigmoid by which the Numenta Anomaly Benchmark rewards early detection (Lavin and Ahmad,
    "Evaluating Real-Time Anomaly Detection Algorithms", 2015), which is 0.98661 at the start of its window.
    """
    position = min(delay / within, 1) - 1
    reward = 2 / (1 + math.exp(5 * position)) - 1
    return min(1.0, max(0.0, reward / _NAB_REWARD_AT_ONCE))
