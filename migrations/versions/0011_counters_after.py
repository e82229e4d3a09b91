"""A schedule says whether the collection's counters continue from where its copies stood, or resume.

Null, as in all schedules there are: a counter continues where its copy went on from it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("spike_schedules", sa.Column("counters_after", sa.String(20)))


def downgrade() -> None:
    op.drop_column("spike_schedules", "counters_after")
