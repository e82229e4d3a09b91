"""Receivers, at which alerts come in, and the episodes that are made of them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert_receivers",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("ignored", sa.Text, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("deliveries", sa.BigInteger, nullable=False),
        sa.Column("last_received_at", INSTANT, nullable=True),
        sa.Column("last_problem_at", INSTANT, nullable=True),
        sa.Column("last_problem", sa.String(255), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_receivers"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name="fk_alert_receivers_owner_id_users", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("owner_id", "name", name="uq_alert_receivers_owner_id_name"),
        sa.UniqueConstraint("token_hash", name="uq_alert_receivers_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_episodes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("receiver_id", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("alert_name", sa.String(255), nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("first_received_at", INSTANT, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=True),
        sa.Column("resolved_received_at", INSTANT, nullable=True),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("last_received_at", INSTANT, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("only_resolution", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_episodes"),
        sa.ForeignKeyConstraint(
            ["receiver_id"],
            ["alert_receivers.id"],
            name="fk_alert_episodes_receiver_id_alert_receivers",
            ondelete="CASCADE",
        ),
        sqlite_autoincrement=True,
    )
    by_time = ["receiver_id", "first_received_at"]
    op.create_index("ix_alert_episodes_receiver_id_first_received_at", "alert_episodes", by_time)
    by_alert = ["receiver_id", "fingerprint", "id"]
    op.create_index("ix_alert_episodes_receiver_id_fingerprint_id", "alert_episodes", by_alert)
    is_open = sa.text("resolved_received_at IS NULL")
    op.create_index(
        "uq_alert_episodes_open",
        "alert_episodes",
        ["receiver_id", "fingerprint"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_table("alert_episodes")
    op.drop_table("alert_receivers")
