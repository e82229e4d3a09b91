"""A rehearsal may expect alerts: what it expects, and what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0021"
down_revision = "0020"

INSTANT = sa.DateTime(timezone=True)
TABLE, EXPECTATIONS = "rehearsals", "rehearsal_expectations"
COLUMNS = ("scope", "external_id", "decided_by", "settled_at", "state", "passed", "result")
RECEIVER_FK = "fk_rehearsals_receiver_id_alert_receivers"


def upgrade() -> None:
    with rebuilt() as batch:
        batch.add_column(sa.Column("receiver_id", sa.Integer))
        batch.add_column(sa.Column("scope", sa.Text))
        batch.add_column(
            sa.Column("fail_on_unexpected", sa.Boolean, nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("external_id", sa.String(128)))
        batch.add_column(sa.Column("decided_by", INSTANT))
        batch.add_column(sa.Column("settled_at", INSTANT))
        batch.add_column(sa.Column("state", sa.String(16)))
        batch.add_column(sa.Column("passed", sa.Boolean))
        batch.add_column(sa.Column("result", sa.JSON))
        batch.create_foreign_key(RECEIVER_FK, "alert_receivers", ["receiver_id"], ["id"], ondelete="SET NULL")
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


@contextmanager
def rebuilt() -> Iterator[BatchOperations]:
    """Change the table. SQLite copies it for the foreign key: no trigger gets lost, but the last id would."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    last_id = sa.text(f"SELECT seq FROM sqlite_sequence WHERE name = '{TABLE}'")
    last = op.get_bind().scalar(last_id) if is_sqlite else None
    with op.batch_alter_table(TABLE, table_kwargs={"sqlite_autoincrement": True}) as batch:
        yield batch
    if last is not None:
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{TABLE}'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{TABLE}', {int(last)})")


def downgrade() -> None:
    op.drop_index("ix_alert_episodes_receiver_id_resolved_received_at", "alert_episodes")
    op.drop_table(EXPECTATIONS)
    for name in ("unsettled", "state", "external_id", "of_receiver"):
        op.drop_index(f"ix_rehearsals_{name}", TABLE)
    with rebuilt() as batch:
        batch.drop_constraint(RECEIVER_FK, type_="foreignkey")
        for name in ("receiver_id", "fail_on_unexpected", *COLUMNS):
            batch.drop_column(name)
