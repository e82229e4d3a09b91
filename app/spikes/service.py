"""Operations on spike schedules: schedule, reschedule, end, extend, delete and restore.

The rules are in `windows` (start, end, duration), `overrides` (settings of fields) and `conflicts`
(overlaps). The views commit.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict, Invalid
from app.core.timestamps import format_iso
from app.db import transactions
from app.db.errors import constraint_name
from app.db.session import db
from app.db.types import number_to_text
from app.domain import audit, expectations, rehearsal_record, spike_copies
from app.domain.counter_handover import hand_over_counters
from app.domain.validation import ErrorsByPath, Validated, raise_if_errors
from app.models import Actor, Collection, Rehearsal, SpikeSchedule, SpikeScheduleField
from app.models.audit_actions import Action
from app.models.spike import OVERLAP
from app.models.spike_queries import refresh_search_text
from app.spikes.conflicts import raise_overlap, refuse_overlap
from app.spikes.overrides import apply_overrides, read_overrides
from app.spikes.windows import Span, add_duration, check_window, read_window
from app.values import to_json_number
from app.values.expectations import Window

MAX_AUDITED_OVERRIDES = 20
Check = Callable[[Window | None, ErrorsByPath], None]
"""Checks more of a request; the window is None if it is invalid."""


def schedule(
    actor: Actor, validated: Validated, now: datetime, *, original: Rehearsal | None = None
) -> SpikeSchedule:
    """Create a schedule with a copy of every field of its collection.

    `original` is the rehearsal that is run again, whose expectations fill in what the input leaves out.

    NotFound is raised if the actor has no such collection, Invalid if the input breaks the rules of windows
    or overrides, Conflict if the window overlaps another one.
    """
    values, errors = validated
    raise_if_errors({} if "collection_id" in values else errors)
    collection = Collection.get_for(actor, values["collection_id"], locked=True)
    request = expectations.RehearsalRequest(actor, values, original.id if original else None)
    spike, span = build_draft(collection, validated, now, check=request.check)
    _save_window(spike, span)
    rehearsal_record.on_scheduled(spike, actor, now)
    spike.warnings = request.save(spike.rehearsal_id)
    overridden = [copy.field_name for copy in spike.spike_fields if copy.is_overridden]
    details: dict[str, Any] = {"counters_after": spike.counters_after} if spike.counters_after else {}
    if original:
        details["original"] = {"id": original.id, "name": original.name}
    if request.wanted:
        details["expectations"] = len(request.wanted.expectations)
    audit.record(
        Action.CREATE_SPIKE, spike, **_window(spike), overrides=overridden[:MAX_AUDITED_OVERRIDES], **details
    )
    return spike


def build_draft(
    collection: Collection,
    validated: Validated,
    now: datetime,
    *,
    allow_past: bool = False,
    check: Check | None = None,
) -> tuple[SpikeSchedule, Span]:
    """Build a new schedule without a window, and return it with its window; neither is saved.

    Invalid is raised if the input breaks the rules of windows or overrides, or those of `check`.
    """
    values, errors = validated
    fields = collection.fields
    if not fields:
        errors["collection_id"] = [f"{collection.name!r} has no fields yet; add a field first"]
    span = read_window(values, now, errors)
    overrides = read_overrides(values.get("spike_fields", []), fields, errors)
    if span:
        check_window(span, values, now, errors, allow_past=allow_past)
    if check:
        check(Window(*span) if span else None, errors)
    raise_if_errors(errors)
    assert span is not None
    spike = SpikeSchedule(
        collection_id=collection.id, name=values.get("name"), counters_after=values.get("counters_after")
    )
    spike.spike_fields = [SpikeScheduleField.of(field) for field in fields]
    apply_overrides(spike, fields, overrides)
    return spike, span


def reschedule(actor: Actor, spike: SpikeSchedule, validated: Validated, now: datetime) -> None:
    """Change a schedule. The caller must have locked its collection.

    Invalid is raised if the input breaks the rules of windows, overrides or expectations, Conflict if the
    window overlaps another one.
    """
    before = _audit_values(spike)
    current = spike.rehearsal_id if "rehearsal" in validated.values else None
    request = expectations.RehearsalRequest(actor, validated.values, current)
    _save_window(spike, apply_changes(spike, validated, now, check=request.check))
    rehearsal_record.on_changed(spike, now, previous_start=before["start_datetime"])
    spike.warnings = request.save(spike.rehearsal_id)
    _audit_change(Action.CHANGE_SPIKE, spike, before, request.changes)


def apply_changes(
    spike: SpikeSchedule,
    validated: Validated,
    now: datetime,
    *,
    allow_past: bool = False,
    check: Check | None = None,
) -> Span:
    """Apply all changes except that of the window, and return the window, which is not saved.

    Invalid is raised if the input breaks the rules of windows or overrides, or those of `check`.
    """
    values, errors = validated
    if values.get("collection_id", spike.collection_id) != spike.collection_id:
        errors["collection_id"] = ["cannot be changed; create a new schedule for the other collection"]
    span = read_window(values, now, errors, current=spike)
    fields = spike.collection.fields
    overrides = None
    if "spike_fields" in values:
        overrides = read_overrides(values["spike_fields"], fields, errors)
    if span:
        check_window(span, values, now, errors, allow_past=allow_past)
    if check:
        check(Window(*span) if span else None, errors)
    raise_if_errors(errors)
    assert span is not None
    spike_copies.resync(spike, fields)
    spike.name = values.get("name", spike.name)
    spike.counters_after = values.get("counters_after", spike.counters_after)
    if overrides is not None:
        apply_overrides(spike, fields, overrides)
        spike.updated_at = now
    if _is_restarted(spike, span.start, now):
        for copy in spike.spike_fields:
            copy.hand_over_and_restart()
    return span


def _is_restarted(spike: SpikeSchedule, start: datetime, now: datetime) -> bool:
    """Return whether the first poll of the window is still to come, so that its counters restart."""
    if start > now:
        return True
    return start != spike.start_datetime and transactions.is_ahead_of_database(start)


def end(spike: SpikeSchedule, now: datetime) -> None:
    """End an active schedule at `now`.

    Raises:
        Conflict: It is not active.
    """
    status = spike.status(now)
    if status != "active":
        raise Conflict(
            f"Only active spikes can be ended. {spike.name!r} is {status}.", problem_type="not-active"
        )
    before = _audit_values(spike)
    spike.end_datetime = now
    _load_for_response(spike)
    rehearsal_record.on_changed(spike, now)
    _audit_change(Action.END_SPIKE, spike, before)


def extend(spike: SpikeSchedule, validated: Validated, now: datetime) -> None:
    """Move the end of a schedule by a duration.

    Invalid is raised if the new window breaks the rules of windows, Conflict if it overlaps another one.
    """
    values, errors = validated
    raise_if_errors(errors)
    new_end = add_duration(spike.end_datetime, values["duration"], errors)
    if new_end:
        check_window(Span(spike.start_datetime, new_end), values, now, errors)
    raise_if_errors(errors)
    assert new_end is not None
    spike_copies.resync(spike, spike.collection.fields)
    before = _audit_values(spike)
    _save_window(spike, Span(spike.start_datetime, new_end))
    rehearsal_record.on_changed(spike, now)
    _audit_change(Action.EXTEND_SPIKE, spike, before)


def delete(spike: SpikeSchedule, now: datetime) -> None:
    """Delete a schedule; the next poll serves normal values."""
    rehearsal_record.on_deleted(spike, now)
    audit.record(Action.DELETE_SPIKE, spike, **_window(spike))
    hand_over_counters(SpikeSchedule.id == spike.id)
    db.session.delete(spike)


def _save_window(spike: SpikeSchedule, span: Span) -> None:
    """Set the window of the schedule and flush it; raise Conflict if the window overlaps another one.

    The caller has locked the collection, so the check before suffices; the constraint of the database is a
    second line of defence.

    Raises:
        IntegrityError: Another constraint is violated.
    """
    collection_id, own_id = spike.collection_id, spike.id
    with db.session.no_autoflush:
        refuse_overlap(collection_id, span, ignored_id=own_id)
    spike.start_datetime, spike.end_datetime = span
    db.session.add(spike)
    try:
        db.session.flush()
    except IntegrityError as error:
        if constraint_name(error) != OVERLAP:
            raise
        db.session.rollback()
        raise_overlap(collection_id, span, ignored_id=own_id)
    refresh_search_text(SpikeSchedule.id == spike.id)
    _load_for_response(spike)


def _load_for_response(spike: SpikeSchedule) -> None:
    """Load what the response shows while the collection is locked, to read nothing after the commit."""
    db.session.refresh(spike, ["collection", "spike_fields"])


def restore(actor: Actor, spike_id: int, now: datetime) -> SpikeSchedule:
    """Schedule a deleted spike again as its record describes it, with its id: the undo of `delete`.

    NotFound is raised if the actor has no such spike.

    Raises:
        Conflict: It was not deleted, its window has passed or overlaps another one, or its overrides do not
            fit the fields any more.
    """
    record = Rehearsal.get_of_schedule(actor, spike_id)
    collection = Collection.get_for(actor, record.collection_id, locked=True)
    db.session.refresh(record)
    if record.cancelled_at is None:
        raise Conflict(f"{record.name!r} was not deleted.", problem_type="not-deleted")
    if record.end_datetime <= now:
        raise Conflict(
            f"The window of {record.name!r} has passed: it ended at {format_iso(record.end_datetime)}.",
            problem_type="window-passed",
        )
    values = {
        "name": record.name,
        "start_datetime": record.start_datetime,
        "end_datetime": record.end_datetime,
        "counters_after": record.counters_after,
        "spike_fields": [
            {"original_field_id": override["field_id"], **override["settings"]}
            for override in record.overrides
        ],
    }
    try:
        spike, span = build_draft(collection, Validated(values, {}), now)
    except Invalid as error:
        detail = f"{record.name!r} does not fit the fields of {collection.name!r} any more."
        raise Conflict(detail, problem_type="fields-changed", errors=error.errors) from None
    spike.id, spike.created_at = spike_id, record.created_at
    _save_window(spike, span)
    rehearsal_record.on_restored(spike, now)
    audit.record(Action.RESTORE_SPIKE, spike, **_window(spike))
    return spike


# --- The audit log -------------------------------------------------------------------------------------


def _window(spike: SpikeSchedule) -> dict[str, Any]:
    return {"start_datetime": spike.start_datetime, "end_datetime": spike.end_datetime}


def _audit_values(spike: SpikeSchedule) -> dict[str, Any]:
    """Return the values whose changes the audit log records."""
    return {
        "name": spike.name,
        **_window(spike),
        "counters_after": spike.counters_after,
        "spike_fields": {
            copy.field_name: {name: _to_json(getattr(copy, name)) for name in copy.overridden_settings}
            for copy in spike.spike_fields
            if copy.is_overridden
        },
    }


def _to_json(value: Any) -> Any:
    """Return a setting as a JSON value: a number, or a text if no float equals it."""
    number = to_json_number(value) if isinstance(value, Decimal) else value
    return number_to_text(number) if isinstance(number, Decimal) else number


def _audit_change(
    action: Action,
    spike: SpikeSchedule,
    before: dict[str, Any],
    more: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
) -> None:
    """Record the changes: all values, and the first MAX_AUDITED_OVERRIDES overrides that differ.

    Args:
        action: What was done.
        spike: The schedule.
        before: Its values before.
        more: Other values, before and after.
    """
    after = _audit_values(spike)
    old, new = before["spike_fields"], after["spike_fields"]
    differing = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    recorded = differing[:MAX_AUDITED_OVERRIDES]
    before["spike_fields"], after["spike_fields"] = (
        {name: overrides[name] for name in recorded if name in overrides} for overrides in (old, new)
    )
    audit.record_change(action, spike, before | more[0], after | more[1])
