"""Changes of collections and fields, and their effects on spike copies and the audit log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.collections.metrics import find_metric_error, require_unique_metric
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.db.errors import to_domain_error
from app.db.session import db
from app.domain import audit, spike_copies
from app.domain.validation import Validated, raise_if_errors
from app.models import Actor, Collection, Field, User
from app.models.audit_actions import Action
from app.models.collection import field_name_taken, name_taken
from app.values import (
    all_settings,
    counts_integers,
    fractional_settings,
    is_counter,
    validate_settings,
)

# --- Collections ---------------------------------------------------------------------------------------


def create_collection(actor: Actor, values: Mapping[str, Any]) -> Collection:
    """Create a collection that the actor owns; Admins can name another owner."""
    collection = _new_collection(actor, values)
    audit.record(Action.CREATE_COLLECTION, collection, owner=collection.owner.username)
    return collection


def _new_collection(actor: Actor, values: Mapping[str, Any]) -> Collection:
    collection = Collection(name=values["name"], owner_id=actor.user_id)
    _assign_owner(actor, collection, values)
    db.session.add(collection)
    _flush_collection(collection)
    return collection


def change_collection(actor: Actor, collection: Collection, changes: Mapping[str, Any]) -> None:
    """Change the name or, for Admins, the owner of a collection."""
    before = _collection_audit_values(collection)
    # The owner comes first: its query would autoflush a changed name, and a taken name would then raise its
    # error outside of `_flush_collection`, with another message.
    _assign_owner(actor, collection, changes)
    collection.name = changes.get("name", collection.name)
    _flush_collection(collection)
    audit.record_change(Action.CHANGE_COLLECTION, collection, before, _collection_audit_values(collection))


def _collection_audit_values(collection: Collection) -> dict[str, Any]:
    """Return the values whose changes the audit log records."""
    return {"name": collection.name, "owner": collection.owner.username}


def _assign_owner(actor: Actor, collection: Collection, values: Mapping[str, Any]) -> None:
    """Set the owner of a collection, if `values` names one.

    Raises:
        Forbidden: the owner would change, and the actor is no Admin.
        Invalid: there is no such user.
    """
    owner_id = values.get("owner_id", collection.owner_id)
    if owner_id == collection.owner_id:
        return
    if not actor.is_admin:
        raise Forbidden("Only Admins can choose the owner of a collection.")
    if db.session.get(User, owner_id) is None:
        raise Invalid({"owner_id": [f"there is no user {owner_id}"]})
    collection.owner_id = owner_id


def _flush_collection(collection: Collection) -> None:
    name = collection.name
    try:
        db.session.flush()  # raises IntegrityError for a taken name
    except IntegrityError as error:
        raise to_domain_error(error, {"uq_collections_name": lambda: name_taken(name)}) from error
    # The response needs these attributes, and nothing is read after the commit.
    db.session.refresh(collection, ["owner", "fields", "last_polled_at", "last_polled_by", "last_poller_id"])


def copy_collection(actor: Actor, original: Collection, name: str) -> Collection:
    """Copy a collection's fields, without counter values, into a new collection that the actor owns."""
    collection = _new_collection(actor, {"name": name})
    audit.record(Action.COPY_COLLECTION, collection, original={"id": original.id, "name": original.name})
    for field in original.fields:
        copy = Field(collection_type=field.collection_type, field_name=field.field_name, metric=field.metric)
        copy.apply_settings(field.value_type, field.settings)
        collection.fields.append(copy)
        db.session.flush()  # one by one, so that the ids have the order of the originals
    return collection


def delete_collection(collection: Collection) -> None:
    """Delete a collection with its fields and schedules."""
    audit.record(Action.DELETE_COLLECTION, collection)
    db.session.delete(collection)


def delete_collections(actor: Actor, ids: Sequence[int]) -> None:
    """Delete all of these collections, or none of them.

    Raises:
        NotFound: one of them does not exist for the actor.
    """
    query = (
        sa.select(Collection.id)
        .where(Collection.id.in_(ids), actor.readable(Collection.owner_id))
        .order_by(Collection.id)
        .with_for_update()
    )
    existing_ids = set(db.session.scalars(query))
    missing = {
        f"collection_ids.{index}": [f"there is no collection {id_}"]
        for index, id_ in enumerate(ids)
        if id_ not in existing_ids
    }
    if missing:
        raise NotFound("Nothing was deleted: some of the collections do not exist.", errors=missing)
    gone = db.session.scalars(
        sa.delete(Collection).where(Collection.id.in_(existing_ids)).returning(Collection)
    )
    audit.record_each(Action.DELETE_COLLECTION, gone)


# --- Fields --------------------------------------------------------------------------------------------


