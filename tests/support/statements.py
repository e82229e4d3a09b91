"""What reached the database, as `queries` saw it."""

from types import SimpleNamespace

WRITES = ("INSERT", "UPDATE", "DELETE")
TRANSACTIONS = ("BEGIN", "PRAGMA", "SET")


def work(seen: SimpleNamespace) -> list[str]:
    """The statements that read or write tables; what begins or tunes a transaction differs by database."""
    return [statement for statement in seen.statements if not statement.startswith(TRANSACTIONS)]


def get_writes(seen: SimpleNamespace) -> list[str]:
    """The statements that write, or prevent others from writing."""
    return [
        statement
        for statement in seen.statements
        if statement.startswith((*WRITES, "BEGIN IMMEDIATE")) or " FOR " in statement
    ]
