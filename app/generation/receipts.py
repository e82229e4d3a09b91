"""What a key was served of a spike: counted poll by poll, and merged from any number of workers.

However the polls are distributed, and whenever they are handed over, the merged receipt is the same. Pure:
the standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

MAX_TIMES = 200
"""Of this many polls, the earliest ones, the times are kept. Others are counted by minute."""
MAX_MINUTES = 1440
MAX_FIELDS = 20
"""Of this many overridden fields the values are noted."""
BATCH = 100
"""So many polls are collected and then counted at once, which takes a fraction of counting each."""
_MS_PER_MINUTE = 60_000

Poll = tuple[datetime, tuple[Any, ...]]
"""When a poll was answered, and the values of the overridden fields."""


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

    @staticmethod
    def of(names: Iterable[str], polls: list[Poll]) -> "Receipt":
        """Return the receipt of these polls, at least one; `names` are those of the values."""
        polls.sort(key=itemgetter(0))
        served = {
            name: [min(values), max(values), values[-1]]
            for name, values in zip(names, zip(*(values for _, values in polls), strict=True), strict=True)
        }
        receipt = Receipt(polls[0][0], polls[-1][0], len(polls), served=served)
        receipt._add_times([int(instant.timestamp() * 1000) for instant, _ in polls])
        return receipt

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
        self._add_times(other.times)
        if self.after is None:
            self.after = other.after

    def _add_times(self, times: list[int]) -> None:
        """Keep the earliest times. Those that have no room, or have to make room, are counted by minute."""
        self.times = sorted((*self.times, *times))
        for time in self.times[MAX_TIMES:]:
            minute = time // _MS_PER_MINUTE
            self.minutes[minute] = self.minutes.get(minute, 0) + 1
        del self.times[MAX_TIMES:]
        for minute in sorted(self.minutes)[MAX_MINUTES:]:
            del self.minutes[minute]


class Tally:
    """The polls of one key in one spike that a worker has answered and not handed over yet."""

    __slots__ = ("_names", "_polls", "_receipt")

    def __init__(self, receipt: Receipt | None = None) -> None:
        """Count polls from none on, or in addition to a receipt."""
        self._names: tuple[str, ...] = ()
        self._polls: list[Poll] = []
        self._receipt = receipt

    def add(self, instant: datetime, names: tuple[str, ...], data: Mapping[str, Any]) -> None:
        """Count a poll that was served `data`, of which `names` are overridden."""
        if names is not self._names or len(self._polls) >= BATCH:
            self._count()
            self._names = names
        self._polls.append((instant, tuple(map(data.__getitem__, names))))

    def add_receipt(self, receipt: Receipt) -> None:
        """Count the polls of a receipt, too."""
        if self._receipt is None:
            self._receipt = receipt
        else:
            self._receipt.merge(receipt)

    def finish(self, instant: datetime, values: dict[str, Any]) -> None:
        """Note the values of the first poll after the window."""
        self.add_receipt(Receipt(instant, instant, after=values))

    def take(self) -> Receipt | None:
        """Return the receipt of all polls; None if there were none."""
        self._count()
        return self._receipt

    def _count(self) -> None:
        if self._polls:
            self.add_receipt(Receipt.of(self._names, self._polls))
            self._polls = []


def pick(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return those values of a poll that are numbers; a field may be gone, or have another type by now."""
    return {name: data[name] for name in names if isinstance(data.get(name), int | float | Decimal)}
