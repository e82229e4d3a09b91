"""Validation of a field's settings against its value type."""

from typing import Any

from app.values.generators import FieldSettings
from app.values.registry import all_settings, get_spec
from app.values.spec import ValueTypeSpec


def validate_settings(value_type: str, given: FieldSettings) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return every setting of a field, with defaults filled in, and the messages about invalid ones by name.

    Checks which settings there are and how they relate; the kind and the bounds of each are checked by the
    schema.
    """
    spec = get_spec(value_type)
    values = {name: given.get(name) for name in all_settings()}
    errors = {
        name: [_does_not_belong(name, spec)]
        for name, value in values.items()
        if value is not None and name not in spec.setting_names
    }
    missing = [each.name for each in spec.settings if each.is_required and values[each.name] is None]
    errors |= {name: [f"{name} is required for {value_type}"] for name in missing}
    for setting in spec.settings:
        if values[setting.name] is None:
            values[setting.name] = setting.default
    if not missing:
        for name, message in (error for order in spec.orders for error in order.errors(values)):
            errors.setdefault(name, []).append(message)
    return values, errors


def _does_not_belong(name: str, spec: ValueTypeSpec) -> str:
    *others, last = spec.setting_names or ("no settings",)
    accepted = f"{', '.join(others)} and {last}" if others else last
    return f"{name} does not belong to {spec.name}, which takes {accepted}"
