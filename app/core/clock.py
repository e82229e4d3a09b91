"""The only place that reads the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def from_database(instant: datetime) -> datetime:
    """Return the time that the database reported. Machines that share a database share its clock."""
    return instant


def to_database(instant: datetime) -> datetime:
    """Return a time of ours to compare with the database's clock. Tests replace it."""
    return instant
