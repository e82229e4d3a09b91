"""Moments around the one at which the tests' clock stands, as the API writes them."""

from datetime import UTC, datetime, timedelta

import time_machine

from app.core import clock

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def at(minutes: float) -> str:
    """So many minutes after the tests' NOW; before it, where negative."""
    return format_utc(NOW + timedelta(minutes=minutes))


def format_utc(moment: datetime) -> str:
    """ISO 8601 in UTC, with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_database_time(instant: datetime) -> datetime:
    """An instant of the tests' time by the clock of the database, which does not stand still."""
    try:
        return instant + (time_machine.escape_hatch.datetime.datetime.now(UTC) - clock.now())
    except OverflowError:  # the beginning or the end of all time
        return instant
