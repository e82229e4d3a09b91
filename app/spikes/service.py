"""Scheduling spikes: the window, the overrides, and what is in the way."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict, DomainError
from app.core.timestamps import LATEST, format_iso
from app.db import transactions
from app.db.errors import constraint_name
from app.db.session import db
from app.db.types import number_to_text
from app.domain import audit, spike_copies
from app.domain.counter_handover import hand_back
from app.domain.validation import Validated, raise_if_errors
from app.models import Actor, Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.audit import Action
from app.models.spike import OVERLAP, note_names
from app.values import SETTING_NAMES, fractional_settings, kind_of, plain, settle

Faults = dict[str, list[str]]
MOST_NOTED = 20  # names of overridden fields in the audit log


class Override(NamedTuple):
    """What a spike overrides of a field: all settings of the copy, and those that its author gave."""

    settings: dict[str, Any]
    given: list[str]


class Span(NamedTuple):
    """A window that may yet be wrong."""

    start: datetime
    end: datetime


# --- The verbs -----------------------------------------------------------------------------------------


def schedule(actor: Actor, given: Validated, now: datetime) -> SpikeSchedule:
    """A new schedule with a copy of every field of its collection."""
    values, faults = given
    raise_if_errors({} if "collection_id" in values else faults)
    collection = Collection.get_for(actor, values["collection_id"], locked=True)
    spike, span = draft(collection, given, now)
    _place(spike, span)
    overridden = [copy.field_name for copy in spike.spike_fields if copy.is_overridden]
    said: dict[str, Any] = {"counters_after": spike.counters_after} if spike.counters_after else {}
    audit.note(Action.CREATE_SPIKE, spike, **_window(spike), overrides=overridden[:MOST_NOTED], **said)
    return spike


def draft(
    collection: Collection, given: Validated, now: datetime, *, may_be_past: bool = False
) -> tuple[SpikeSchedule, Span]:
    """The schedule that is asked for, and its window: not placed yet."""
    values, faults = given
    fields = collection.fields
    if not fields:
        faults["collection_id"] = [f"{collection.name!r} has no fields yet; add one first"]
    span = _span(values, now, faults)
    overrides = _overrides(values.get("spike_fields", []), fields, faults)
    if span:
        _check_span(span, values, now, faults, may_be_past=may_be_past)
    raise_if_errors(faults)
    assert span is not None
    spike = SpikeSchedule(
        collection_id=collection.id, name=values.get("name"), counters_after=values.get("counters_after")
    )
    spike.spike_fields = [SpikeScheduleField.of(field) for field in fields]
    _override(spike, fields, overrides)
    return spike, span


def reschedule(spike: SpikeSchedule, given: Validated, now: datetime) -> None:
    """Change what is given about a schedule, whose collection the caller has locked."""
    before = _noted(spike)
    _place(spike, revise(spike, given, now))
    _note_change(Action.CHANGE_SPIKE, spike, before)


def revise(spike: SpikeSchedule, given: Validated, now: datetime, *, may_be_past: bool = False) -> Span:
    """Change what is given about a schedule, but for its window: that is returned, not placed yet."""
    values, faults = given
    if values.get("collection_id", spike.collection_id) != spike.collection_id:
        faults["collection_id"] = ["cannot be changed; create a schedule for the other collection"]
    span = _span(values, now, faults, present=spike)
    fields = spike.collection.fields
    overrides = None
    if "spike_fields" in values:
        overrides = _overrides(values["spike_fields"], fields, faults)
    if span:
        _check_span(span, values, now, faults, may_be_past=may_be_past)
    raise_if_errors(faults)
    assert span is not None
    spike_copies.catch_up(spike, fields)
    spike.name = values.get("name", spike.name)
    spike.counters_after = values.get("counters_after", spike.counters_after)
    if overrides is not None:
        _override(spike, fields, overrides)
        spike.updated_at = now
    if span.start > now or (
        span.start != spike.start_datetime and transactions.is_ahead_of_database(span.start)
    ):
        for copy in spike.spike_fields:
            copy.let_go()  # its first value in the window is still to come
    return span


def end(spike: SpikeSchedule, now: datetime) -> None:
    """End an active schedule at this instant."""
    status = spike.status(now)
    if status != "active":
        raise Conflict(f"{spike.name!r} is {status}, not active; there is nothing to end.", kind="not-active")
    before = _noted(spike)
    spike.end_datetime = now
    _settle(spike)
    _note_change(Action.END_SPIKE, spike, before)


def extend(spike: SpikeSchedule, given: Validated, now: datetime) -> None:
    """Move the end of a schedule, by the rules of windows."""
    values, faults = given
    raise_if_errors(faults)
    later = _later(spike.end_datetime, values["duration"], faults)
    if later:
        _check_span(Span(spike.start_datetime, later), values, now, faults)
    raise_if_errors(faults)
    assert later is not None
    spike_copies.catch_up(spike, spike.collection.fields)
    before = _noted(spike)
    _place(spike, Span(spike.start_datetime, later))
    _note_change(Action.EXTEND_SPIKE, spike, before)


def delete(spike: SpikeSchedule) -> None:
    """Delete a schedule; the next poll serves normal values."""
    audit.note(Action.DELETE_SPIKE, spike, **_window(spike))
    hand_back(SpikeSchedule.id == spike.id)
    db.session.delete(spike)


def _window(spike: SpikeSchedule) -> dict[str, Any]:
    return {"start_datetime": spike.start_datetime, "end_datetime": spike.end_datetime}


def _noted(spike: SpikeSchedule) -> dict[str, Any]:
    """What the audit log tells of, where it changes."""
    return {
        "name": spike.name,
        **_window(spike),
        "counters_after": spike.counters_after,
        "spike_fields": {
            copy.field_name: {name: _as_json(getattr(copy, name)) for name in copy.overridden_settings}
            for copy in spike.spike_fields
            if copy.is_overridden
        },
    }


def _as_json(value: Any) -> Any:
    """Return a setting as the audit log keeps it: a number, or the text of one that no float is."""
    number = plain(value) if isinstance(value, Decimal) else value
    return number_to_text(number) if isinstance(number, Decimal) else number


def _note_change(action: Action, spike: SpikeSchedule, before: dict[str, Any]) -> None:
    """Note what changed; of the overrides only those that differ, and no more than MOST_NOTED of them."""
    after = _noted(spike)
    old, new = before["spike_fields"], after["spike_fields"]
    differing = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)][:MOST_NOTED]
    before["spike_fields"], after["spike_fields"] = (
        {name: overrides[name] for name in differing if name in overrides} for overrides in (old, new)
    )
    audit.note_change(action, spike, before, after)


# --- The window ----------------------------------------------------------------------------------------


def _span(
    values: Mapping[str, Any], now: datetime, faults: Faults, *, present: SpikeSchedule | None = None
) -> Span | None:
    """The window that is asked for, merged with the present one; None where it cannot be told."""
    if "end_datetime" in values and "duration" in values:
        faults["duration"] = ["give end_datetime or duration, not both"]
    if faults.keys() & {"start_datetime", "end_datetime", "duration"}:
        return None
    start = values.get("start_datetime", present.start_datetime if present else now)
    if "duration" in values:
        end = _later(start, values["duration"], faults)
    else:
        end = values.get("end_datetime", present.end_datetime if present else None)
        if end is None:
            faults["end_datetime"] = ["is required, or a duration in seconds"]
    return Span(start, end) if end else None


def _later(start: datetime, length: timedelta, faults: Faults) -> datetime | None:
    if length >= LATEST - start:
        faults["duration"] = ["reaches past the year 9998"]
        return None
    return start + length


def _check_span(
    span: Span, values: Mapping[str, Any], now: datetime, faults: Faults, *, may_be_past: bool = False
) -> None:
    """The rules of a window; a fault is told at the input in `values` that brought it about."""
    if span.end <= span.start:
        only_start = "start_datetime" in values and "end_datetime" not in values
        at = "start_datetime" if only_start else "end_datetime"
        said = f"must be after start_datetime ({format_iso(span.end)} is not after {format_iso(span.start)})"
        faults[at] = [f"end_datetime {said}"]
    elif span.end <= now and not may_be_past:
        at = "duration" if "duration" in values else "end_datetime"
        faults[at] = [f"end_datetime must be in the future ({format_iso(span.end)} is past)"]


def _place(spike: SpikeSchedule, span: Span) -> None:
    """Give the schedule this window, or Conflict where another one is in the way.

    The collection is locked, so looking first is enough; the database refuses all the same.
    """
    collection_id, own_id = spike.collection_id, spike.id
    with db.session.no_autoflush:
        if SpikeSchedule.in_the_way(collection_id, span.start, span.end, but=own_id):
            raise overlap(collection_id, span, but=own_id)
    spike.start_datetime, spike.end_datetime = span
    db.session.add(spike)
    try:
        db.session.flush()
    except IntegrityError as error:
        if constraint_name(error) != OVERLAP:
            raise
        db.session.rollback()
        raise overlap(collection_id, span, but=own_id) from error
    note_names(SpikeSchedule.id == spike.id)
    _settle(spike)


def _settle(spike: SpikeSchedule) -> None:
    """Read what the answer shows while the collection is locked: nothing is read after the commit."""
    db.session.refresh(spike, ["collection", "spike_fields"])


def overlap(collection_id: int, span: Span, *, but: int | None) -> DomainError:
    """The refusal of a window."""
    facts = in_the_way(collection_id, span, but=but)
    conflicts, next_free_start = facts["conflicts"], facts["next_free_start"]
    names = ", ".join(repr(other["name"]) for other in conflicts[:3])
    more = f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else ""
    remedy = f" The next free start is {next_free_start}." if next_free_start else ""
    return Conflict(f"The window overlaps {names}{more}.{remedy}", kind="overlap", facts=facts)


def in_the_way(collection_id: int, span: Span, *, but: int | None) -> dict[str, Any]:
    """What is in the way of a window, and from when a window of this length is free."""
    conflicts = SpikeSchedule.in_the_way(collection_id, span.start, span.end, but=but)
    length = span.end - span.start
    try:
        free = SpikeSchedule.next_free_start(collection_id, span.start, length, but=but)
        next_free_start = format_iso(free) if free + length < LATEST else None
    except OverflowError:
        next_free_start = None
    return {"conflicts": [in_brief(other) for other in conflicts], "next_free_start": next_free_start}


def in_brief(spike: SpikeSchedule) -> dict[str, Any]:
    """A schedule that is in the way."""
    return {
        "id": spike.id,
        "name": spike.name,
        "start_datetime": format_iso(spike.start_datetime),
        "end_datetime": format_iso(spike.end_datetime),
    }


# --- The overrides -------------------------------------------------------------------------------------


def _overrides(entries: list[dict[str, Any]], fields: list[Field], faults: Faults) -> dict[int, Override]:
    """The overrides by field id; each fault is told by its path and names the field."""
    by_id = {field.id: field for field in fields}
    overrides: dict[int, Override] = {}
    for index, entry in enumerate(entries):
        field_id = entry.get("original_field_id")
        if field_id is None:
            continue  # a fault of its form, told already
        path = f"spike_fields.{index}"
        field = by_id.get(field_id)
        if field is None:
            _add(faults, f"{path}.original_field_id", f"there is no field {field_id} in this collection")
        elif not field.is_editable:
            said = f"{field.field_name} cannot be overridden: only numeric Performance fields can"
            _add(faults, f"{path}.original_field_id", said)
        elif field_id in overrides:
            _add(faults, f"{path}.original_field_id", f"{field.field_name} is listed twice")
        else:
            overrides[field_id] = _merged(entry, field, path, faults)
    return overrides


def _merged(entry: dict[str, Any], field: Field, path: str, faults: Faults) -> Override:
    """An override together with the values that it leaves alone, checked by the rules of a field."""
    given = {name: entry[name] for name in SETTING_NAMES if name in entry}
    settings, found = settle(field.value_type, field.settings | given)
    for name, messages in found.items():
        for message in messages if f"{path}.{name}" not in faults else []:
            _add(faults, f"{path}.{name}", f"{field.field_name}: {message}")
    if field.counts_whole and not found:
        for name in fractional_settings(settings):
            _add(faults, f"{path}.{name}", f"{field.field_name}: {name} {_MUST_BE_WHOLE}")
    return Override(settings, [name for name in given if name in kind_of(field.value_type).settings])


_MUST_BE_WHOLE = "must be a whole number, because the collection's field counts in whole numbers"


def _add(faults: Faults, path: str, message: str) -> None:
    faults.setdefault(path, []).append(message)


def _override(spike: SpikeSchedule, fields: list[Field], overrides: dict[int, Override]) -> None:
    """Give the copies these overrides; a copy without one is what its field is."""
    by_id = {field.id: field for field in fields}
    for copy in spike.spike_fields:
        override = overrides.get(copy.original_field_id)
        if override and override.given:
            copy.override(by_id[copy.original_field_id], *override)
        elif copy.is_overridden:
            copy.follow(by_id[copy.original_field_id])
