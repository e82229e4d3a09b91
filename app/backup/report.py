"""Formatting for the reports of backup commands."""


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun: `1 counter`, `2 counters`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
