"""How values are generated: pure functions of settings, state, randomness and a clock."""

from app.values.bounds import Bounds
from app.values.collection_type import CollectionType
from app.values.decimals import (
    MAX_INTEGER,
    Exact,
    advance,
    max_step,
    random_step,
    round_in_direction,
    to_exact,
    to_json_counter,
    to_json_number,
)
from app.values.evaluation import build_generator, get_bounds, next_value
from app.values.generators import FieldSettings, GenerateMany, Generator, State, Value
from app.values.registry import (
    COLUMN_SETTING_NAMES,
    EXACT_SETTING_NAMES,
    all_settings,
    all_specs,
    counter_types,
    counts_integers,
    fractional_settings,
    get_direction,
    get_spec,
    is_counter,
    is_editable,
    register,
    registered,
    version,
)
from app.values.settings import Setting, SettingKind
from app.values.simulation import Phases, SimulatedField, current_value, first_value, simulate
from app.values.spec import Ordered, ValueKind, ValueTypeSpec
from app.values.validation import validate_settings

__all__ = [
    "COLUMN_SETTING_NAMES",
    "EXACT_SETTING_NAMES",
    "MAX_INTEGER",
    "Bounds",
    "CollectionType",
    "Exact",
    "FieldSettings",
    "GenerateMany",
    "Generator",
    "Ordered",
    "Phases",
    "Setting",
    "SettingKind",
    "SimulatedField",
    "State",
    "Value",
    "ValueKind",
    "ValueTypeSpec",
    "advance",
    "all_settings",
    "all_specs",
    "build_generator",
    "counter_types",
    "counts_integers",
    "current_value",
    "first_value",
    "fractional_settings",
    "get_bounds",
    "get_direction",
    "get_spec",
    "is_counter",
    "is_editable",
    "max_step",
    "next_value",
    "random_step",
    "register",
    "registered",
    "round_in_direction",
    "simulate",
    "to_exact",
    "to_json_counter",
    "to_json_number",
    "validate_settings",
    "version",
]
