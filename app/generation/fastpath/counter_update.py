"""Counters move in the database, in one statement: two pollers can never be given the same value.

The rule is `values.advance`. SQLite runs that very function; for PostgreSQL it stands here as SQL over
NUMERIC, which is as exact, and a test holds the two against each other.

The statement names what the caller knows: who asks, the collection, its revision, the interval of time. Where
anything of it is different by now, it moves nothing, and the caller has to read again. So no lock is held
between reading and moving, and whoever has read it all before need not read it again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import orjson

from app.core import clock
from app.db.types import number_from_text, number_to_text
from app.generation.fastpath.connection import Direct
from app.generation.fastpath.pg_prepared import LATER
from app.values import MAX_INTEGER, Exact


class Move(NamedTuple):
    """One counter to move: by which step, in which direction, and whether a copy that has not counted
    yet goes on from where the collection's counter stands."""

    id: int
    step: Decimal
    direction: int
    goes_on: bool = False


class Moves:
    """Counters to move together. Where the steps are always the same, so is this, and what it looks like to
    the database is worked out once."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self.each = tuple(moves)

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """For SQLite."""
        rows = [(each.id, number_to_text(each.step), each.direction, each.goes_on) for each in self.each]
        return {"moves": orjson.dumps(rows).decode()}

    @cached_property
    def as_arrays(self) -> dict[str, Any]:
        """For PostgreSQL, each column as it writes an array: numbers and truth values need no escaping."""
        ids, steps, directions, goes_on = zip(*self.each, strict=True)
        columns = {"ids": ids, "steps": steps, "directions": directions, "goes_on": goes_on}
        return {name: f"{{{','.join(map(str, column))}}}" for name, column in columns.items()}


class Granted(NamedTuple):
    """Who was found to hold a key, and to be allowed to read a collection, when it had this revision."""

    key_hash: str
    key_id: int
    expires_at: Any
    """As the database gave it."""
    user_id: int
    role: str
    collection_type: str
    collection_id: int
    collection_name: str
    owner_id: int
    revision: int


class Moved(NamedTuple):
    """What the counters have come to, by id, and the database's instant, where it has a clock."""

    numbers: Mapping[int, Exact]
    instant: datetime | None


def move(
    direct: Direct, moves: Moves, granted: Granted, since: datetime, until: datetime, *, of_spike: bool
) -> Moved | None:
    """Move each counter on by one step, if it is within `[since, until)` once the lock is held.

    Return None, with nothing moved, where it is not, or where what was granted does not hold any more. The
    clock of before the lock would not do: another poll may have continued the counter in a spike meanwhile.
    """
    statement = _STATEMENTS[direct.is_sqlite, of_spike]
    if direct.is_sqlite:
        seconds = {"since": since.timestamp(), "until": until.timestamp()}
        rows = direct.write(statement, granted._asdict() | moves.as_json | seconds)
        return Moved({id_: number_from_text(value) for id_, value in rows}, None) if rows else None
    interval = {"since": clock.to_database(since), "until": clock.to_database(until)}
    rows = direct.write(statement, granted._asdict() | moves.as_arrays | interval)
    return Moved({id_: value for id_, value, _ in rows}, rows[0][2]) if rows else None


IS_LISTED = """NOT api_keys.is_limited OR EXISTS (
        SELECT 1 FROM api_key_collections AS listed
        WHERE listed.api_key_id = api_keys.id AND listed.collection_id = collections.id
          AND (listed.collection_type IS NULL OR listed.collection_type = :collection_type)
    )"""
"""Whether a key may read a collection by its own list, of `api_keys` and `collections` in a statement."""

# --- Whether what was granted still holds: every row that decided it is as it was ----------------------

_STILL = """
api_keys.id = :key_id AND api_keys.key_hash = :key_hash AND api_keys.user_id = :user_id
    AND api_keys.revoked_at IS NULL AND api_keys.expires_at {expires_at}
    AND users.id = :user_id AND users.role = :role
    AND collections.id = :collection_id AND collections.name = :collection_name
    AND collections.owner_id = :owner_id AND collections.revision = :revision
    AND ({listed})
"""

