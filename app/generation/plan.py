"""What a collection is served from in an interval of time: plain data, and values made of it."""

import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.models.counters import Move
from app.values import (
    DIRECTIONS,
    Exact,
    Make,
    Settings,
    Value,
    ValueType,
    kind_of,
    maker_of,
    plain,
    random_step,
)


@dataclass(frozen=True, slots=True)
class Spike:
    """The schedule that is active."""

    id: int
    ends: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """A field that counts, or a spike's copy of one: all but where it stands."""

    field_name: str
    id: int
    direction: int
    step: Decimal
    percentage: float
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What one type of one collection is served from while it has this revision, in `[since, until)`.

    In this interval no window begins and none ends.
    """

    revision: int
    since: datetime
    until: datetime
    spike: Spike | None
    has_expired: bool
    fixed: dict[str, Value]
    """Every field in the order of the answer; only fixed values count, the others hold a place."""
    drawn: tuple[tuple[str, Make], ...]
    counters: tuple[Counter, ...]

    def holds(self, revision: int, now: datetime) -> bool:
        """Whether it is what is to be served at `now` from a collection of this revision."""
        return self.revision == revision and self.since <= now < self.until


@dataclass(frozen=True, slots=True)
class Source:
    """A field or a spike's copy of one, as it was read."""

    id: int
    field_name: str
    value_type: ValueType
    settings: Settings
    goes_on: bool = False


def sorted_out(
    sources: Iterable[Source],
) -> tuple[dict[str, Value], tuple[tuple[str, Make], ...], tuple[Counter, ...]]:
    """The fixed values, what makes the drawn ones, and the counters."""
    fixed: dict[str, Value] = {}
    drawn: list[tuple[str, Make]] = []
    counters: list[Counter] = []
    for source in sources:
        kind, settings = kind_of(source.value_type), source.settings
        name = sys.intern(source.field_name)  # a thousand devices have a field of this name
        fixed[name] = settings[kind.fixed] if kind.fixed else 0
        if source.value_type in DIRECTIONS:
            counters.append(_counter(name, source))
        elif not kind.fixed:
            drawn.append((name, maker_of(source.value_type, settings)))
    return fixed, tuple(drawn), tuple(counters)


def _counter(name: str, source: Source) -> Counter:
    return Counter(
        name,
        source.id,
        DIRECTIONS[source.value_type],
        source.settings["step_number"],
        source.settings["randomization_percentage"],
        source.goes_on,
    )


def moves(plan: Plan, rng: random.Random) -> list[Move]:
    """How far each of its counters is to go with one poll."""
    return [
        Move(each.id, random_step(each.step, each.percentage, rng), each.direction, each.goes_on)
        for each in plan.counters
    ]


def values(plan: Plan, counted: Mapping[int, Exact], rng: random.Random, now: datetime) -> dict[str, Any]:
    """The value of each field at `now`; `counted` tells what the counters have come to, by id."""
    data = plan.fixed.copy()
    for name, make in plan.drawn:
        data[name] = make(rng, now)
    for counter in plan.counters:
        data[counter.field_name] = plain(counted[counter.id])
    return data
