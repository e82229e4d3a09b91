"""Windows of spikes: read one from a request, and check the rules that do not involve other windows.

Overlaps with other windows are checked in `conflicts`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.core.timestamps import END_TIMESTAMP, format_iso
from app.domain.validation import ErrorsByPath
from app.models import SpikeSchedule


class Span(NamedTuple):
    """A window `[start, end)` that has not been checked yet."""

    start: datetime
    end: datetime


def read_window(
    values: Mapping[str, Any], now: datetime, errors: ErrorsByPath, *, current: SpikeSchedule | None = None
) -> Span | None:
    """Return the requested window, or None, with the reasons in `errors`, if it is incomplete.

    Args:
        values: The valid input: `start_datetime`, and `end_datetime` or `duration`.
        now: The default start of a new schedule.
        errors: Messages by path; new ones are added.
        current: The schedule to change; its window fills in what `values` leaves out.
    """
    if "end_datetime" in values and "duration" in values:
        errors["duration"] = ["give end_datetime or duration, not both"]
    if errors.keys() & {"start_datetime", "end_datetime", "duration"}:
        return None
    start = values.get("start_datetime", current.start_datetime if current else now)
    if "duration" in values:
        end = add_duration(start, values["duration"], errors)
    else:
        end = values.get("end_datetime", current.end_datetime if current else None)
        if end is None:
            errors["end_datetime"] = ["is required unless duration is given"]
    return Span(start, end) if end else None


def add_duration(start: datetime, duration: timedelta, errors: ErrorsByPath) -> datetime | None:
    """Return `start` plus `duration`, or None, with the reason in `errors`, if that is too late."""
    if duration >= END_TIMESTAMP - start:
        errors["duration"] = ["must not reach past the year 9998"]
        return None
    return start + duration


def check_window(
    span: Span, values: Mapping[str, Any], now: datetime, errors: ErrorsByPath, *, allow_past: bool = False
) -> None:
    """Check that the window ends after its start and in the future.

    A message is added to `errors` under the input in `values` that caused it. `allow_past` is for previews.
    """
    if span.end <= span.start:
        only_start = "start_datetime" in values and "end_datetime" not in values
        path = "start_datetime" if only_start else "end_datetime"
        order = f"{format_iso(span.end)} is not after {format_iso(span.start)}"
        errors[path] = [f"end_datetime must be after start_datetime ({order})"]
    elif span.end <= now and not allow_past:
        path = "duration" if "duration" in values else "end_datetime"
        errors[path] = [f"end_datetime must be in the future ({format_iso(span.end)} is in the past)"]
