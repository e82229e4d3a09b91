"""What changes about collections and fields, and what follows from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.db.errors import to_domain_error
from app.db.session import db
from app.domain import audit, spike_copies
from app.domain.validation import Validated, raise_if_errors
from app.models import Actor, Collection, Field, User
from app.models.audit import Action
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
    """A new collection of the actor's, or of whoever an Admin says."""
    collection = _new_collection(actor, values)
    audit.record(Action.CREATE_COLLECTION, collection, owner=collection.owner.username)
    return collection


def _new_collection(actor: Actor, values: Mapping[str, Any]) -> Collection:
    collection = Collection(name=values["name"], owner_id=actor.user_id)
    _give(actor, collection, values)
    db.session.add(collection)
    _flush_collection(collection)
    return collection


def change_collection(actor: Actor, collection: Collection, changes: Mapping[str, Any]) -> None:
    """Rename a collection, or give it to somebody else."""
    before = _noted(collection)
    # The owner is looked up first: with the name changed already, the look-up would write it, and a name that
    # is taken would be refused there, in other words.
    _give(actor, collection, changes)
    collection.name = changes.get("name", collection.name)
    _flush_collection(collection)
    audit.record_change(Action.CHANGE_COLLECTION, collection, before, _noted(collection))


def _noted(collection: Collection) -> dict[str, Any]:
    """What the audit log tells of, where it changes."""
    return {"name": collection.name, "owner": collection.owner.username}


def _give(actor: Actor, collection: Collection, values: Mapping[str, Any]) -> None:
    owner_id = values.get("owner_id", collection.owner_id)
    if owner_id == collection.owner_id:
        return
    if not actor.is_admin:
        raise Forbidden("Only an Admin may say who owns a collection.")
    if db.session.get(User, owner_id) is None:
        raise Invalid({"owner_id": [f"there is no user {owner_id}"]})
    collection.owner_id = owner_id


def _flush_collection(collection: Collection) -> None:
    name = collection.name
    try:
        db.session.flush()  # a name that is taken shows now
    except IntegrityError as error:
        raise to_domain_error(error, {"uq_collections_name": lambda: name_taken(name)}) from error
    # For the answer: nothing is read after the commit.
    db.session.refresh(collection, ["owner", "fields", "last_polled_at", "last_polled_by", "last_poller_id"])


def copy_collection(actor: Actor, original: Collection, name: str) -> Collection:
    """A new collection of the actor's with the same fields; without state, spikes or keys."""
    collection = _new_collection(actor, {"name": name})
    audit.record(Action.COPY_COLLECTION, collection, original={"id": original.id, "name": original.name})
    for field in original.fields:
        copy = Field(collection_type=field.collection_type, field_name=field.field_name)
        copy.apply_settings(field.value_type, field.settings)
        collection.fields.append(copy)
        db.session.flush()  # one by one: ids keep the order
    return collection


def delete_collection(collection: Collection) -> None:
    """Delete a collection with its fields and schedules."""
    audit.record(Action.DELETE_COLLECTION, collection)
    db.session.delete(collection)


def delete_collections(actor: Actor, ids: Sequence[int]) -> None:
    """Delete all of these collections, or none where one does not exist for the actor."""
    wanted = (
        sa.select(Collection.id)
        .where(Collection.id.in_(ids), actor.readable(Collection.owner_id))
        .order_by(Collection.id)
        .with_for_update()
    )
    found = set(db.session.scalars(wanted))
    missing = {
        f"collection_ids.{index}": [f"there is no collection {id_}"]
        for index, id_ in enumerate(ids)
        if id_ not in found
    }
    if missing:
        raise NotFound("Nothing was deleted: some of the collections do not exist.", errors=missing)
    gone = db.session.scalars(sa.delete(Collection).where(Collection.id.in_(found)).returning(Collection))
    audit.record_each(Action.DELETE_COLLECTION, gone)


# --- Fields --------------------------------------------------------------------------------------------


