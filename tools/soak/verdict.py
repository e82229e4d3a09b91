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
    faults_left: int
    left_out: int
    checker: Checker
    windows: int
    goal_windows: int
    outcomes: Counter[str]

    @property
    def is_reached(self) -> bool:
        """Whether the run reached its goal."""
        enough = self.checker.values >= self.goal_values and self.windows >= self.goal_windows
        return enough and not self.faults_left

    @property
    def slowest(self) -> float:
        """The longest recovery time in seconds."""
        return max(self.checker.outages.recoveries(FaultKind), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether every check passed."""
        return self.is_reached and not self.checker.violations and self.slowest <= MAX_RECOVERY_S

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self._rows())
        lines = [f"{name.ljust(width)}  {text}" for name, text in self._rows()]
        return "\n".join([*lines, "", *self.checker.violations.lines(), self._last_line()])

    def _rows(self) -> list[tuple[str, str]]:
        checker = self.checker
        servers = f"{self.nodes} server{'s' * (self.nodes > 1)}, {self.workers} workers"
        rules, collections = len(checker.rules), len(checker.own)
        twice = checker.violations.count[ViolationKind.TWICE]
        caught = sum(checker.caught.values())
        return [
            ("database", f"{self.database}, {servers}, {checker.clients} clients, seed {self.seed}"),
            ("duration", f"{int(self.seconds) // 60}:{int(self.seconds) % 60:02} min"),
            (
                "values checked",
                f"{checker.values:,}, in {checker.answers:,} polls of {collections} collections with "
                f"{rules} counters each",
            ),
            ("served twice", f"{twice:,}"),
            (
                "never served",
                f"{self.left_out:,}; {caught} polls were in flight when a fault was injected, "
                f"which explains up to {caught * rules:,}",
            ),
            ("failed polls", self._failed()),
            *self._recoveries(),
            (
                "windows",
                f"{self.windows} opened and closed, {checker.of_spikes:,} polls during them; "
                f"several clients requested each one at the same time: {_counts(self.outcomes)}",
            ),
            ("integrity", integrity.describe_check(self.kind)),
        ]

    def _failed(self) -> str:
        """Describe the failed polls: connections that were refused, and connections that broke."""
        return _counts(self.checker.failed) or "none"

    def _recoveries(self) -> list[tuple[str, str]]:
        rows = []
        for kind in FaultKind:
            times = sum(each.kind is kind for each in self.checker.outages.all)
            seconds = self.checker.outages.recoveries([kind])
            if times:
                rows.append((f"{kind}", f"{times} times, served again after {_span(seconds)}"))
        return rows

    def _last_line(self) -> str:
        if self.holds:
            return "PASSED: no value was served twice, and no check failed."
        why = []
        if self.checker.violations:
            why.append(f"{sum(self.checker.violations.count.values()):,} violations")
        if not self.is_reached:
            why.append("the time was over before the goal was reached")
        if self.slowest > MAX_RECOVERY_S:
            why.append(f"{self.slowest:.1f} s until all nodes served again (goal: {MAX_RECOVERY_S:.0f} s)")
        return f"FAILED: {'; '.join(why)}."


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counted.items()))


def _span(seconds: Sequence[float]) -> str:
    if not seconds:
        return "never"
    return f"{median(seconds):.2f} s (median), {seconds[-1]:.2f} s at most"