# --- SQLite: one writer at a time, and `counter_next` is `values.advance` -----------------------------
# `epoch_now` is `clock.now`, read by the one whose turn it is.

_SQLITE = """
UPDATE {table} AS counter
SET current_number = {following}
FROM (
    SELECT value ->> 0 AS id, value ->> 1 AS step, value ->> 2 AS direction, value ->> 3 AS goes_on
    FROM json_each(:moves)
) AS wanted
WHERE counter.id = wanted.id AND EXISTS (
    SELECT 1 FROM api_keys, users, collections, (SELECT epoch_now() AS instant) AS present
    WHERE {still} AND present.instant >= :since AND present.instant < :until
)
RETURNING id, current_number
"""

_NEXT = "counter_next({last}, {start}, wanted.step, counter.reset_number, wanted.direction)"
_NEXT_OF_ITS_OWN = _NEXT.format(last="counter.current_number", start="counter.start_number")
# A copy that has not counted yet goes on from the collection's counter; where that has not counted either,
# it begins at the start of that one, and not at its own.
_BEGINNING = "CASE WHEN own.current_number IS NULL THEN own.start_number ELSE counter.start_number END"
_OF_A_COPY = """
CASE WHEN counter.current_number IS NULL AND wanted.goes_on
THEN (SELECT {begins} FROM fields AS own WHERE own.id = counter.original_field_id)
ELSE {goes_on} END
"""
_NEXT_OF_A_COPY = _OF_A_COPY.format(
    begins=_NEXT.format(last="own.current_number", start=_BEGINNING), goes_on=_NEXT_OF_ITS_OWN
)

# --- PostgreSQL: the collection's lock makes pollers follow each other, so their rows cannot deadlock --
# The clock is read after the lock was had: whoever waited for it may have come too late.

_POSTGRESQL = """
WITH locked AS (
    SELECT collections.id, {later}
    FROM api_keys, users, collections
    WHERE {still}
    FOR NO KEY UPDATE OF collections
), held AS MATERIALIZED (
    SELECT clock_timestamp() AS instant FROM locked
), wanted AS (
    SELECT * FROM unnest(:ids::int[], :steps::numeric[], :directions::int[], :goes_on::bool[])
        AS moves (id, step, direction, goes_on)
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

# A copy that has not counted yet goes on from the collection's counter, which a poll from just before
# the window may be moving at this moment: locking it waits for that poll and reads what it left.
_BEGINS = """, own AS (
    SELECT copy.id AS copy_id, fields.current_number, fields.start_number
    FROM held
    JOIN spike_schedule_fields AS copy ON copy.id = ANY (:ids::int[]) AND copy.current_number IS NULL
    JOIN fields ON fields.id = copy.original_field_id
    FOR SHARE OF fields
)"""
_GOES_ON = "coalesce(counter.current_number, CASE WHEN wanted.goes_on THEN own.current_number END)"
_FIRST = "coalesce(CASE WHEN wanted.goes_on THEN own.start_number END, counter.start_number)"

_ON_SQLITE = {"still": _STILL.format(expires_at="IS :expires_at", listed=IS_LISTED)}
_ON_POSTGRESQL = {
    "still": _STILL.format(expires_at="IS NOT DISTINCT FROM :expires_at::timestamptz", listed=IS_LISTED),
    "largest": MAX_INTEGER,
    "later": LATER,
}
_OF_FIELDS = {"table": "fields", "following": _NEXT_OF_ITS_OWN, "last": "counter.current_number"}
_STATEMENTS = {
    (True, False): _SQLITE.format(**_ON_SQLITE, **_OF_FIELDS),
    (True, True): _SQLITE.format(**_ON_SQLITE, table="spike_schedule_fields", following=_NEXT_OF_A_COPY),
    (False, False): _POSTGRESQL.format(
        **_ON_POSTGRESQL, **_OF_FIELDS, first="counter.start_number", more="", join=""
    ),
    (False, True): _POSTGRESQL.format(
        **_ON_POSTGRESQL,
        table="spike_schedule_fields",
        last=_GOES_ON,
        first=_FIRST,
        more=_BEGINS,
        join=" LEFT JOIN own ON own.copy_id = wanted.id",
    ),
}
