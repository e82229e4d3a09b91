"""Violations that a run found: how many of each kind, and the first examples."""

from collections import Counter
from enum import StrEnum

MAX_EXAMPLES = 5


class ViolationKind(StrEnum):
    """The kinds of violations, in the words of the verdict."""

    TWICE = "values served twice"
    BACKWARDS = "values that a client received out of order"
    NO_VALUE = "values outside of the counter's sequence"
    TORN = "responses whose counters have different positions"
    GAP = "gaps larger than what was in flight"
    LOST = "stored counters that are behind the served values"
    INSTANT = "responses whose time is not that of the poll"
    WINDOW = "responses that do not fit the window"
    OVERLAP = "windows that overlap, or of which not exactly one was created"
    REFUSED = "polls that failed without an outage"
    AWAY = "nodes that did not serve again in time"
    LOG = "stack traces in the log"
    DATABASE = "errors in the database files"


class Violations:
    """Counts violations and keeps a few examples, so that memory stays bounded."""

    def __init__(self) -> None:
        self.count: Counter[ViolationKind] = Counter()
        self.examples: dict[ViolationKind, list[str]] = {}

    def add(self, kind: ViolationKind, what: str) -> None:
        """Record a violation."""
        self.count[kind] += 1
        examples = self.examples.setdefault(kind, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(what)

    def __bool__(self) -> bool:
        return bool(self.count)

    def lines(self) -> list[str]:
        """Return the violations as lines for people; empty if there are none."""
        lines = []
        for kind, count in self.count.items():
            lines.append(f"{count:,} {kind}, such as:")
            lines += [f"    {example}" for example in self.examples[kind]]
        return lines
