"""Times around the tests' stopped clock, as the API formats them."""

from datetime import UTC, datetime, timedelta

import time_machine

from app.core import clock

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def at(minutes: float) -> str:
    """Return the time this many minutes after the tests' NOW; before it if negative."""
    return format_utc(NOW + timedelta(minutes=minutes))


def format_utc(moment: datetime) -> str:
    """Format a time as ISO 8601 in UTC, with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_database_time(instant: datetime) -> datetime:
    """Convert a time of the tests' stopped clock to the clock of the database, which runs."""
    try:
        return instant + (time_machine.escape_hatch.datetime.datetime.now(UTC) - clock.now())
    except OverflowError:  # the minimum or maximum datetime
        return instant
