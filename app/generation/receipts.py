"""What a key was served of a spike: counted poll by poll, and merged from any number of workers.

However the polls are distributed, and whenever they are handed over, the merged receipt is the same. Pure:
the standard library only.
"""

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

MAX_TIMES = 200
"""Of this many polls, the earliest ones, the times are kept. Others are counted by minute."""
MAX_MINUTES = 1440
MAX_FIELDS = 20
"""Of this many overridden fields the values are noted."""
_MS_PER_MINUTE = 60_000


@dataclass(slots=True)
class Receipt:
    """Some polls of one key in one spike. Times are in milliseconds since 1970, minutes in minutes.

    Without any poll it tells what came after the window; then `first` and `last` say nothing.
    """

    first: datetime
    last: datetime
    polls: int = 0
    times: list[int] = field(default_factory=list)
    minutes: dict[int, int] = field(default_factory=dict)
    served: dict[str, list[Any]] = field(default_factory=dict)
    """The lowest, the highest and the last value of each overridden field."""
    after: dict[str, Any] | None = None
    """The values of the same fields at the first poll after the window."""

    def add(self, instant: datetime, data: Mapping[str, Any], names: Iterable[str]) -> None:
        """Count a poll that was served `data`, of which `names` are overridden."""
        is_last = instant >= self.last
        if is_last:
            self.last = instant
        elif instant < self.first:
            self.first = instant
        self.polls += 1
        time = int(instant.timestamp() * 1000)
        if len(self.times) < MAX_TIMES and (not self.times or time >= self.times[-1]):
            self.times.append(time)
        else:
            self._add_time(time)
        served = self.served
        for name in names:
            value = data[name]
            known = served.get(name)
            if known is None:
                served[name] = [value, value, value]
                continue
            if value < known[0]:
                known[0] = value
            elif value > known[1]:
                known[1] = value
            if is_last:
                known[2] = value

    def _add_time(self, time: int) -> None:
        """Keep a time if it is one of the earliest. The one that makes room is counted by its minute."""
        insort(self.times, time)
        if len(self.times) > MAX_TIMES:
            minute = self.times.pop() // _MS_PER_MINUTE
            self.minutes[minute] = self.minutes.get(minute, 0) + 1
            if len(self.minutes) > MAX_MINUTES:
                del self.minutes[max(self.minutes)]

    def merge(self, other: "Receipt") -> None:
        """Add the polls of another receipt of the same key and spike."""
        for name, (low, high, last) in other.served.items():
            known = self.served.get(name)
            if known is None:
                self.served[name] = [low, high, last]
            else:
                known[:] = (
                    min(known[0], low),
                    max(known[1], high),
                    last if other.last >= self.last else known[2],
                )
        if not self.polls:
            self.first, self.last = other.first, other.last
        elif other.polls:
            self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.polls += other.polls
        for minute, polls in other.minutes.items():
            self.minutes[minute] = self.minutes.get(minute, 0) + polls
        for time in other.times:
            self._add_time(time)
        for minute in sorted(self.minutes)[MAX_MINUTES:]:
            del self.minutes[minute]
        if self.after is None:
            self.after = other.after


def pick(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return those values of a poll that are numbers; a field may be gone, or have another type by now."""
    return {name: data[name] for name in names if isinstance(data.get(name), int | float | Decimal)}
