"""Two-factor sign-in: its secret, its recovery codes, and sign-ins that wait for a code."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# Each is nullable: SQLite adds and drops such columns in place, and `users` is not rebuilt.
COLUMNS = (
    ("two_factor_secret", sa.String(255)),
    ("two_factor_since", sa.DateTime(timezone=True)),
    ("two_factor_step", sa.Integer),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("users", sa.Column(name, kind, nullable=True))
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "code_hash"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "pending_sign_ins",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_pending_sign_ins_user_id", "pending_sign_ins", ["user_id"])
    op.create_index("ix_sign_in_failures_account_failed_at", "sign_in_failures", ["account", "failed_at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_failures_account_failed_at", "sign_in_failures")
    op.drop_table("pending_sign_ins")
    op.drop_table("recovery_codes")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("users", name)
