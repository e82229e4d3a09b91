"""Overlaps: two windows of one collection must not share an instant.

The database has the same rule (migration 0001): an exclusion constraint on PostgreSQL, triggers on SQLite.
"""

from typing import Any, NoReturn

from app.core.errors import Conflict
from app.core.timestamps import END_TIMESTAMP, format_iso
from app.models import SpikeSchedule
from app.spikes.windows import Span

MAX_NAMES = 3
"""The maximum number of overlapping schedules that the message names."""


def refuse_overlap(collection_id: int, span: Span, *, ignored_id: int | None) -> None:
    """Check that no other schedule of the collection overlaps the window.

    Conflict is raised if one does.

    Args:
        collection_id: The collection, which the caller has locked.
        span: The window to check.
        ignored_id: The schedule that is to get this window; None for a new one.
    """
    if SpikeSchedule.conflicts(collection_id, span.start, span.end, but=ignored_id):
        raise_overlap(collection_id, span, ignored_id=ignored_id)


def raise_overlap(collection_id: int, span: Span, *, ignored_id: int | None) -> NoReturn:
    """Raise the error that names the overlapping schedules and the next free start.

    Raises:
        Conflict: Always.
    """
    facts = find_conflicts(collection_id, span, ignored_id=ignored_id)
    conflicts, next_free_start = facts["conflicts"], facts["next_free_start"]
    names = ", ".join(repr(other["name"]) for other in conflicts[:MAX_NAMES])
    more = f" and {len(conflicts) - MAX_NAMES} more" if len(conflicts) > MAX_NAMES else ""
    remedy = f" The next free start is {next_free_start}." if next_free_start else ""
    raise Conflict(f"The window overlaps {names}{more}.{remedy}", problem_type="overlap", members=facts)


def find_conflicts(collection_id: int, span: Span, *, ignored_id: int | None) -> dict[str, Any]:
    """Return the overlapping schedules, and the next start at which a window of this length is free.

    The keys are those of the API: `conflicts` and `next_free_start`, which is None if there is no such start.
    """
    conflicts = SpikeSchedule.conflicts(collection_id, span.start, span.end, but=ignored_id)
    next_free_start = _next_free_start(collection_id, span, ignored_id)
    return {"conflicts": [_summarize(other) for other in conflicts], "next_free_start": next_free_start}


def _next_free_start(collection_id: int, span: Span, ignored_id: int | None) -> str | None:
    length = span.end - span.start
    try:
        start = SpikeSchedule.next_free_start(collection_id, span.start, length, but=ignored_id)
        return format_iso(start) if start + length < END_TIMESTAMP else None
    except OverflowError:
        return None


def _summarize(spike: SpikeSchedule) -> dict[str, Any]:
    return {
        "id": spike.id,
        "name": spike.name,
        "start_datetime": format_iso(spike.start_datetime),
        "end_datetime": format_iso(spike.end_datetime),
    }
