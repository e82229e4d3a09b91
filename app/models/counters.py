"""Counters move in the database, in one statement: two pollers can never be given the same value.

The rule is `values.advance`. SQLite runs that very function; for PostgreSQL it stands here as SQL over
NUMERIC, which is as exact, and a test holds the two against each other.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.database import ExactNumber
from app.models.collection import Field
from app.models.spike import SpikeScheduleField
from app.values import LARGEST_INTEGER


class Move(NamedTuple):
    """One counter to move: by which step, in which direction, and whether a copy that has not counted
    yet goes on from where the collection's counter stands."""

    id: int
    step: Decimal
    direction: int
    goes_on: bool = False


class counter_next(GenericFunction[Decimal]):  # noqa: N801 - named as SQL functions are
    """`counter_next(last, start, step, reset, direction)`: the value after `last`."""

    type = ExactNumber()
    inherit_cache = True


@compiles(counter_next, "postgresql")
def _counter_next_on_postgresql(element: counter_next, compiler: Any, **options: Any) -> str:
    last, start, step, reset, direction = element.clauses
    following = last + direction * step
    limit = sa.func.coalesce(reset, sa.literal(LARGEST_INTEGER, sa.BigInteger) * direction)
    passed = direction * (following - limit) > 0
    return str(
        compiler.process(sa.case((last.is_(None), start), (passed, start), else_=following), **options)
    )


def move(connection: sa.Connection, moves: Sequence[Move], *, of_spike: bool) -> Mapping[int, Decimal]:
    """Move each counter on by one step and tell their new values by id.

    The caller holds the collection's lock, so the rows are moved in no particular order without deadlock.
    """
    if not moves:
        return {}
    table: Any = SpikeScheduleField.__table__ if of_spike else Field.__table__
    wanted = _as_rows(moves)
    last = table.c.current_number
    if of_spike:
        collections_own = (
            sa.select(Field.current_number)
            .where(Field.id == table.c.original_field_id, wanted.c.goes_on)
            .scalar_subquery()
        )
        last = sa.func.coalesce(last, collections_own, type_=ExactNumber())
    following = counter_next(
        last, table.c.start_number, wanted.c.step, table.c.reset_number, wanted.c.direction
    )
    # Being polled is no change of the field; without this its onupdate would say so.
    unchanged = {"updated_at": table.c.updated_at} if "updated_at" in table.c else {}
    statement = (
        sa.update(table)
        .values(current_number=following, **unchanged)
        .where(table.c.id == wanted.c.id)
        .returning(table.c.id, table.c.current_number)
    )
    # All rows are fetched: a RETURNING that is left half read keeps its locks.
    return dict(connection.execute(statement).all())


def _as_rows(moves: Sequence[Move]) -> sa.CTE:
    columns = (
        sa.column("id", sa.Integer),
        sa.column("step", ExactNumber()),
        sa.column("direction", sa.Integer),
        sa.column("goes_on", sa.Boolean),
    )
    return sa.values(*columns, name="moves").data(list(moves)).cte("wanted")
