"""The only place that reads the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def from_database(instant: datetime) -> datetime:
    """The instant at which the database ran a statement: all machines that share it share its clock."""
    return instant


def to_database(instant: datetime) -> datetime:
    """An instant of ours, to be compared with the database's clock in a statement."""
    return instant
