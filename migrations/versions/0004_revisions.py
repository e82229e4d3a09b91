"""Collections have a revision: a number that every change of what they serve replaces.

A worker that has read a collection's fields and schedules knows by it whether they still stand. The
database replaces it itself, so whoever writes, and by whichever way, cannot forget to. It is random: a
database that was restored from a copy cannot come to a revision that it once had with other fields.

Where a counter stands is no part of it: polls move counters, and what they serve stays as it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

VALUES = (
    "collection_type, field_name, value_type, fixed_value_text, fixed_value_number, fixed_value_float, "
    "range_start_number, range_end_number, range_start_float, range_end_float, float_precision, "
    "start_number, step_number, reset_number, randomization_percentage"
)
WATCHED = {
    "fields": f"collection_id, {VALUES}",
    "spike_schedules": "collection_id, start_datetime, end_datetime",
    "spike_schedule_fields": f"spike_schedule_id, original_field_id, overridden_settings, {VALUES}",
}
"""The columns of each table that decide what is served."""


def upgrade() -> None:
    op.add_column("collections", sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        watch_on_postgresql()
    else:
        watch_on_sqlite()


def watch_on_sqlite() -> None:
    """A batch migration that rebuilds one of the tables has to make its triggers again."""
    for table, columns in WATCHED.items():
        for moment, rows in (
            ("INSERT", ["NEW"]),
            ("DELETE", ["OLD"]),
            (f"UPDATE OF {columns}", ["OLD", "NEW"]),
        ):
            ids = ", ".join(_collection_of(table, row) for row in rows)
            op.execute(
                f"""
                CREATE TRIGGER revise_on_{table}_{moment.split()[0].lower()} AFTER {moment} ON {table}
                BEGIN UPDATE collections SET revision = random() WHERE id IN ({ids}); END
                """
            )


def _collection_of(table: str, row: str) -> str:
    if table == "spike_schedule_fields":
        return f"(SELECT collection_id FROM spike_schedules WHERE id = {row}.spike_schedule_id)"
    return f"{row}.collection_id"


def watch_on_postgresql() -> None:
    """Many rows at once are one change: `changed` holds them. An UPDATE goes row by row, for only
    such a trigger can leave out the columns that polls write."""
    new = "(random() * 9007199254740991)::bigint"
    of_copies = "SELECT collection_id FROM spike_schedules WHERE id"
    for table, columns in WATCHED.items():
        copies = table == "spike_schedule_fields"
        many = (
            f"{of_copies} IN (SELECT spike_schedule_id FROM changed)"
            if copies
            else ("SELECT collection_id FROM changed")
        )
        each = (
            f"{of_copies} IN (OLD.spike_schedule_id, NEW.spike_schedule_id)"
            if copies
            else ("OLD.collection_id, NEW.collection_id")
        )
        for name, ids in (("rows", many), ("row", each)):
            op.execute(
                f"""
                CREATE FUNCTION revise_by_{name}_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN UPDATE collections SET revision = {new} WHERE id IN ({ids}); RETURN NULL; END $$
                """
            )
        for moment, called in (("INSERT", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"""
                CREATE TRIGGER revise_on_{moment.lower()} AFTER {moment} ON {table}
                REFERENCING {called} TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION revise_by_rows_of_{table}()
                """
            )
        op.execute(
            f"""
            CREATE TRIGGER revise_on_update AFTER UPDATE OF {columns} ON {table}
            FOR EACH ROW EXECUTE FUNCTION revise_by_row_of_{table}()
            """
        )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in WATCHED:
        for moment in ("insert", "delete", "update"):
            if postgresql:
                op.execute(f"DROP TRIGGER revise_on_{moment} ON {table}")
            else:
                op.execute(f"DROP TRIGGER revise_on_{table}_{moment}")
        if postgresql:
            for name in ("rows", "row"):
                op.execute(f"DROP FUNCTION revise_by_{name}_of_{table}()")
    op.drop_column("collections", "revision")
