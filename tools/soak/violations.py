"""Violations that a run found: how many of each kind, and the first examples."""

from collections import Counter
from enum import StrEnum

MAX_EXAMPLES = 5


class ViolationKind(StrEnum):
    """The kinds of violations, in the words of the verdict."""

    TWICE = "values served twice"
    BACKWARDS = "values that one client got out of order"
    NO_VALUE = "values that the counter does not have"
    TORN = "answers whose counters do not stand at the same place"
    GAP = "gaps larger than what was in flight"
    LOST = "stored counters that stand behind what was served"
    INSTANT = "answers of another instant than that of the poll"
    WINDOW = "answers that do not fit the window"
    OVERLAP = "windows that overlap, or that nobody or more than one of all could make"
    REFUSED = "polls that failed without any trouble"
    AWAY = "times that it did not serve again"
    LOG = "stack traces in the log"
    DATABASE = "faults of the database"


class Violations:
    """Counts violations and keeps a few examples, so that memory stays bounded."""

    def __init__(self) -> None:
        self.count: Counter[ViolationKind] = Counter()
        self.examples: dict[ViolationKind, list[str]] = {}

    def add(self, fault: ViolationKind, what: str) -> None:
        """Record a violation."""
        self.count[fault] += 1
        examples = self.examples.setdefault(fault, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(what)

    def __bool__(self) -> bool:
        return bool(self.count)

    def lines(self) -> list[str]:
        """Return the violations as lines for people; empty if there are none."""
        found = []
        for fault, count in self.count.items():
            found.append(f"{count:,} {fault}, such as:")
            found += [f"    {example}" for example in self.examples[fault]]
        return found
