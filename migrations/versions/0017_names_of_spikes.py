"""A spike's new name gives its collection a new revision: some formats serve the name (migration 0004)."""

from alembic import op

revision = "0017"
down_revision = "0016"

WINDOW = "collection_id, start_datetime, end_datetime"
"""The columns of spike_schedules whose changes migration 0004 watches."""


def upgrade() -> None:
    watch_updates(f"{WINDOW}, name")


def watch_updates(columns: str) -> None:
    """Replace the trigger that gives a collection a new revision when one of these columns is updated."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER revise_on_update ON spike_schedules")
        op.execute(
            f"""
            CREATE TRIGGER revise_on_update AFTER UPDATE OF {columns} ON spike_schedules
            FOR EACH ROW EXECUTE FUNCTION revise_by_row_of_spike_schedules()
            """
        )
        return
    op.execute("DROP TRIGGER revise_on_spike_schedules_update")
    op.execute(
        f"""
        CREATE TRIGGER revise_on_spike_schedules_update AFTER UPDATE OF {columns} ON spike_schedules
        BEGIN
            UPDATE collections SET revision = random() WHERE id IN (OLD.collection_id, NEW.collection_id);
        END
        """
    )


def downgrade() -> None:
    watch_updates(WINDOW)
