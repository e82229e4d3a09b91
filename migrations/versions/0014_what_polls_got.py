"""What a poll was served: the values of a schedule, or normal ones."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("polls", sa.Column("spike_schedule_id", sa.Integer, nullable=True))


def downgrade() -> None:
    op.drop_column("polls", "spike_schedule_id")
