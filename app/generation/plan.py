"""What a collection is served from in an interval of time: plain data, and values generated from it."""

from __future__ import annotations

import random
import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from app.generation.counter_steps import CounterStep, CounterSteps
from app.generation.template_store import TemplateStore
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
    """The active schedule, and the edges of its window."""

    id: int
    name: str
    starts: datetime
    ends: datetime
    rehearsal_id: int | None = None
    """The record for which the polls are counted; None for those of type Configuration."""
    overridden: tuple[str, ...] = ()
    """The names of the first overridden fields of the served type."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What formats need to know of the fields besides their values, in the order of the answer."""

    field_ids: array[int]
    """The ids of the collection's fields, also during a spike."""
    value_types: tuple[str, ...]
    metrics: Mapping[int, str]
    """The series that authors have given to fields, by the ids of the fields."""
    templates: TemplateStore = field(default_factory=TemplateStore, repr=False, compare=False)


def build_layout(fields: Iterable[tuple[int, str, str | None]]) -> Layout:
    """Return the layout of these fields, each with its id, its value type and its metric, if it has one."""
    fields = tuple(fields)
    return Layout(
        array("q", (id_ for id_, _, _ in fields)),
        tuple(sys.intern(value_type) for _, value_type, _ in fields),
        {id_: metric for id_, _, metric in fields if metric is not None},
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """A field that counts, or a spike's copy of one. Its state is in the database."""

    field_name: str
    id: int
    direction: int
    step: Decimal
    percentage: float
    is_integer: bool
    continues_counter: bool


class RandomFields(NamedTuple):
    """Fields with the same generator: their names, the generator, and its parameters for each of them."""

    names: tuple[str, ...]
    generate: GenerateMany
    params: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field or a spike's copy of one, as it was read.

    `field_id` is the collection's field, `is_integer` whether it counts in integers, if it is a counter.
    """

    id: int
    field_id: int
    field_name: str
    value_type: str
    settings: FieldSettings
    is_integer: bool
    metric: str | None = None
    continues_counter: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What one type of a collection is served from at this revision, in `[since, until)`.

    No window begins or ends in this interval.
    """

    revision: int
    since: datetime
    until: datetime
    spike: Spike | None
    has_expired: bool
    """Whether the collection has an expired schedule, which the next poll deletes."""
    fixed: dict[str, Value]
    """Every field in the order of the answer. Fixed values are final; the others are placeholders."""
    random_fields: tuple[RandomFields, ...]
    counters: tuple[Counter, ...]
    constant_steps: CounterSteps | None
    """The steps of the counters with each poll, unless one of them is random."""
    layout: Layout

    def is_valid(self, revision: int, now: datetime) -> bool:
        """Return whether it is what a collection of this revision serves at `now`."""
        return self.revision == revision and self.since <= now < self.until


def partition_fields(
    rows: Iterable[FieldRow],
) -> tuple[dict[str, Value], tuple[RandomFields, ...], tuple[Counter, ...], CounterSteps | None]:
    """Return the fixed values, the random fields, the counters, and their steps if these are constant."""
    fixed: dict[str, Value] = {}
    generated: list[tuple[str, Generator]] = []
    counters: list[Counter] = []
    for row in rows:
        spec, settings = get_spec(row.value_type), row.settings
        name = sys.intern(row.field_name)  # many collections have a field of the same name
        fixed[name] = settings[spec.fixed] if spec.fixed else 0
        if is_counter(row.value_type):
            counters.append(_make_counter(name, row))
        elif not spec.fixed:
            generated.append((name, _intern(build_generator(row.value_type, settings))))
    is_constant = not any(each.percentage for each in counters)
    steps = CounterSteps(map(_constant_step, counters)) if is_constant else None
    return fixed, _group_by_generator(generated), tuple(counters), steps


@lru_cache(maxsize=8192)
def _intern(generator: Generator) -> Generator:
    """Return one shared object for equal generators: many collections have fields with equal settings."""
    return generator


def _group_by_generator(generated: Iterable[tuple[str, Generator]]) -> tuple[RandomFields, ...]:
    """Group fields by generator function."""
    groups: dict[GenerateMany, list[tuple[str, Generator]]] = {}
    for name, generator in generated:
        groups.setdefault(generator.generate, []).append((name, generator))
    return tuple(
        RandomFields(
            tuple(name for name, _ in fields), generate, tuple(generator.params for _, generator in fields)
        )
        for generate, fields in groups.items()
    )


def _make_counter(name: str, row: FieldRow) -> Counter:
    return Counter(
        name,
        row.id,
        get_direction(row.value_type),
        row.settings["step_number"],
        row.settings["randomization_percentage"],
        row.is_integer,
        row.continues_counter,
    )


def _constant_step(counter: Counter) -> CounterStep:
    return CounterStep(counter.id, counter.step, counter.direction, counter.continues_counter)


def get_steps(plan: Plan, rng: random.Random) -> CounterSteps:
    """Return the steps of the plan's counters with one poll."""
    return plan.constant_steps or CounterSteps(
        _constant_step(each)._replace(
            step=random_step(each.step, each.percentage, rng, as_integer=each.is_integer)
        )
        for each in plan.counters
    )


def generate_values(
    plan: Plan, counter_values: Mapping[int, Exact], rng: random.Random, now: datetime
) -> dict[str, Any]:
    """Return the value of each field at `now`; `counter_values` are those of the counters, by id."""
    data = plan.fixed.copy()
    for names, generate, params in plan.random_fields:
        data.update(zip(names, generate(params, rng, now), strict=True))
    for counter in plan.counters:
        data[counter.field_name] = to_json_counter(counter_values[counter.id], as_integer=counter.is_integer)
    return data
