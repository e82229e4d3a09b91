"""Instants as text, for statements that take their rows as JSON."""

from datetime import UTC, datetime


def to_text(instant: datetime, dialect: str) -> str:
    """Return the instant with its offset; SQLite keeps it in UTC without one."""
    text = instant.astimezone(UTC).isoformat(" ", "microseconds")
    return text.removesuffix("+00:00") if dialect == "sqlite" else text