def add_field(collection: Collection, given: Validated, now: datetime) -> Field:
    """A new field of a collection, which the caller has locked; its open schedules get a copy."""
    values, faults = given
    settings = _settled(values, values, faults)
    raise_if_errors(faults)
    field = Field(
        collection_id=collection.id,
        collection_type=values["collection_type"],
        field_name=values["field_name"],
    )
    field.apply_settings(values["value_type"], settings)
    db.session.add(field)
    _flush_field(field)
    spike_copies.on_field_added(field, now)
    audit.record(Action.CREATE_FIELD, field, **_kind(field))
    return field


def change_field(field: Field, given: Validated, now: datetime) -> None:
    """Change what is given about a field, whose collection the caller has locked; its copies keep step."""
    changes, faults = given
    before = _noted_of(field)
    value_type = changes.get("value_type", field.value_type)
    collection_type = changes.get("collection_type", field.collection_type)
    kept = field.settings if value_type == field.value_type else {}  # another type's settings fall away
    merged = kept | {name: changes[name] for name in all_settings() if name in changes}
    settings = _settled({"value_type": value_type}, merged, faults)
    raise_if_errors(faults)
    kind_changed = (value_type, collection_type) != (field.value_type, field.collection_type)
    if is_counter(value_type) and not kind_changed and counts_integers(settings):
        _refuse_fractional_overrides(field)
    field.field_name = changes.get("field_name", field.field_name)
    field.collection_type = collection_type
    begins_anew = field.apply_settings(value_type, settings)
    _flush_field(field)
    if begins_anew:
        spike_copies.on_counter_restarted(field, now)
    spike_copies.on_field_changed(field, kind_changed=kind_changed, now=now)
    audit.record_change(Action.CHANGE_FIELD, field, before, _noted_of(field))


def _refuse_fractional_overrides(field: Field) -> None:
    """Raise Conflict where a spike would make a field serve fractions that is to count in whole numbers."""
    found = spike_copies.fractional_overrides(field)
    if not found:
        return
    copy, *others = found
    names = fractional_settings(copy.settings)
    shown = ", ".join(f"{name} {getattr(copy, name).normalize():f}" for name in names)
    more = f" So do {len(others)} more." if others else ""
    raise Conflict(
        f"With these settings {field.field_name!r} counts in whole numbers, but the spike "
        f"{copy.spike_schedule.name!r} overrides it with {shown}.{more} Change or remove that override "
        "first, or keep a fraction in the start, step or reset of the field.",
        problem_type="fractional-override",
        members={"spike_schedules": [each.spike_schedule_id for each in found]},
    )


def _noted_of(field: Field) -> dict[str, Any]:
    """What the audit log tells of, where it changes."""
    return {"field_name": field.field_name, **_kind(field), **field.settings}


def _kind(field: Field) -> dict[str, Any]:
    return {"collection_type": field.collection_type, "value_type": field.value_type}


def _settled(
    types: Mapping[str, Any], settings: Mapping[str, Any], faults: dict[str, list[str]]
) -> dict[str, Any]:
    """The settings with their defaults; their faults are added, but for inputs that have one already."""
    if "value_type" not in types:
        return {}
    settled, found = validate_settings(types["value_type"], settings)
    for name, messages in found.items():
        faults.setdefault(name, messages)
    return settled


def _flush_field(field: Field) -> None:
    name, collection_type = field.field_name, field.collection_type
    try:
        db.session.flush()  # a name that is taken shows now
    except IntegrityError as error:
        known = {
            "uq_fields_collection_id_collection_type_field_name": lambda: field_name_taken(
                name, collection_type
            )
        }
        raise to_domain_error(error, known) from error


def reset_counter(field: Field, now: datetime) -> None:
    """Let a counter begin at its start again, and with it the copies that have no start of their own."""
    if not is_counter(field.value_type):
        raise Conflict(f"{field.field_name} is no counter: {field.value_type} has nothing to reset.")
    field.current_number = None
    spike_copies.on_counter_restarted(field, now)
    audit.record(Action.RESET_FIELD, field, collection_type=field.collection_type)


def delete_field(field: Field) -> None:
    """Delete a field, and its copies with it."""
    audit.record(Action.DELETE_FIELD, field, collection_type=field.collection_type)
    spike_copies.on_field_deleted(field)
    db.session.delete(field)
