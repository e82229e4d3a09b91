"""The catalogue of value types: functions that look up the rows of `values.value_types`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.values.collection_type import CollectionType
from app.values.decimals import is_integer
from app.values.generators import FieldSettings
from app.values.settings import COLUMN_SETTINGS, Setting, SettingKind
from app.values.spec import MAX_NAME_LENGTH, ValueTypeSpec
from app.values.value_types import BUILT_IN

COLUMN_SETTING_NAMES = tuple(setting.name for setting in COLUMN_SETTINGS)
"""The settings that `fields` and `spike_schedule_fields` have a column for."""
EXACT_SETTING_NAMES = tuple(setting.name for setting in COLUMN_SETTINGS if setting.kind is SettingKind.EXACT)
"""The settings of a counter that decide whether it counts in integers."""


_specs: dict[str, ValueTypeSpec] = {}
_settings: dict[str, Setting] = {}
_version = 0


def register(spec: ValueTypeSpec) -> None:
    """Add a value type to the catalogue.

    Raises:
        ValueError: The name is too long or taken, or the type uses the name of another setting.
    """
    global _version
    if spec.name in _specs or len(spec.name) > MAX_NAME_LENGTH:
        raise ValueError(f"{spec.name!r} is taken, or has more than {MAX_NAME_LENGTH} characters")
    for setting in spec.settings:
        if _settings.setdefault(setting.name, setting) != setting:
            raise ValueError(f"{spec.name} has another setting {setting.name!r} than an earlier value type")
    _specs[spec.name] = spec
    _version += 1


@contextmanager
def registered(spec: ValueTypeSpec) -> Iterator[ValueTypeSpec]:
    """Add a value type to the catalogue for the duration of a `with` block: for tests."""
    global _version
    specs, settings = dict(_specs), dict(_settings)
    register(spec)
    try:
        yield spec
    finally:
        _specs.clear()
        _specs.update(specs)
        _settings.clear()
        _settings.update(settings)
        _version += 1


def version() -> int:
    """Return a number that changes when the catalogue does."""
    return _version


def all_specs() -> tuple[ValueTypeSpec, ...]:
    """Return every value type, in the order in which the field dialog offers them."""
    return tuple(_specs.values())


def all_settings() -> Mapping[str, Setting]:
    """Return every setting by name: first those with a column, then those of the column `parameters`."""
    return _settings


def get_spec(value_type: str) -> ValueTypeSpec:
    """Return the row of `value_type`. Raises KeyError if there is none."""
    return _specs[value_type]


_settings.update((setting.name, setting) for setting in COLUMN_SETTINGS)
for _spec in BUILT_IN:
    register(_spec)


def is_counter(value_type: str) -> bool:
    """Return whether fields of this type are counters."""
    return _specs[value_type].direction != 0


def counter_types() -> tuple[str, ...]:
    """Return the names of the types whose fields are counters."""
    return tuple(spec.name for spec in _specs.values() if spec.is_counter)


def get_direction(value_type: str) -> int:
    """Return 1 if fields of this type count up, -1 if they count down, 0 if they are not counters."""
    return _specs[value_type].direction


def is_editable(collection_type: CollectionType, value_type: str) -> bool:
    """Return whether a spike may override such a field: Performance *and* numeric."""
    return collection_type is CollectionType.PERFORMANCE and _specs[value_type].is_numeric


def counts_integers(settings: FieldSettings) -> bool:
    """Return whether a counter with these settings counts in integers: start, step and reset are whole.

    For a spike's copy, pass the settings of the collection's field: a field never changes its JSON type.
    """
    return not fractional_settings(settings)


def fractional_settings(settings: FieldSettings) -> list[str]:
    """Return the names of the counter settings that have a fraction."""
    return [
        name for name in EXACT_SETTING_NAMES if settings[name] is not None and not is_integer(settings[name])
    ]
