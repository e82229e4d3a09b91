"""Simulation of the polls around and in a spike, without touching any counter."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from app.values.evaluation import build_generator, next_value
from app.values.generators import FieldSettings, State, Value
from app.values.registry import counts_integers, is_counter

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class SimulatedField:
    """A field or a spike's copy of it: its settings and the last value of its counter."""

    value_type: str
    settings: FieldSettings
    state: State = None


@dataclass(frozen=True)
class Phases(Generic[T_co]):
    """What belongs to the time before a window, in it and after it."""

    before: T_co
    during: T_co
    after: T_co


def current_value(own: State, collection_value: State, *, continues: bool) -> State:
    """Return the last value of a copy's counter.

    It is the collection's if the copy continues the collection's counter and has not counted yet.

    `generation/fastpath/counter_update.py` has the same rule in SQL.
    """
    return collection_value if own is None and continues else own


def first_value(last: State, own: T, collection_start: T, *, continues: bool) -> T:
    """Return the start of a copy's counter whose last value is `last`.

    It is the collection's start if the copy continues the collection's counter and neither has counted yet,
    else the copy's own. `generation/fastpath/counter_update.py` has the same rule in SQL.
    """
    return collection_start if last is None and continues else own


def simulate(
    field: SimulatedField,
    copy: SimulatedField,
    *,
    continues: bool,
    hands_over: bool,
    polls: Phases[Sequence[datetime]],
    rng: random.Random,
) -> Phases[list[Value]]:
    """Return the values that polls would get: from the field, then from the copy, then from the field again.

    Args:
        field: The collection's field.
        copy: The spike's copy of it.
        continues: Whether the copy's counter continues the collection's.
        hands_over: Whether the collection's counter continues the copy's after the window; else it resumes.
        polls: The instants of the polls in each phase.
        rng: The source of randomness.
    """
    as_integer = is_counter(field.value_type) and counts_integers(field.settings)
    before, state = _serve(field, field.state, polls.before, rng, as_integer=as_integer)
    copy_state = current_value(copy.state, state, continues=continues)
    at_first = _with_first_value(copy, field, copy_state) if continues else copy
    first, copy_state = _serve(at_first, copy_state, polls.during[:1], rng, as_integer=as_integer)
    later, copy_state = _serve(copy, copy_state, polls.during[1:], rng, as_integer=as_integer)
    has_counted = copy.state is not None or polls.during
    state = copy_state if hands_over and has_counted else state
    after, _ = _serve(field, state, polls.after, rng, as_integer=as_integer)
    return Phases(before, [*first, *later], after)


def _with_first_value(copy: SimulatedField, field: SimulatedField, state: State) -> SimulatedField:
    """Return the copy as it serves its first value, which may be the collection's start."""
    if not is_counter(copy.value_type):
        return copy
    own, collection_start = copy.settings["start_number"], field.settings["start_number"]
    start = first_value(state, own, collection_start, continues=True)
    return replace(copy, settings={**copy.settings, "start_number": start})


def _serve(
    field: SimulatedField, state: State, polls: Sequence[datetime], rng: random.Random, *, as_integer: bool
) -> tuple[list[Value], State]:
    if not is_counter(field.value_type):
        generator = build_generator(field.value_type, field.settings)
        return [generator.generate_one(rng, now) for now in polls], state
    values = []
    for now in polls:
        value, state = next_value(field.value_type, field.settings, state, rng, now, as_integer=as_integer)
        values.append(value)
    return values, state
