"""The windows of a run, and the time from which each is certain to exist."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Draft:
    """A spike to be created.

    It starts and ends at whole seconds, so that `generated_at_epoch` shows whether a response lies inside it.
    """

    name: str
    collection: int
    start: int
    end: int
    level: int
    own_start: int
    """The start of the last counter's copy; the other copies continue the collection's counters."""

    def overlaps(self, other: "Draft") -> bool:
        """Return whether both share an instant."""
        return self.start < other.end and other.start < self.end


@dataclass
class Window:
    """A draft that was created."""

    draft: Draft
    id: int
    known: float
    """The time from which the window is certain to exist."""

    def covers(self, epoch: int) -> bool:
        """Return whether the window is active in this second."""
        return self.draft.start <= epoch < self.draft.end

    @property
    def own_start(self) -> Decimal:
        """The start of the last counter's copy."""
        return Decimal(self.draft.own_start)


def iso(second: int) -> str:
    """Format a time as the API does."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
