"""How values are generated: pure functions of settings, state, randomness and a clock."""

from app.values.catalogue import (
    DIRECTIONS,
    NUMERIC_TYPES,
    SETTING_NAMES,
    SETTINGS,
    CollectionType,
    Setting,
    Shape,
    ValueType,
    band,
    draw,
    is_editable,
    kind_of,
    rule_of,
    settle,
)
from app.values.draws import Draw, Rule, Settings, State, Value
from app.values.exact import LARGEST_INTEGER, Exact, advance, exact, plain, random_step
from app.values.simulate import Phases, Source, first_value, simulate, standing

__all__ = [
    "DIRECTIONS",
    "LARGEST_INTEGER",
    "NUMERIC_TYPES",
    "SETTINGS",
    "SETTING_NAMES",
    "CollectionType",
    "Draw",
    "Exact",
    "Phases",
    "Rule",
    "Setting",
    "Settings",
    "Shape",
    "Source",
    "State",
    "Value",
    "ValueType",
    "advance",
    "band",
    "draw",
    "exact",
    "first_value",
    "is_editable",
    "kind_of",
    "plain",
    "random_step",
    "rule_of",
    "settle",
    "simulate",
    "standing",
]
