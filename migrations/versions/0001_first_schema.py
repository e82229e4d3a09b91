"""People, collections and their fields, API keys, spike schedules and their copies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
EXACT = sa.Numeric(26, 10).with_variant(sa.String(40), "sqlite")
COLLECTION_TYPE = sa.String(20)

OVERLAP = "spike_no_overlap"
_SHARES_AN_INSTANT = """
    SELECT 1 FROM spike_schedules AS other
    WHERE other.collection_id = NEW.collection_id AND other.id IS NOT NEW.id
      AND other.start_datetime < NEW.end_datetime AND other.end_datetime > NEW.start_datetime
      AND other.start_datetime < other.end_datetime AND NEW.start_datetime < NEW.end_datetime
"""


def instant(name: str, *, nullable: bool = False) -> sa.Column:
    """A column that holds an instant."""
    return sa.Column(name, INSTANT, nullable=nullable)


def new_id() -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    """The primary key; tables with one say sqlite_autoincrement, so that no id is ever used again."""
    return sa.Column("id", sa.Integer, nullable=False), sa.PrimaryKeyConstraint("id")


def reference(column: str, table: str, *, goes_with_it: bool = True) -> sa.ForeignKeyConstraint:
    """A foreign key to the id of another table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], ondelete="CASCADE" if goes_with_it else None)


def value_columns() -> list[sa.Column]:
    """What a collection's field and a spike's copy of it share."""
    return [
        sa.Column("collection_type", COLLECTION_TYPE, nullable=False),
        sa.Column("field_name", sa.String(255), nullable=False),
        sa.Column("value_type", sa.String(20), nullable=False),
        sa.Column("fixed_value_text", sa.Text),
        sa.Column("fixed_value_number", sa.BigInteger),
        sa.Column("fixed_value_float", sa.Double),
        sa.Column("range_start_number", sa.BigInteger),
        sa.Column("range_end_number", sa.BigInteger),
        sa.Column("range_start_float", sa.Double),
        sa.Column("range_end_float", sa.Double),
        sa.Column("float_precision", sa.Integer),
        sa.Column("start_number", EXACT),
        sa.Column("step_number", EXACT),
        sa.Column("reset_number", EXACT),
        sa.Column("current_number", EXACT),
        sa.Column("randomization_percentage", sa.Double),
    ]


def upgrade() -> None:
    create_people()
    create_collections()
    create_api_keys()
    create_spikes()
    if op.get_bind().dialect.name == "postgresql":
        exclude_overlaps_on_postgresql()
    else:
        exclude_overlaps_on_sqlite()


def create_people() -> None:
    op.create_table(
        "users",
        *new_id(),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("username", sa.String(255), nullable=False),
        sa.Column("username_folded", sa.String(765), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        instant("created_at"),
        instant("updated_at"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        instant("created_at"),
        instant("expires_at"),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        reference("user_id", "users"),
    )
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_table(
        "sign_in_failures",
        *new_id(),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        instant("failed_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_in_failures_address_failed_at", "sign_in_failures", ["address", "failed_at"])


def create_collections() -> None:
    op.create_table(
        "collections",
        *new_id(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        instant("created_at"),
        instant("updated_at"),
        sa.UniqueConstraint("name"),
        # Deleting a user must not take collections along: somebody has to decide about them.
        reference("owner_id", "users", goes_with_it=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collections_owner_id", "collections", ["owner_id"])
    op.create_table(
        "fields",
        *new_id(),
        sa.Column("collection_id", sa.Integer, nullable=False),
        *value_columns(),
        instant("created_at"),
        instant("updated_at"),
        reference("collection_id", "collections"),
        sa.UniqueConstraint("collection_id", "collection_type", "field_name"),
        sqlite_autoincrement=True,
    )


def create_api_keys() -> None:
    op.create_table(
        "api_keys",
        *new_id(),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("label", sa.String(255), nullable=False),
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("is_limited", sa.Boolean, nullable=False),
        instant("created_at"),
        instant("expires_at", nullable=True),
        instant("revoked_at", nullable=True),
        instant("last_used_at", nullable=True),
        reference("user_id", "users"),
        sa.UniqueConstraint("key_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.create_table(
        "api_key_collections",
        *new_id(),
        sa.Column("api_key_id", sa.Integer, nullable=False),
        sa.Column("collection_id", sa.Integer, nullable=False),
        sa.Column("collection_type", COLLECTION_TYPE),
        reference("api_key_id", "api_keys"),
        reference("collection_id", "collections"),
        sa.UniqueConstraint("api_key_id", "collection_id", "collection_type", name="uq_api_key_collections"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_key_collections_collection_id", "api_key_collections", ["collection_id"])


def create_spikes() -> None:
    op.create_table(
        "spike_schedules",
        *new_id(),
        sa.Column("collection_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        instant("start_datetime"),
        instant("end_datetime"),
        instant("created_at"),
        instant("updated_at"),
        reference("collection_id", "collections"),
        sa.CheckConstraint("start_datetime <= end_datetime", name="window"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_spike_schedules_collection_id", "spike_schedules", ["collection_id"])
    op.create_index("ix_spike_schedules_window", "spike_schedules", ["start_datetime", "end_datetime"])
    op.create_table(
        "spike_schedule_fields",
        *new_id(),
        sa.Column("spike_schedule_id", sa.Integer, nullable=False),
        sa.Column("original_field_id", sa.Integer, nullable=False),
        sa.Column("overridden_settings", sa.String(255), nullable=False),
        *value_columns(),
        reference("spike_schedule_id", "spike_schedules"),
        reference("original_field_id", "fields"),
        sa.UniqueConstraint("spike_schedule_id", "original_field_id", name="uq_spike_schedule_fields"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_spike_schedule_fields_original_field_id", "spike_schedule_fields", ["original_field_id"]
    )


def exclude_overlaps_on_postgresql() -> None:
    """Two windows of one collection never share an instant. Ranges of one id need no extension."""
    op.execute(
        f"""
        ALTER TABLE spike_schedules ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist (
            int4range(collection_id, collection_id, '[]') WITH &&,
            tstzrange(start_datetime, end_datetime) WITH &&
        )
        """
    )


def exclude_overlaps_on_sqlite() -> None:
    """The same by triggers. A batch migration that rebuilds the table has to make them again."""
    for moment in ("INSERT", "UPDATE OF collection_id, start_datetime, end_datetime"):
        name = f"{OVERLAP}_on_{moment.split()[0].lower()}"
        op.execute(
            f"""
            CREATE TRIGGER {name} BEFORE {moment} ON spike_schedules
            WHEN EXISTS ({_SHARES_AN_INSTANT})
            BEGIN SELECT RAISE(ABORT, '{OVERLAP}'); END
            """
        )


def downgrade() -> None:
    for table in (
        "spike_schedule_fields",
        "spike_schedules",
        "api_key_collections",
        "api_keys",
        "fields",
        "collections",
        "sign_in_failures",
        "sign_ins",
        "users",
    ):
        op.drop_table(table)
