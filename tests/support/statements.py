"""SQL statements that the `queries` fixture recorded."""

from types import SimpleNamespace

WRITES = ("INSERT", "UPDATE", "DELETE")
TRANSACTIONS = ("BEGIN", "PRAGMA", "SET")


def work(seen: SimpleNamespace) -> list[str]:
    """Return the statements that read or write tables; transaction control differs between databases."""
    return [statement for statement in seen.statements if not statement.startswith(TRANSACTIONS)]


def get_writes(seen: SimpleNamespace) -> list[str]:
    """Return the statements that write, or that lock out writers."""
    return [
        statement
        for statement in seen.statements
        if statement.startswith((*WRITES, "BEGIN IMMEDIATE")) or " FOR " in statement
    ]
