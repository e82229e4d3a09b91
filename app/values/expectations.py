"""What is expected of alerts while a window lasts, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What is expected of an alert."""

    FIRES = "fires"
    QUIET = "quiet"


SETTINGS = {
    Kind.FIRES: ("within", "counts_from", "resolve_within", "at_most", "holds"),
    Kind.QUIET: ("until",),
}
"""The settings of each kind besides `match`."""


@dataclass(frozen=True)
class Window:
    """The window of a rehearsal, `[start, end)`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Expectation:
    """What is expected of the alerts that match. Durations are in seconds."""

    kind: Kind = Kind.FIRES
    match: Mapping[str, str] = field(default_factory=dict)
    """Which alerts, as `values.matchers` reads it."""
    within: int = 600
    """Until when the first alert must have arrived, from the start plus `counts_from`."""
    counts_from: int = 0
    """When there is something to notice, from the start."""
    resolve_within: int | None = 900
    """Until when it must have resolved, from the end. None: it need not."""
    at_most: int | None = 1
    """How often it may fire. None: any number of times."""
    holds: bool = False
    """It must not resolve before the end."""
    until: int = 0
    """How long after the end it must stay quiet."""

    def counted_from(self, window: Window) -> datetime:
        """Return the instant from which the time to fire is counted."""
        return window.start + timedelta(seconds=self.counts_from)

    def due(self, window: Window) -> datetime:
        """Return the last instant at which the first alert is in time."""
        return self.counted_from(window) + timedelta(seconds=self.within)

    def resolve_by(self, window: Window) -> datetime:
        """Return the last instant at which its resolution is in time; the end, if none is wanted."""
        return window.end + timedelta(seconds=self.resolve_within or 0)

    def last_deadline(self, window: Window) -> datetime:
        """Return the instant from which on nothing that arrives is judged any more."""
        if self.kind is Kind.QUIET:
            return window.end + timedelta(seconds=self.until)
        return max(self.due(window), self.resolve_by(window))
