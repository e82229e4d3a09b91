"""By how much the counters of a plan move with one poll."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import orjson

from app.db.types import number_to_text
from app.values import Exact


class CounterStep(NamedTuple):
    """One counter to move: its id, by how much and in which direction (1 or -1).

    `continues_counter`: a spike's copy that has not counted yet continues from the collection's counter.
    """

    id: int
    step: Decimal
    direction: int
    continues_counter: bool = False


class CounterSteps:
    """The counters that one poll moves together.

    Its encodings for the databases are cached: a plan with constant steps reuses one instance.
    """

    def __init__(self, steps: Iterable[CounterStep]) -> None:
        self.steps = tuple(steps)

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """Return the statement's parameters for SQLite: all steps as one JSON array."""
        rows = [
            (each.id, number_to_text(each.step), each.direction, each.continues_counter)
            for each in self.steps
        ]
        return {"steps": orjson.dumps(rows).decode()}

    @cached_property
    def as_arrays(self) -> dict[str, Any]:
        """Return the statement's parameters for PostgreSQL: one array literal per column.

        Numbers and booleans need no escaping in it.
        """
        ids, steps, directions, continues = zip(*self.steps, strict=True)
        columns = {"ids": ids, "steps": steps, "directions": directions, "continues": continues}
        return {name: f"{{{','.join(map(str, column))}}}" for name, column in columns.items()}


class CounterValues(NamedTuple):
    """The values of counters after their step, by id, and the database's time, if it has a clock."""

    numbers: Mapping[int, Exact]
    instant: datetime | None
