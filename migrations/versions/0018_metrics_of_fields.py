"""A field can have the series of Prometheus that its author gives it; two fields cannot have the same.

A change of it gives the collection a new revision (migration 0004).
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

WATCHED = (
    "collection_id, collection_type, field_name, value_type, fixed_value_text, fixed_value_number, "
    "fixed_value_float, range_start_number, range_end_number, range_start_float, range_end_float, "
    "float_precision, start_number, step_number, reset_number, randomization_percentage, parameters"
)
"""The columns of fields whose changes migration 0016 watches."""
INDEX = "uq_fields_metric"


def upgrade() -> None:
    # SQLite adds a nullable column in place. A batch would copy the table, and drop its triggers.
    op.add_column("fields", sa.Column("metric", sa.String(255), nullable=True))
    given = sa.text("metric IS NOT NULL")
    op.create_index(
        INDEX,
        "fields",
        ["collection_id", "collection_type", "metric"],
        unique=True,
        sqlite_where=given,
        postgresql_where=given,
    )
    watch_updates(f"{WATCHED}, metric")


def watch_updates(columns: str) -> None:
    """Replace the trigger that gives a collection a new revision when one of these columns is updated."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER revise_on_update ON fields")
        op.execute(
            f"""
            CREATE TRIGGER revise_on_update AFTER UPDATE OF {columns} ON fields
            FOR EACH ROW EXECUTE FUNCTION revise_by_row_of_fields()
            """
        )
        return
    op.execute("DROP TRIGGER revise_on_fields_update")
    op.execute(
        f"""
        CREATE TRIGGER revise_on_fields_update AFTER UPDATE OF {columns} ON fields
        BEGIN
            UPDATE collections SET revision = random() WHERE id IN (OLD.collection_id, NEW.collection_id);
        END
        """
    )


def downgrade() -> None:
    watch_updates(WATCHED)
    op.drop_index(INDEX, "fields")
    op.drop_column("fields", "metric")
