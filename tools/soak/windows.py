"""Windows as the run knows them: what was made, and since when that is certain."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Draft:
    """A spike to be made. It begins and ends at whole seconds, so that `generated_at_epoch` tells
    on which side of its edges an answer is."""

    name: str
    collection: int
    start: int
    end: int
    level: int
    own_start: int
    """Where the copy of the last counter begins; the others go on from the collection's."""

    def overlaps(self, other: "Draft") -> bool:
        """Whether they share an instant."""
        return self.start < other.end and other.start < self.end


@dataclass
class Window:
    """A draft that was made."""

    draft: Draft
    id: int
    known: float
    """From this instant on it is certain that it was made."""

    def covers(self, epoch: int) -> bool:
        """Whether it is active in this second."""
        return self.draft.start <= epoch < self.draft.end

    @property
    def own_start(self) -> Decimal:
        """Where the copy of the last counter begins."""
        return Decimal(self.draft.own_start)


def iso(second: int) -> str:
    """As the API tells an instant."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
