"""Values of one field: its generator, its next value and its bounds."""

import random
from datetime import datetime

from app.values.bounds import Bounds
from app.values.decimals import advance, random_step, to_json_counter
from app.values.generators import FieldSettings, Generator, State, Value
from app.values.registry import counts_integers, get_spec


def build_generator(value_type: str, settings: FieldSettings) -> Generator:
    """Return the generator of a field that is not a counter.

    Raises:
        ValueError: It is a counter, whose values depend on the last one.
    """
    build = get_spec(value_type).generator
    if build is None:
        raise ValueError(f"{value_type} is a counter: its values follow from each other")
    return build(settings)


def next_value(
    value_type: str,
    settings: FieldSettings,
    state: State,
    rng: random.Random,
    now: datetime,
    *,
    as_integer: bool | None = None,
) -> tuple[Value, State]:
    """Return a field's value at the instant `now`, and its state after it.

    Args:
        value_type: The name of the value type.
        settings: All settings, as `validate_settings` returns them.
        state: The last value of a counter; None before the first, and for other types.
        rng: The source of randomness.
        now: The instant of the poll.
        as_integer: Whether a counter serves integers. By default its own settings decide; for a spike's copy,
            those of the collection's field do.
    """
    spec = get_spec(value_type)
    if not spec.is_counter:
        return build_generator(value_type, settings).generate_one(rng, now), state
    as_integer = counts_integers(settings) if as_integer is None else as_integer
    step = random_step(
        settings["step_number"], settings["randomization_percentage"], rng, as_integer=as_integer
    )
    following = advance(
        state,
        start=settings["start_number"],
        step=step,
        reset=settings["reset_number"],
        direction=spec.direction,
    )
    return to_json_counter(following, as_integer=as_integer), following


def get_bounds(value_type: str, settings: FieldSettings) -> Bounds:
    """Return the lowest and the highest value that a field can have; None if there are no such bounds."""
    return get_spec(value_type).bounds(settings)
