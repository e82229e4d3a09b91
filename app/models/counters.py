"""Counters move in the database, in one statement: two pollers can never be given the same value.

The rule is `values.advance`. SQLite runs that very function; for PostgreSQL it stands here as SQL over
NUMERIC, which is as exact, and a test holds the two against each other.

The statement names the revision of the collection that the caller has read. Where it is another one by
now, it moves nothing: the caller has to read again. So no lock is held between reading and moving.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import orjson

from app.database import as_text, from_text
from app.direct import Direct
from app.values import LARGEST_INTEGER, Exact


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
    def as_json(self) -> Mapping[str, object]:
        """For SQLite."""
        rows = [(each.id, as_text(each.step), each.direction, each.goes_on) for each in self.each]
        return {"moves": orjson.dumps(rows).decode()}

    @cached_property
    def as_arrays(self) -> Mapping[str, object]:
        """For PostgreSQL, each column as it writes an array: numbers and truth values need no escaping."""
        ids, steps, directions, goes_on = zip(*self.each, strict=True)
        columns = {"ids": ids, "steps": steps, "directions": directions, "goes_on": goes_on}
        return {name: f"{{{','.join(map(str, column))}}}" for name, column in columns.items()}


def move(
    direct: Direct, moves: Moves, *, collection_id: int, revision: int, of_spike: bool
) -> Mapping[int, Exact] | None:
    """Move each counter on by one step and tell their new values by id; None where the collection
    has another revision by now, and nothing has moved."""
    if not moves.each:
        return {}
    statement = _STATEMENTS[direct.is_sqlite, of_spike]
    wanted = moves.as_json if direct.is_sqlite else moves.as_arrays
    rows = direct.write(statement, {"collection_id": collection_id, "revision": revision, **wanted})
    if direct.is_sqlite:
        return {id_: from_text(value) for id_, value in rows} or None
    return dict(rows) or None


# --- SQLite: one writer at a time, and `counter_next` is `values.advance` -----------------------------

_SQLITE = """
UPDATE {table} AS counter
SET current_number = counter_next({last}, start_number, wanted.step, reset_number, wanted.direction)
FROM (
    SELECT value ->> 0 AS id, value ->> 1 AS step, value ->> 2 AS direction, value ->> 3 AS goes_on
    FROM json_each(:moves)
) AS wanted
WHERE counter.id = wanted.id
  AND (SELECT revision FROM collections WHERE id = :collection_id) = :revision
RETURNING id, current_number
"""

_COLLECTIONS_OWN = """
coalesce(counter.current_number, CASE WHEN wanted.goes_on THEN
    (SELECT own.current_number FROM fields AS own WHERE own.id = counter.original_field_id)
END)
"""

# --- PostgreSQL: the collection's lock makes pollers follow each other, so their rows cannot deadlock --

_POSTGRESQL = """
WITH held AS (
    SELECT id FROM collections WHERE id = :collection_id AND revision = :revision FOR NO KEY UPDATE
), wanted AS (
    SELECT * FROM unnest(:ids::int[], :steps::numeric[], :directions::int[], :goes_on::bool[])
        AS moves (id, step, direction, goes_on)
){more}
UPDATE {table} AS counter
SET current_number = CASE
    WHEN {last} IS NULL THEN start_number
    WHEN wanted.direction * ({last} + wanted.direction * wanted.step
        - coalesce(reset_number, wanted.direction * {largest}::numeric)) > 0 THEN start_number
    ELSE {last} + wanted.direction * wanted.step
END
FROM held CROSS JOIN wanted{join}
WHERE counter.id = wanted.id
RETURNING counter.id, counter.current_number
"""

# A copy that has not counted yet goes on from the collection's counter, which a poll from just before
# the window may be moving at this moment: locking it waits for that poll and reads what it left.
_BEGINS = """, own AS (
    SELECT copy.id AS copy_id, fields.current_number
    FROM held
    JOIN spike_schedule_fields AS copy ON copy.id = ANY (:ids::int[]) AND copy.current_number IS NULL
    JOIN fields ON fields.id = copy.original_field_id
    FOR SHARE OF fields
)"""
_GOES_ON = "coalesce(counter.current_number, CASE WHEN wanted.goes_on THEN own.current_number END)"

_STATEMENTS = {
    (True, False): _SQLITE.format(table="fields", last="counter.current_number"),
    (True, True): _SQLITE.format(table="spike_schedule_fields", last=_COLLECTIONS_OWN),
    (False, False): _POSTGRESQL.format(
        table="fields", last="counter.current_number", largest=LARGEST_INTEGER, more="", join=""
    ),
    (False, True): _POSTGRESQL.format(
        table="spike_schedule_fields",
        last=_GOES_ON,
        largest=LARGEST_INTEGER,
        more=_BEGINS,
        join=" LEFT JOIN own ON own.copy_id = wanted.id",
    ),
}
