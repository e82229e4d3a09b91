"""What is killed, from when to when it is felt, and which failed polls that explains."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What is done to a run."""

    WORKER = "a worker killed"
    WORKERS = "all workers of a server killed"
    SERVER = "a server killed"
    FAST = "PostgreSQL restarted, fast"
    IMMEDIATE = "PostgreSQL restarted, immediate"


@dataclass
class Outage:
    """One strike. All instants are seconds since 1970."""

    strike: FaultKind
    nodes: frozenset[int]
    """The nodes that feel it."""
    since: float
    gone: float | None = None
    """From when on what was struck certainly does nothing more."""
    processes: int = 0
    served_again: dict[int, float] = field(default_factory=dict)
    """When each node gave its first good answer to a poll that began after that."""

    @property
    def is_over(self) -> bool:
        """Whether all that were struck serve again."""
        return self.served_again.keys() == self.nodes

    @property
    def seconds(self) -> float:
        """From the strike until the last of them served again."""
        return max(self.served_again.values()) - self.since

    def record_success(self, node: int, asked: float, answered: float) -> None:
        """A good answer of a node."""
        is_since = self.gone is not None and asked >= self.gone
        if node in self.nodes and is_since:
            self.served_again.setdefault(node, answered)

    def explains(self, node: int, asked: float, answered: float) -> bool:
        """Whether a poll of this node may have failed for it."""
        over = self.served_again.get(node)
        return node in self.nodes and answered >= self.since and (over is None or asked <= over)

    def caught(self, node: int, asked: float, answered: float) -> bool:
        """Whether a poll was in flight when it struck: it may have moved the counters, and nobody
        was told. One that began later reached nobody who could."""
        return self.explains(node, asked, answered) and (self.gone is None or asked <= self.gone)


class Outages:
    """All of a run."""

    def __init__(self) -> None:
        self.all: list[Outage] = []

    def begin(self, trouble: Outage) -> Outage:
        """Say so before it strikes."""
        self.all = [*self.all, trouble]
        return trouble

    def record_success(self, node: int, asked: float, answered: float) -> None:
        """A good answer of a node."""
        for trouble in self.all[-2:]:  # they come one after the other
            trouble.record_success(node, asked, answered)

    def explaining(self, node: int, asked: float, answered: float) -> Outage | None:
        """What explains that a poll failed."""
        return next((each for each in self.all[-2:] if each.explains(node, asked, answered)), None)

    def recoveries(self, strikes: Iterable[FaultKind]) -> Sequence[float]:
        """How long it took each time, shortest first."""
        wanted = set(strikes)
        return sorted(each.seconds for each in self.all if each.strike in wanted and each.is_over)
