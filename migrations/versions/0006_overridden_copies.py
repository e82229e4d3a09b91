"""Lists that stay fast with 100,000 schedules: an index of the copies that are overridden."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NAME = "ix_spike_schedule_fields_overridden"


def upgrade() -> None:
    overridden = sa.text("overridden_settings != ''")
    op.create_index(
        NAME,
        "spike_schedule_fields",
        ["field_name", "spike_schedule_id"],
        sqlite_where=overridden,
        postgresql_where=overridden,
    )


def downgrade() -> None:
    op.drop_index(NAME, "spike_schedule_fields")
