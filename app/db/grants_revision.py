"""The grants revision: PostgreSQL changes it whenever permissions to poll change (migration 0010)."""

GRANTS_REVISION_TABLE = "grants_revision"
"""A table with one row, without a model. SQLite has none."""
REVISION_SQL = "(SELECT revision FROM grants_revision)"
"""SQL for the revision. Everything else that the same statement reads is consistent with it."""