def add_field(collection: Collection, validated: Validated, now: datetime) -> Field:
    """Add a field to a collection, which the caller has locked, and to its schedules that have not ended."""
    values, errors = validated
    settings = _complete_settings(values, values, errors)
    _check_metric(values.get("metric"), values.get("value_type"), errors)
    raise_if_errors(errors)
    field = Field(
        collection_id=collection.id,
        collection_type=values["collection_type"],
        field_name=values["field_name"],
        metric=values.get("metric"),
    )
    field.apply_settings(values["value_type"], settings)
    require_unique_metric(field)
    db.session.add(field)
    _flush_field(field)
    spike_copies.on_field_added(field, now)
    audit.record(Action.CREATE_FIELD, field, **_field_types(field))
    return field


def change_field(field: Field, validated: Validated, now: datetime) -> None:
    """Change a field, whose collection the caller has locked, and update its copies."""
    changes, errors = validated
    before = _field_audit_values(field)
    value_type = changes.get("value_type", field.value_type)
    collection_type = changes.get("collection_type", field.collection_type)
    previous = field.settings if value_type == field.value_type else {}  # another type's settings are dropped
    merged = previous | {name: changes[name] for name in all_settings() if name in changes}
    settings = _complete_settings({"value_type": value_type}, merged, errors)
    metric = changes.get("metric", field.metric)
    _check_metric(metric, value_type, errors)
    raise_if_errors(errors)
    kind_changed = (value_type, collection_type) != (field.value_type, field.collection_type)
    if is_counter(value_type) and not kind_changed and counts_integers(settings):
        _refuse_fractional_overrides(field)
    field.field_name = changes.get("field_name", field.field_name)
    field.collection_type = collection_type
    field.metric = metric
    restarts = field.apply_settings(value_type, settings)
    require_unique_metric(field)
    _flush_field(field)
    if restarts:
        spike_copies.on_counter_restarted(field, now)
    spike_copies.on_field_changed(field, kind_changed=kind_changed, now=now)
    audit.record_change(Action.CHANGE_FIELD, field, before, _field_audit_values(field))


def _refuse_fractional_overrides(field: Field) -> None:
    """Check that no spike sets a fraction in a field that is to count in whole numbers.

    Raises:
        Conflict: a spike does.
    """
    copies = spike_copies.fractional_overrides(field)
    if not copies:
        return
    copy, *others = copies
    names = fractional_settings(copy.settings)
    overrides = ", ".join(f"{name} {getattr(copy, name).normalize():f}" for name in names)
    more = f" So do {len(others)} more." if others else ""
    raise Conflict(
        f"With these settings {field.field_name!r} counts in whole numbers, but the spike "
        f"{copy.spike_schedule.name!r} overrides it with {overrides}.{more} Change or remove that override "
        "first, or keep a fraction in the start, step or reset of the field.",
        problem_type="fractional-override",
        members={"spike_schedules": [each.spike_schedule_id for each in copies]},
    )


def _field_audit_values(field: Field) -> dict[str, Any]:
    """Return the values whose changes the audit log records."""
    return {"field_name": field.field_name, "metric": field.metric, **_field_types(field), **field.settings}


def _field_types(field: Field) -> dict[str, Any]:
    return {"collection_type": field.collection_type, "value_type": field.value_type}


def _complete_settings(
    types: Mapping[str, Any], settings: Mapping[str, Any], errors: dict[str, list[str]]
) -> dict[str, Any]:
    """Return the settings with their defaults, and add messages to `errors` for inputs without any."""
    if "value_type" not in types:
        return {}
    completed, new_errors = validate_settings(types["value_type"], settings)
    for name, messages in new_errors.items():
        errors.setdefault(name, messages)
    return completed


def _check_metric(metric: str | None, value_type: str | None, errors: dict[str, list[str]]) -> None:
    """Add an error for a metric that a field of this value type cannot have."""
    error = find_metric_error(metric, value_type) if value_type else None
    if error:
        errors.setdefault("metric", [error])


def _flush_field(field: Field) -> None:
    name, collection_type = field.field_name, field.collection_type
    try:
        db.session.flush()  # raises IntegrityError for a taken name
    except IntegrityError as error:
        handlers = {
            "uq_fields_collection_id_collection_type_field_name": lambda: field_name_taken(
                name, collection_type
            )
        }
        raise to_domain_error(error, handlers) from error


def reset_counter(field: Field, now: datetime) -> None:
    """Restart a counter at its start, and also its copies that do not override the start.

    Raises:
        Conflict: the field is no counter.
    """
    if not is_counter(field.value_type):
        raise Conflict(f"{field.field_name} is not a counter: {field.value_type} has nothing to reset.")
    field.current_number = None
    spike_copies.on_counter_restarted(field, now)
    audit.record(Action.RESET_FIELD, field, collection_type=field.collection_type)


def delete_field(field: Field, now: datetime) -> None:
    """Delete a field and its copies."""
    audit.record(Action.DELETE_FIELD, field, collection_type=field.collection_type)
    spike_copies.on_field_deleted(field, now)
    db.session.delete(field)
