"""Advance counters in one statement, so that no two polls are given the same value.

The rule is `values.advance`. SQLite calls that very function as `counter_next`. For PostgreSQL the rule is
repeated here in SQL over NUMERIC, which is as exact; a test compares the two.

The statement names everything that the caller relies on: key, owner, collection, revision and interval. If
any of it has changed, it moves nothing and the caller looks everything up again. So no lock is held between
reading and moving, and an authorization from the cache is good enough.
"""

from datetime import datetime

from app.core import clock
from app.db.types import number_from_text
from app.generation.authorization import Grant
from app.generation.counter_steps import CounterSteps, CounterValues
from app.generation.fastpath.connection import ThreadLocalConnection
from app.generation.fastpath.grants import IS_LISTED_SQL
from app.generation.fastpath.pg_prepared import ASYNC_COMMIT
from app.values import MAX_INTEGER


class CounterUpdate:
    """Moves the counters of one poll together."""

    def __init__(self, connection: ThreadLocalConnection, *, is_sqlite: bool) -> None:
        self._connection, self._is_sqlite = connection, is_sqlite

    def advance(
        self, steps: CounterSteps, grant: Grant, since: datetime, until: datetime, *, in_spike: bool
    ) -> CounterValues | None:
        """Move each counter one step if the time is within `[since, until)` once the lock is held.

        The time before the lock would not do: another poll may have continued the counter in a spike
        meanwhile.

        Args:
            steps: the counters of the fields, or those of an active spike's copies.
            grant: what was authorized; it is compared with the database.
            since: start of the interval in which the steps are right, in UTC.
            until: its end.
            in_spike: whether `steps` are of copies.

        Returns:
            None if the grant or the interval is stale; nothing was moved then.
        """
        statement = _STATEMENTS[self._is_sqlite, in_spike]
        if self._is_sqlite:
            interval = {"since": since.timestamp(), "until": until.timestamp()}
            rows = self._connection.write(statement, grant._asdict() | steps.as_json | interval)
            return (
                CounterValues({id_: number_from_text(value) for id_, value in rows}, None) if rows else None
            )
        times = {"since": clock.to_database(since), "until": clock.to_database(until)}
        rows = self._connection.write(statement, grant._asdict() | steps.as_arrays | times)
        return CounterValues({id_: value for id_, value, _ in rows}, rows[0][2]) if rows else None


# --- Whether the grant is unchanged: every row that decided it --------------------------------------------

_GRANT_UNCHANGED = """
api_keys.id = :key_id AND api_keys.key_hash = :key_hash AND api_keys.user_id = :user_id
    AND api_keys.revoked_at IS NULL AND api_keys.expires_at {expires_at}
    AND users.id = :user_id AND users.role = :role
    AND collections.id = :collection_id AND collections.name = :collection_name
    AND collections.owner_id = :owner_id AND collections.revision = :revision
    AND ({listed})
"""

# --- SQLite: one writer at a time, and `counter_next` is `values.advance` -----------------------------
# `epoch_now` is `clock.now`, read while the write lock is held.

_SQLITE = """
UPDATE {table} AS counter
SET current_number = {following}
FROM (
    SELECT value ->> 0 AS id, value ->> 1 AS step, value ->> 2 AS direction, value ->> 3 AS continues
    FROM json_each(:steps)
) AS wanted
WHERE counter.id = wanted.id AND EXISTS (
    SELECT 1 FROM api_keys, users, collections, (SELECT epoch_now() AS instant) AS present
    WHERE {grant_unchanged} AND present.instant >= :since AND present.instant < :until
)
RETURNING id, current_number
"""

