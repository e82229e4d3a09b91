"""A number in PostgreSQL that changes with everybody's right to poll (migration 0010). SQLite has none."""

GRANTS_REVISION_TABLE = "grants_revision"
"""Its table has one row and belongs to no model."""
REVISION_SQL = "(SELECT revision FROM grants_revision)"
"""The number, as part of a statement: whatever else that statement reads is as of this revision."""
