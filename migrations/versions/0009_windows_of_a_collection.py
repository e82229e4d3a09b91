"""Windows of a collection by an index: of one with 100,000 schedules too, a poll and a write look at few."""

from alembic import op

revision = "0009"
down_revision = "0008"

OLD, NEW = "ix_spike_schedules_collection_id", "ix_spike_schedules_collection_id_start_datetime_end_datetime"


def upgrade() -> None:
    op.create_index(NEW, "spike_schedules", ["collection_id", "start_datetime", "end_datetime"])
    op.drop_index(OLD, "spike_schedules")  # it begins like the new one


def downgrade() -> None:
    op.create_index(OLD, "spike_schedules", ["collection_id"])
    op.drop_index(NEW, "spike_schedules")
