"""The result of a soak run, and its text for people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tools.soak import integrity
from tools.soak.invariants import Checker
from tools.soak.outages import FaultKind
from tools.soak.violations import ViolationKind

MAX_RECOVERY_S = 5.0
"""The goal for the time from a fault until the nodes serve again, in seconds."""


@dataclass
class Verdict:
    """The counts and violations of a run."""

    kind: str
    database: str
    nodes: int
    goal_values: int
    workers: int
    seed: int
    seconds: float
    strikes_left: int
    left_out: int
    checker: Checker
    windows: int
    goal_windows: int
    outcomes: Counter[str]

    @property
    def is_reached(self) -> bool:
        """Whether the run reached its goal."""
        enough = self.checker.values >= self.goal_values and self.windows >= self.goal_windows
        return enough and not self.strikes_left

    @property
    def slowest(self) -> float:
        """The longest recovery time in seconds."""
        return max(self.checker.troubles.recoveries(FaultKind), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether every check passed."""
        return self.is_reached and not self.checker.faults and self.slowest <= MAX_RECOVERY_S

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self._rows())
        lines = [f"{name.ljust(width)}  {text}" for name, text in self._rows()]
        return "\n".join([*lines, "", *self.checker.faults.lines(), self._last_line()])

    def _rows(self) -> list[tuple[str, str]]:
        checker = self.checker
        servers = f"{self.nodes} server{'s' * (self.nodes > 1)}, {self.workers} workers"
        rules, collections = len(checker.rules), len(checker.own)
        twice = checker.faults.count[ViolationKind.TWICE]
        caught = sum(checker.caught.values())
        return [
            ("on", f"{self.database}, {servers}, {checker.clients} clients, seed {self.seed}"),
            ("took", f"{int(self.seconds) // 60}:{int(self.seconds) % 60:02} min"),
            (
                "values checked",
                f"{checker.values:,}, in {checker.answers:,} polls of {collections} collections with "
                f"{rules} counters each",
            ),
            ("served twice", f"{twice:,}"),
            (
                "left out",
                f"{self.left_out:,}; {caught} polls were in flight when something was killed, "
                f"which explains up to {caught * rules:,}",
            ),
            ("polls that failed", self._failed()),
            *self._recoveries(),
            (
                "windows",
                f"{self.windows} opened and closed, {checker.of_spikes:,} polls within; each was wanted by "
                f"several at once: {_counts(self.outcomes)}",
            ),
            ("database", integrity.describe_check(self.kind)),
        ]

    def _failed(self) -> str:
        """Describe the failed polls: connections that were refused, and connections that broke."""
        return _counts(self.checker.failed) or "none"

    def _recoveries(self) -> list[tuple[str, str]]:
        rows = []
        for strike in FaultKind:
            times = sum(each.strike is strike for each in self.checker.troubles.all)
            seconds = self.checker.troubles.recoveries([strike])
            if times:
                rows.append((f"{strike}", f"{times}×, served again after {_span(seconds)}"))
        return rows

    def _last_line(self) -> str:
        if self.holds:
            return "HOLDS: none served twice, nothing amiss."
        why = []
        if self.checker.faults:
            why.append(f"{sum(self.checker.faults.count.values()):,} faults")
        if not self.is_reached:
            why.append("the minutes were over before the goal was reached")
        if self.slowest > MAX_RECOVERY_S:
            why.append(f"{self.slowest:.1f} s until it served again, {MAX_RECOVERY_S:.0f} s is the goal")
        return f"FAILS: {'; '.join(why)}."


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counted.items()))


def _span(seconds: Sequence[float]) -> str:
    if not seconds:
        return "never"
    return f"{median(seconds):.2f} s (median), {seconds[-1]:.2f} s at most"