_NEXT = "counter_next({last}, {start}, wanted.step, counter.reset_number, wanted.direction)"
_NEXT_VALUE = _NEXT.format(last="counter.current_number", start="counter.start_number")
# A copy that has not counted yet continues from the collection's counter. If that has not counted either, the
# copy starts at the start of that one, not at its own.
_BEGINNING = "CASE WHEN own.current_number IS NULL THEN own.start_number ELSE counter.start_number END"
_NEXT_VALUE_OF_COPY = """
CASE WHEN counter.current_number IS NULL AND wanted.continues
THEN (SELECT {begins} FROM fields AS own WHERE own.id = counter.original_field_id)
ELSE {goes_on} END
"""
_NEXT_COPY_VALUE = _NEXT_VALUE_OF_COPY.format(
    begins=_NEXT.format(last="own.current_number", start=_BEGINNING), goes_on=_NEXT_VALUE
)

# --- PostgreSQL: polls of one collection queue for its lock, so that they cannot deadlock over its rows ----
# The clock is read once the lock is held: the window may have ended while the poll waited.

_POSTGRESQL = """
WITH locked AS (
    SELECT collections.id, {async_commit}
    FROM api_keys, users, collections
    WHERE {grant_unchanged}
    FOR NO KEY UPDATE OF collections
), held AS MATERIALIZED (
    SELECT clock_timestamp() AS instant FROM locked
), wanted AS (
    SELECT * FROM unnest(:ids::int[], :steps::numeric[], :directions::int[], :continues::bool[])
        AS steps (id, step, direction, continues)
){more}
UPDATE {table} AS counter
SET current_number = CASE
    WHEN {last} IS NULL THEN {first}
    WHEN wanted.direction * ({last} + wanted.direction * wanted.step
        - coalesce(counter.reset_number, wanted.direction * {largest}::numeric)) > 0 THEN counter.start_number
    ELSE {last} + wanted.direction * wanted.step
END
FROM held CROSS JOIN wanted{join}
WHERE counter.id = wanted.id AND held.instant >= :since::timestamptz AND held.instant < :until::timestamptz
RETURNING counter.id, counter.current_number, held.instant
"""

# A copy that has not counted yet continues from the collection's counter, which a poll from just before the
# window may be moving at this moment: locking it waits for that poll and reads what it wrote.
_FIRST_VALUE_CTE = """, own AS (
    SELECT copy.id AS copy_id, fields.current_number, fields.start_number
    FROM held
    JOIN spike_schedule_fields AS copy ON copy.id = ANY (:ids::int[]) AND copy.current_number IS NULL
    JOIN fields ON fields.id = copy.original_field_id
    FOR SHARE OF fields
)"""
_LAST_VALUE = "coalesce(counter.current_number, CASE WHEN wanted.continues THEN own.current_number END)"
_FIRST = "coalesce(CASE WHEN wanted.continues THEN own.start_number END, counter.start_number)"

_SAME_EXPIRY_ON_POSTGRESQL = "IS NOT DISTINCT FROM :expires_at::timestamptz"
_ON_SQLITE = {"grant_unchanged": _GRANT_UNCHANGED.format(expires_at="IS :expires_at", listed=IS_LISTED_SQL)}
_ON_POSTGRESQL = {
    "grant_unchanged": _GRANT_UNCHANGED.format(
        expires_at="IS NOT DISTINCT FROM :expires_at::timestamptz", listed=IS_LISTED_SQL
    ),
    "largest": MAX_INTEGER,
    "async_commit": ASYNC_COMMIT,
}
_OF_FIELDS = {"table": "fields", "following": _NEXT_VALUE, "last": "counter.current_number"}
_STATEMENTS = {
    (True, False): _SQLITE.format(**_ON_SQLITE, **_OF_FIELDS),
    (True, True): _SQLITE.format(**_ON_SQLITE, table="spike_schedule_fields", following=_NEXT_COPY_VALUE),
    (False, False): _POSTGRESQL.format(
        **_ON_POSTGRESQL, **_OF_FIELDS, first="counter.start_number", more="", join=""
    ),
    (False, True): _POSTGRESQL.format(
        **_ON_POSTGRESQL,
        table="spike_schedule_fields",
        last=_LAST_VALUE,
        first=_FIRST,
        more=_FIRST_VALUE_CTE,
        join=" LEFT JOIN own ON own.copy_id = wanted.id",
    ),
}
