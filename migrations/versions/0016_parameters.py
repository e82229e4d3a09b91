"""Fields and their copies in spikes have a JSON column for settings that have no column of their own.

A change of it gives the collection a new revision, as a change of every other setting does (migration 0004).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"

VALUES = (
    "collection_type, field_name, value_type, fixed_value_text, fixed_value_number, fixed_value_float, "
    "range_start_number, range_end_number, range_start_float, range_end_float, float_precision, "
    "start_number, step_number, reset_number, randomization_percentage"
)
WATCHED = {
    "fields": f"collection_id, {VALUES}",
    "spike_schedule_fields": f"spike_schedule_id, original_field_id, overridden_settings, {VALUES}",
}
"""The columns of each table whose changes migration 0004 watches."""


def upgrade() -> None:
    for table, columns in WATCHED.items():
        # SQLite adds a nullable column in place. A batch would copy the table, and drop its triggers.
        kind = sa.JSON().with_variant(JSONB, "postgresql")
        op.add_column(table, sa.Column("parameters", kind, nullable=True))
        watch_updates(table, f"{columns}, parameters")


def watch_updates(table: str, columns: str) -> None:
    """Replace the trigger that gives a collection a new revision when one of these columns is updated."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER revise_on_update ON {table}")
        op.execute(
            f"""
            CREATE TRIGGER revise_on_update AFTER UPDATE OF {columns} ON {table}
            FOR EACH ROW EXECUTE FUNCTION revise_by_row_of_{table}()
            """
        )
        return
    ids = ", ".join(collection_id(table, row) for row in ("OLD", "NEW"))
    op.execute(f"DROP TRIGGER revise_on_{table}_update")
    op.execute(
        f"""
        CREATE TRIGGER revise_on_{table}_update AFTER UPDATE OF {columns} ON {table}
        BEGIN UPDATE collections SET revision = random() WHERE id IN ({ids}); END
        """
    )


def collection_id(table: str, row: str) -> str:
    """Return the SQL for the id of the collection that a row of the table belongs to."""
    if table == "spike_schedule_fields":
        return f"(SELECT collection_id FROM spike_schedules WHERE id = {row}.spike_schedule_id)"
    return f"{row}.collection_id"


def downgrade() -> None:
    for table, columns in WATCHED.items():
        watch_updates(table, columns)
        op.drop_column(table, "parameters")
