"""A rehearsal may expect alerts: what it expects, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

INSTANT = sa.DateTime(timezone=True)
TABLE, EXPECTATIONS = "rehearsals", "rehearsal_expectations"
COLUMNS = ("scope", "external_id", "decided_by", "settled_at", "state", "passed", "result")


def upgrade() -> None:
    for column in (
        sa.Column("scope", sa.Text),
        sa.Column("fail_on_unexpected", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("external_id", sa.String(128)),
        sa.Column("decided_by", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("state", sa.String(16)),
        sa.Column("passed", sa.Boolean),
        sa.Column("result", sa.JSON),
    ):
        op.add_column(TABLE, column)
    unsettled = sa.text("decided_by IS NOT NULL AND settled_at IS NULL")
    op.create_index("ix_rehearsals_of_receiver", TABLE, ["receiver_id", "start_datetime"])
    op.create_index("ix_rehearsals_external_id", TABLE, ["external_id"])
    op.create_index("ix_rehearsals_state", TABLE, ["state", "start_datetime", "id"])
    op.create_index(
        "ix_rehearsals_unsettled",
        TABLE,
        ["decided_by"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    op.create_table(
        EXPECTATIONS,
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("rehearsal_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("matchers", sa.Text, nullable=False),
        sa.Column("within", sa.Integer, nullable=False),
        sa.Column("counts_from", sa.Integer, nullable=False),
        sa.Column("resolve_within", sa.Integer),
        sa.Column("at_most", sa.Integer),
        sa.Column("holds", sa.Boolean, nullable=False),
        sa.Column("until", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rehearsal_expectations"),
        sa.ForeignKeyConstraint(
            ["rehearsal_id"],
            [f"{TABLE}.id"],
            name="fk_rehearsal_expectations_rehearsal_id_rehearsals",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "rehearsal_id", "position", name="uq_rehearsal_expectations_rehearsal_id_position"
        ),
        sqlite_autoincrement=True,
    )
    by_resolution = ["receiver_id", "resolved_received_at"]
    op.create_index("ix_alert_episodes_receiver_id_resolved_received_at", "alert_episodes", by_resolution)


def downgrade() -> None:
    op.drop_index("ix_alert_episodes_receiver_id_resolved_received_at", "alert_episodes")
    op.drop_table(EXPECTATIONS)
    for name in ("unsettled", "state", "external_id", "of_receiver"):
        op.drop_index(f"ix_rehearsals_{name}", TABLE)
    for name in ("fail_on_unexpected", *COLUMNS):
        op.drop_column(TABLE, name)
