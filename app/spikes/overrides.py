"""Overrides of spikes: read them from a request, merge them with the fields, apply them to copies."""

from typing import Any, NamedTuple

from app.domain.validation import ErrorsByPath
from app.models import Field, SpikeSchedule
from app.values import all_settings, fractional_settings, get_spec, validate_settings

_MUST_BE_WHOLE = "must be a whole number, because the collection's field counts in whole numbers"


class Override(NamedTuple):
    """An override of one field: all settings of the copy, and the names of those that were given."""

    settings: dict[str, Any]
    given: list[str]


def read_overrides(
    entries: list[dict[str, Any]], fields: list[Field], errors: ErrorsByPath
) -> dict[int, Override]:
    """Return the overrides by field id.

    Args:
        entries: The items of `spike_fields`, as loaded by the schema.
        fields: The fields of the collection.
        errors: Messages by path, such as `spike_fields.0.step_number`; new ones are added and name the field.
    """
    by_id = {field.id: field for field in fields}
    overrides: dict[int, Override] = {}
    for index, entry in enumerate(entries):
        field_id = entry.get("original_field_id")
        if field_id is None:
            continue  # the schema has refused it
        path = f"spike_fields.{index}"
        field = by_id.get(field_id)
        if field is None:
            _add(errors, f"{path}.original_field_id", f"this collection has no field {field_id}")
        elif not field.is_editable:
            message = f"{field.field_name} cannot be overridden: only numeric Performance fields can"
            _add(errors, f"{path}.original_field_id", message)
        elif field_id in overrides:
            _add(errors, f"{path}.original_field_id", f"{field.field_name} is listed twice")
        else:
            overrides[field_id] = _merge(entry, field, path, errors)
    return overrides


def apply_overrides(spike: SpikeSchedule, fields: list[Field], overrides: dict[int, Override]) -> None:
    """Apply these overrides to the copies, and reset every other copy to the settings of its field."""
    by_id = {field.id: field for field in fields}
    for copy in spike.spike_fields:
        override = overrides.get(copy.original_field_id)
        if override and override.given:
            copy.override(by_id[copy.original_field_id], *override)
        elif copy.is_overridden:
            copy.follow(by_id[copy.original_field_id])


def _merge(entry: dict[str, Any], field: Field, path: str, errors: ErrorsByPath) -> Override:
    """Merge an override with the field's settings, and validate the result by the rules of its value type."""
    given = {name: entry[name] for name in all_settings() if name in entry}
    settings, new_errors = validate_settings(field.value_type, field.settings | given)
    for name, messages in new_errors.items():
        for message in messages if f"{path}.{name}" not in errors else []:
            _add(errors, f"{path}.{name}", f"{field.field_name}: {message}")
    if field.counts_integers and not new_errors:
        for name in fractional_settings(settings):
            _add(errors, f"{path}.{name}", f"{field.field_name}: {name} {_MUST_BE_WHOLE}")
    return Override(settings, [name for name in given if name in get_spec(field.value_type).setting_names])


def _add(errors: ErrorsByPath, path: str, message: str) -> None:
    errors.setdefault(path, []).append(message)
