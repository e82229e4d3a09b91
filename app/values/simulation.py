"""What would be served: the rules of a spike played through without moving anything."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from app.values.generators import Settings, State, Value
from app.values.value_types import DIRECTIONS, ValueType, counts_whole, draw, rule_of

T = TypeVar("T")
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


def first_value(last: State, own: T, collections: T, *, goes_on: bool) -> T:
    """Return the start of a copy's counter that stands at `last`: the collection's start where the copy goes
    on from there and neither has counted yet, else its own. `models.counters` says the same in SQL."""
    return collections if last is None and goes_on else own


def simulate(
    field: Source,
    copy: Source,
    *,
    goes_on: bool,
    hands_back: bool,
    polls: Phases[Sequence[datetime]],
    rng: random.Random,
) -> Phases[list[Value]]:
    """Return the values that polls at these instants would get: of the field, then of the copy, then of the
    field again, whose counter takes over where the copy's stood or goes on where it stood itself."""
    whole = field.value_type in DIRECTIONS and counts_whole(field.settings)
    before, stands = _serve(field, field.state, polls.before, rng, whole=whole)
    copy_stands = standing(copy.state, stands, goes_on=goes_on)
    beginning = _beginning(copy, field, copy_stands) if goes_on else copy
    first, copy_stands = _serve(beginning, copy_stands, polls.during[:1], rng, whole=whole)
    later, copy_stands = _serve(copy, copy_stands, polls.during[1:], rng, whole=whole)
    has_counted = copy.state is not None or polls.during
    stands = copy_stands if hands_back and has_counted else stands
    after, _ = _serve(field, stands, polls.after, rng, whole=whole)
    return Phases(before, [*first, *later], after)


def _beginning(copy: Source, field: Source, stands: State) -> Source:
    """The copy for its first value, which may be the collection's start."""
    if copy.value_type not in DIRECTIONS:
        return copy
    own, collections = copy.settings["start_number"], field.settings["start_number"]
    start = first_value(stands, own, collections, goes_on=True)
    return replace(copy, settings={**copy.settings, "start_number": start})


def _serve(
    source: Source, state: State, polls: Sequence[datetime], rng: random.Random, *, whole: bool
) -> tuple[list[Value], State]:
    if source.value_type not in DIRECTIONS:
        rule = rule_of(source.value_type, source.settings)
        return [rule.value(rng, now) for now in polls], state
    values = []
    for now in polls:
        value, state = draw(source.value_type, source.settings, state, rng, now, whole=whole)
        values.append(value)
    return values, state
