"""What would be served: the rules of a spike played through without moving anything."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from app.values.catalogue import DIRECTIONS, ValueType, draw, rule_of
from app.values.draws import Settings, State, Value

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Source:
    """A field or a spike's copy of it: its rule, and where its counter stands."""

    value_type: ValueType
    settings: Settings
    state: State = None


@dataclass(frozen=True)
class Phases(Generic[T_co]):
    """What belongs to the time before a window, in it and after it."""

    before: T_co
    during: T_co
    after: T_co


def standing(own: State, collections: State, *, goes_on: bool) -> State:
    """Where a copy's counter stands: where the collection's does, if it goes on from there and has
    not counted yet. `models.counters` says the same in SQL."""
    return collections if own is None and goes_on else own


def simulate(
    field: Source,
    copy: Source,
    *,
    goes_on: bool,
    polls: Phases[Sequence[datetime]],
    rng: random.Random,
) -> Phases[list[Value]]:
    """The values that polls at these instants would get: of the field, then of the copy, then of the
    field again, whose counter stands still meanwhile."""
    before, stands = _serve(field, field.state, polls.before, rng)
    during, _ = _serve(copy, standing(copy.state, stands, goes_on=goes_on), polls.during, rng)
    after, _ = _serve(field, stands, polls.after, rng)
    return Phases(before, during, after)


def _serve(
    source: Source, state: State, polls: Sequence[datetime], rng: random.Random
) -> tuple[list[Value], State]:
    if source.value_type not in DIRECTIONS:
        rule = rule_of(source.value_type, source.settings)
        return [rule.value(rng, now) for now in polls], state
    values = []
    for now in polls:
        value, state = draw(source.value_type, source.settings, state, rng, now)
        values.append(value)
    return values, state
