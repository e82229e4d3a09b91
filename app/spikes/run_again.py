"""Schedule a spike again, from its record: the fields that it overrode are found by their names."""

from datetime import datetime
from typing import Any

from app.core.errors import Invalid
from app.domain.validation import ErrorsByPath, Validated
from app.models import Actor, Collection, Field, Rehearsal, SpikeSchedule
from app.spikes import service
from app.values import CollectionType


def run_again(actor: Actor, rehearsal_id: int, validated: Validated, now: datetime) -> SpikeSchedule:
    """Create a schedule with the name, the overrides and, by default, the length of a rehearsal, from now on.

    NotFound is raised if the actor has no such rehearsal, and everything that `service.schedule` raises.

    Raises:
        Invalid: Fields are gone or cannot be overridden like that any more, or the input is invalid.
    """
    rehearsal = Rehearsal.get_for(actor, rehearsal_id, locked=True)
    values, errors = validated
    entries = _build_entries(rehearsal.collection, rehearsal.overrides, errors)
    length = rehearsal.end_datetime - rehearsal.start_datetime
    if not length and "duration" not in values.keys() | errors.keys():
        errors["duration"] = ["is required: the spike was ended at its start, so its length is 0"]
    if errors:
        raise Invalid(errors)
    again: dict[str, Any] = {
        "collection_id": rehearsal.collection_id,
        "name": rehearsal.name,
        "counters_after": rehearsal.counters_after,
        "duration": length,
        "spike_fields": entries,
        **values,
    }
    if rehearsal.decided_by is not None:
        again.setdefault("rehearsal", {})  # what the body leaves out is as it was
    return service.schedule(actor, Validated(again, {}), now, original=rehearsal)


def _build_entries(
    collection: Collection, overrides: list[dict[str, Any]], errors: ErrorsByPath
) -> list[dict[str, Any]]:
    """Return `spike_fields` with these overrides; add errors for fields that have no counterpart."""
    by_name = {
        field.field_name: field
        for field in collection.fields
        if field.collection_type is CollectionType.PERFORMANCE
    }
    entries = []
    for index, override in enumerate(overrides):
        field = by_name.get(override["field_name"])
        problem = _find_problem(field, override)
        if field is None or problem:
            errors[f"overrides.{index}.field_name"] = [f"{override['field_name']}: {problem}"]
        else:
            entries.append({"original_field_id": field.id, **override["settings"]})
    return entries


def _find_problem(field: Field | None, override: dict[str, Any]) -> str | None:
    if field is None:
        return "the collection has no Performance field of this name any more"
    if not field.is_editable:
        return "cannot be overridden any more: only numeric Performance fields can"
    if field.value_type != override["value_type"]:
        return f"has another type now, {field.value_type}; it was {override['value_type']}"
    return None
