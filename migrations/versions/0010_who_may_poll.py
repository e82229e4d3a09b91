"""On PostgreSQL, one number that every change of who may poll what replaces, as it commits.

A worker that has looked up a key and its collection knows by it whether that still stands, whatever else
is written meanwhile. The database replaces it itself, so whoever writes, and by whichever way, cannot
forget to. It is random, like a collection's revision: a database that was restored from a copy cannot come
to a number that it once had with other keys.

All that change something replace the same row, so it is done last: a deferred trigger waits for nothing but
another commit, and holds up nothing but that. A note of when a key was last used is no change.

SQLite looks everything up with each poll, and has none of this.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

TABLE = "grants_revision"
NEW = "(random() * 9007199254740991)::bigint"
DONE = "spikecast.grants_revised"
"""A setting of the transaction: that it has replaced the number. Many rows are one change."""

WATCHED = {
    "api_keys": "id, key_hash, user_id, is_limited, expires_at, revoked_at",
    "api_key_collections": "api_key_id, collection_id, collection_type",
    "users": "id, role",
    "collections": "id, name, owner_id, revision",
}
"""The columns that decide it, and the collection's revision, which is looked up together with them."""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(TABLE, sa.Column("revision", sa.BigInteger, nullable=False))
    op.execute(f"INSERT INTO {TABLE} VALUES ({NEW})")
    op.execute(
        f"""
        CREATE FUNCTION revise_grants() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('{DONE}', true) IS DISTINCT FROM 'yes' THEN
                UPDATE {TABLE} SET revision = {NEW};
                PERFORM set_config('{DONE}', 'yes', true);
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table, columns in WATCHED.items():
        op.execute(
            f"""
            CREATE CONSTRAINT TRIGGER revise_grants AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION revise_grants()
            """
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in WATCHED:
        op.execute(f"DROP TRIGGER revise_grants ON {table}")
    op.execute("DROP FUNCTION revise_grants()")
    op.drop_table(TABLE)
