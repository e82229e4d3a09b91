"""Lists that stay fast with 100,000 schedules: one text to search, and indexes of what they are sorted by.

The copies that are overridden are no longer looked through by name, but read by their schedule.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

OVERRIDDEN = "ix_spike_schedule_fields_overridden"
SORTED_BY = ("end_datetime", "name", "created_at")


def upgrade() -> None:
    index_overridden_copies("spike_schedule_id")
    for column in SORTED_BY:
        op.create_index(f"ix_spike_schedules_{column}_id", "spike_schedules", [column, "id"])
    op.add_column("spike_schedules", sa.Column("searched", sa.Text, nullable=False, server_default=""))
    note_names()


def index_overridden_copies(*columns: str) -> None:
    overridden = sa.text("overridden_settings != ''")
    op.drop_index(OVERRIDDEN, "spike_schedule_fields")
    op.create_index(
        OVERRIDDEN,
        "spike_schedule_fields",
        list(columns),
        sqlite_where=overridden,
        postgresql_where=overridden,
    )


def note_names() -> None:
    """What the app notes with every change: the name and those of the overridden fields, in lower case."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    line, joined = ("chr(10)", "string_agg") if postgresql else ("char(10)", "group_concat")
    op.execute(
        f"""
        UPDATE spike_schedules SET searched = lower(name || coalesce((
            SELECT {line} || {joined}(field_name, {line}) FROM spike_schedule_fields
            WHERE spike_schedule_id = spike_schedules.id AND overridden_settings != ''
        ), ''))
        """
    )


def downgrade() -> None:
    op.drop_column("spike_schedules", "searched")
    for column in SORTED_BY:
        op.drop_index(f"ix_spike_schedules_{column}_id", "spike_schedules")
    index_overridden_copies("field_name", "spike_schedule_id")
