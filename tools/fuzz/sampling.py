"""Sampling: choose the cases of a run so that every value and every input is used; the rest are random."""

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

from tools.fuzz.case import Case
from tools.fuzz.corpus import VALUES, Value
from tools.fuzz.inputs import Input, Place

Thing = TypeVar("Thing", Input, Value)

HEADER_VALUES = tuple(value for value in VALUES if value.fits_a_header)
KINDS = {kind: [value for value in VALUES if value.kind == kind] for kind in {value.kind for value in VALUES}}

HEADER_SHARE = 0.25
"""The share of headers among the random cases. Most inputs are headers, but they reveal the least."""


def values_for(input_: Input) -> tuple[Value, ...]:
    """Return the values that can be sent to an input."""
    return HEADER_VALUES if input_.place is Place.HEADER else VALUES


def count(inputs: Sequence[Input]) -> int:
    """Return the number of all possible cases."""
    return sum(len(values_for(input_)) for input_ in inputs)


def cases(inputs: Sequence[Input], total: int, seed: int = 0) -> list[Case]:
    """Return `total` cases, input by input; the same ones for the same seed.

    There are always enough for every value to be sent, for every input to get one, and for a value of each
    kind to be in each input, or in each header of any route. The rest is random, without duplicates.
    """
    draw = random.Random(seed)
    headers = [each for each in inputs if each.place is Place.HEADER]
    others = [each for each in inputs if each.place is not Place.HEADER]
    chosen = dict.fromkeys(_of_each_kind(others, draw))
    chosen |= dict.fromkeys([*_dealt(headers, HEADER_VALUES, draw), *_of_each_header(headers, draw)])
    more = max(0, total - len(chosen))
    left = [[case for case in _all(group) if case not in chosen] for group in (headers, others)]
    # If one group is exhausted, the other provides the missing cases.
    of_headers = max(min(round(more * HEADER_SHARE), len(left[0])), more - len(left[1]))
    for group, number in zip(left, (of_headers, more - of_headers), strict=True):
        chosen |= dict.fromkeys(draw.sample(group, min(number, len(group))))
    place = {each: number for number, each in enumerate(inputs)}
    return sorted(chosen, key=lambda case: place[case.input])


def _of_each_kind(inputs: Sequence[Input], draw: random.Random) -> Iterator[Case]:
    for kind in sorted(KINDS):
        yield from _dealt(inputs, KINDS[kind], draw)


def _of_each_header(inputs: Sequence[Input], draw: random.Random) -> Iterator[Case]:
    for name in dict.fromkeys(each.at for each in inputs):
        routes = [each for each in inputs if each.at == name]
        for kind in sorted(KINDS):
            fitting = [value for value in KINDS[kind] if value.fits_a_header]
            yield Case(draw.choice(routes), draw.choice(fitting))


def _dealt(inputs: Sequence[Input], values: Sequence[Value], draw: random.Random) -> Iterator[Case]:
    """Yield cases that pair shuffled inputs with shuffled values, until each of both was used."""
    if inputs:
        turns = max(len(inputs), len(values))
        dealt = zip(_shuffled(inputs, draw), _shuffled(values, draw), strict=False)
        yield from (Case(input_, value) for input_, value in itertools.islice(dealt, turns))


def _shuffled(items: Sequence[Thing], draw: random.Random) -> Iterator[Thing]:
    return itertools.cycle(draw.sample(items, len(items)))


def _all(inputs: Sequence[Input]) -> Iterator[Case]:
    return (Case(input_, value) for input_ in inputs for value in values_for(input_))
