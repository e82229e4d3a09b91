"""The audit log: who did what, from where and when."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("actor_name", sa.String(255)),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("thing_kind", sa.String(20)),
        sa.Column("thing_id", sa.Integer),
        sa.Column("thing_name", sa.String(255)),
        sa.Column("collection_id", sa.Integer),
        sa.Column("collection_name", sa.String(255)),
        sa.Column("details", sa.JSON, nullable=False),
        # No foreign keys: an entry outlives what it tells of.
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entries_noted_at", "audit_entries", ["noted_at"])


def downgrade() -> None:
    op.drop_table("audit_entries")
