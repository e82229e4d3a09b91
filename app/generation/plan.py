"""What a collection is served from in an interval of time: plain data, and values made of it."""

import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.generation.fastpath.counter_update import Move, Moves
from app.values import (
    Exact,
    FieldSettings,
    GenerateMany,
    Generator,
    Value,
    build_generator,
    get_direction,
    get_spec,
    is_counter,
    random_step,
    to_json_counter,
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
    whole: bool
    goes_on: bool


class Drawn(NamedTuple):
    """Fields whose values are drawn together: their names, and what is drawn by for each."""

    names: tuple[str, ...]
    generate: GenerateMany
    params: tuple[tuple[Any, ...], ...]


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
    drawn: tuple[Drawn, ...]
    counters: tuple[Counter, ...]
    steady: Moves | None
    """How far the counters go with each poll, unless one of them varies."""

    def holds(self, revision: int, now: datetime) -> bool:
        """Whether it is what is to be served at `now` from a collection of this revision."""
        return self.revision == revision and self.since <= now < self.until


@dataclass(frozen=True, slots=True)
class Source:
    """A field or a spike's copy of one, as it was read."""

    id: int
    field_name: str
    value_type: str
    settings: FieldSettings
    whole: bool
    """Whether it counts in whole numbers, if it is a counter."""
    goes_on: bool = False


def sorted_out(
    sources: Iterable[Source],
) -> tuple[dict[str, Value], tuple[Drawn, ...], tuple[Counter, ...], Moves | None]:
    """The fixed values, what is drawn, the counters, and how they move if always alike."""
    fixed: dict[str, Value] = {}
    drawn: list[tuple[str, Generator]] = []
    counters: list[Counter] = []
    for source in sources:
        kind, settings = get_spec(source.value_type), source.settings
        name = sys.intern(source.field_name)  # a thousand devices have a field of this name
        fixed[name] = settings[kind.fixed] if kind.fixed else 0
        if is_counter(source.value_type):
            counters.append(_counter(name, source))
        elif not kind.fixed:
            drawn.append((name, _shared(build_generator(source.value_type, settings))))
    steady = Moves(map(_unvaried, counters)) if not any(each.percentage for each in counters) else None
    return fixed, _together(drawn), tuple(counters), steady


@lru_cache(maxsize=8192)
def _shared(generator: Generator) -> Generator:
    """The same object for the same generator: a thousand devices have fields like this one, too."""
    return generator


def _together(drawn: Iterable[tuple[str, Generator]]) -> tuple[Drawn, ...]:
    """Those that are drawn in the same way side by side."""
    ways: dict[GenerateMany, list[tuple[str, Generator]]] = {}
    for name, generator in drawn:
        ways.setdefault(generator.generate, []).append((name, generator))
    return tuple(
        Drawn(tuple(name for name, _ in fields), generate, tuple(generator.params for _, generator in fields))
        for generate, fields in ways.items()
    )


def _counter(name: str, source: Source) -> Counter:
    return Counter(
        name,
        source.id,
        get_direction(source.value_type),
        source.settings["step_number"],
        source.settings["randomization_percentage"],
        source.whole,
        source.goes_on,
    )


def _unvaried(counter: Counter) -> Move:
    return Move(counter.id, counter.step, counter.direction, counter.goes_on)


def moves(plan: Plan, rng: random.Random) -> Moves:
    """How far each of its counters is to go with one poll."""
    return plan.steady or Moves(
        _unvaried(each)._replace(step=random_step(each.step, each.percentage, rng, as_integer=each.whole))
        for each in plan.counters
    )


def values(plan: Plan, counted: Mapping[int, Exact], rng: random.Random, now: datetime) -> dict[str, Any]:
    """The value of each field at `now`; `counted` tells what the counters have come to, by id."""
    data = plan.fixed.copy()
    for names, generate, params in plan.drawn:
        data.update(zip(names, generate(params, rng, now), strict=True))
    for counter in plan.counters:
        data[counter.field_name] = to_json_counter(counted[counter.id], as_integer=counter.whole)
    return data
