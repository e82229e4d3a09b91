"""The built-in value types: one row for each.

The API's schemas, the OpenAPI document, the pages, previews and polls read them through `values.registry`. To
add a value type, add a row to BUILT_IN; "Your first change" in docs/development.md walks through it.
"""

from typing import Any

from app.values import bounds, generators, settings
from app.values.settings import Setting
from app.values.spec import Ordered, ValueKind, ValueTypeSpec


def _constant(name: str, label: str, description: str, setting: Setting, **more: Any) -> ValueTypeSpec:
    shown = f"{{{setting.name}}}"
    words = {"rule": f"fixed at {shown}", "short_rule": shown, "kind_label": "fixed"}
    return ValueTypeSpec(
        name=name,
        label=label,
        description=description,
        settings=(setting,),
        generator=generators.fixed(setting.name),
        fixed=setting.name,
        **words | {"bounds": bounds.constant(setting.name)} | more,
    )


def _range(name: str, low: Setting, high: Setting, *others: Setting, **more: Any) -> ValueTypeSpec:
    return ValueTypeSpec(
        name=name,
        rule=f"random {{{low.name}}} to {{{high.name}}}",
        short_rule=f"{{{low.name}}}–{{{high.name}}}",
        settings=(low, high, *others),
        orders=(Ordered(low.name, high.name, blamed=low.name),),
        **more,
    )


def _counter(name: str, verb: str, description: str, direction: int, order: Ordered) -> ValueTypeSpec:
    sign = "+" if direction > 0 else "−"  # noqa: RUF001 - a minus sign, for people
    spread = "[ ± {randomization_percentage} %]"
    return ValueTypeSpec(
        name=name,
        label=verb.capitalize(),
        description=description,
        rule=f"{verb} from {{start_number}} by {{step_number}}{spread}[, resets at {{reset_number}}]",
        short_rule=f"{sign}{{step_number}}{spread} a poll",
        settings=(settings.START, settings.STEP, settings.RESET, settings.RANDOMIZATION),
        override_order=("start_number", "step_number", "randomization_percentage", "reset_number"),
        direction=direction,
        orders=(order,),
        bounds=bounds.counter,
    )


BUILT_IN = (
    _range(
        "NUMBER_RANGE",
        settings.MIN_INTEGER_DRAWN,
        settings.MAX_INTEGER_DRAWN,
        label="Random integer",
        description="A random whole number on every poll, both ends included.",
        kind_label="random, whole",
        generator=generators.number_range,
        is_integer=True,
        bounds=bounds.integer_range,
    ),
    _range(
        "FLOAT_RANGE",
        settings.MIN_FLOAT_DRAWN,
        settings.MAX_FLOAT_DRAWN,
        settings.PRECISION,
        label="Random float",
        description="A random number with decimals on every poll, both ends included.",
        kind_label="random, {float_precision}",
        decimals="float_precision",
        generator=generators.float_range,
        bounds=bounds.float_range,
    ),
    _counter(
        "INCREMENT",
        "counts up",
        "Goes up by a step on every poll, like the bytes that an interface has sent.",
        1,
        Ordered("start_number", "reset_number", blamed="reset_number"),
    ),
    _counter(
        "DECREMENT",
        "counts down",
        "Goes down by a step on every poll, like a tank.",
        -1,
        Ordered("reset_number", "start_number", blamed="reset_number"),
    ),
    _constant(
        "NUMBER_FIXED",
        "Fixed integer",
        "The same whole number on every poll.",
        settings.FIXED_INTEGER,
        is_integer=True,
    ),
    _constant(
        "FLOAT_FIXED", "Fixed float", "The same number with decimals on every poll.", settings.FIXED_FLOAT
    ),
    _constant(
        "TEXT_FIXED",
        "Fixed text",
        "The same text on every poll.",
        settings.FIXED_TEXT,
        rule="fixed text “{fixed_value_text}”",
        short_rule="“{fixed_value_text}”",
        kind_label="text",
        value_kind=ValueKind.TEXT,
        bounds=bounds.unbounded,
    ),
    ValueTypeSpec(
        name="EPOCH_NOW",
        label="Time of the poll",
        description="The seconds since 1970 at the moment of the poll.",
        rule="time of the poll",
        kind_label="time",
        generator=generators.epoch_now,
        value_kind=ValueKind.TIMESTAMP,
        is_integer=True,
    ),
)
