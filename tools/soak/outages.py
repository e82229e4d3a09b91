"""Outages: which nodes a fault affects, from when to when, and which failed polls it explains."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """The kinds of faults that a run injects."""

    WORKER = "a worker killed"
    WORKERS = "all workers of a server killed"
    SERVER = "a server killed"
    FAST = "PostgreSQL restarted, fast"
    IMMEDIATE = "PostgreSQL restarted, immediate"


@dataclass
class Outage:
    """The effect of one injected fault. All times are in seconds since 1970."""

    kind: FaultKind
    nodes: frozenset[int]
    """The affected nodes."""
    since: float
    gone: float | None = None
    """The time from which the killed processes are certain to be gone."""
    processes: int = 0
    served_again: dict[int, float] = field(default_factory=dict)
    """For each node, the time of its first successful response to a poll that began after `gone`."""

    @property
    def is_over(self) -> bool:
        """Whether all affected nodes serve again."""
        return self.served_again.keys() == self.nodes

    @property
    def seconds(self) -> float:
        """The seconds from the fault until the last affected node served again."""
        return max(self.served_again.values()) - self.since

    def record_success(self, node: int, sent_at: float, answered_at: float) -> None:
        """Record a successful response of a node."""
        is_since = self.gone is not None and sent_at >= self.gone
        if node in self.nodes and is_since:
            self.served_again.setdefault(node, answered_at)

    def explains(self, node: int, sent_at: float, answered_at: float) -> bool:
        """Return whether a poll of this node may have failed because of the outage."""
        served_again = self.served_again.get(node)
        return (
            node in self.nodes
            and answered_at >= self.since
            and (served_again is None or sent_at <= served_again)
        )

    def caught(self, node: int, sent_at: float, answered_at: float) -> bool:
        """Return whether a poll was in flight when the outage began, so that its answer may be lost.

        It may have advanced the counters. A poll that began later reached no server.
        """
        return self.explains(node, sent_at, answered_at) and (self.gone is None or sent_at <= self.gone)


class Outages:
    """All outages of a run."""

    def __init__(self) -> None:
        self.all: list[Outage] = []

    def begin(self, outage: Outage) -> Outage:
        """Record an outage. Must be called before the fault is injected."""
        self.all = [*self.all, outage]
        return outage

    def record_success(self, node: int, sent_at: float, answered_at: float) -> None:
        """Record a successful response of a node."""
        for outage in self.all[-2:]:  # outages do not overlap, so older ones are over
            outage.record_success(node, sent_at, answered_at)

    def explaining(self, node: int, sent_at: float, answered_at: float) -> Outage | None:
        """Return the outage that explains a failed poll, or None."""
        return next((each for each in self.all[-2:] if each.explains(node, sent_at, answered_at)), None)

    def recoveries(self, kinds: Iterable[FaultKind]) -> Sequence[float]:
        """Return the recovery times of these kinds of faults in seconds, shortest first."""
        chosen = set(kinds)
        return sorted(each.seconds for each in self.all if each.kind in chosen and each.is_over)
