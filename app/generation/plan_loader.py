"""Load the plan of a collection from the database."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa

from app.db.session import db
from app.generation.plan import FieldRow, Plan, Spike, build_layout, partition_fields
from app.generation.receipts import MAX_FIELDS
from app.models import Collection, Field, Rehearsal, SpikeSchedule, SpikeScheduleField
from app.models.spike_field import continues_counter
from app.values import (
    COLUMN_SETTING_NAMES,
    EXACT_SETTING_NAMES,
    CollectionType,
    FieldSettings,
    counts_integers,
    is_counter,
)

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def load_plan(collection_id: int, collection_type: CollectionType, now: datetime) -> Plan | None:
    """Return what the collection is served from at `now`, or None if it does not exist.

    The caller has begun a transaction with one snapshot. The queries are as few for any number of fields.
    """
    connection = db.session.connection()  # only columns are needed, no models
    parameters = {"collection_id": collection_id, "collection_type": collection_type, "now": now}
    collection = connection.execute(_COLLECTION, parameters).one_or_none()
    if collection is None:
        return None
    started = connection.execute(_LAST_STARTED, parameters).all()
    active = next((row for row in started if row.end_datetime > now), None)
    has_expired = any(row.end_datetime <= now for row in started)
    since = max((active.start_datetime if active else row.end_datetime for row in started), default=EARLIEST)
    until = active.end_datetime if active else collection.next_start or LATEST
    query = _COPIES if active else _FIELDS
    found = connection.execute(query, parameters | {"spike_id": active and active.id}).all()
    spike = _make_spike(active, found, collection_type) if active else None
    rows = [_make_field_row(row) for row in found]
    layout = build_layout((row.field_id, row.value_type, row.metric) for row in rows)
    return Plan(collection.revision, since, until, spike, has_expired, *partition_fields(rows), layout)


def _make_spike(active: Any, copies: Iterable[Any], collection_type: CollectionType) -> Spike:
    is_counted = collection_type is CollectionType.PERFORMANCE
    overridden = islice((copy.field_name for copy in copies if copy.overridden), MAX_FIELDS)
    return Spike(
        active.id,
        active.name,
        active.start_datetime,
        active.end_datetime,
        active.rehearsal_id if is_counted else None,
        tuple(overridden),
    )


def _make_field_row(row: sa.Row[*tuple[Any, ...]]) -> FieldRow:
    is_copy = row.overridden is not None
    return FieldRow(
        row.id,
        row.field_id,
        row.field_name,
        row.value_type,
        _get_settings(row),
        is_counter(row.value_type) and _counts_integers(row._mapping, is_copy=is_copy),
        metric=row.metric,
        continues_counter=is_copy and continues_counter(row.overridden),
    )


def _get_settings(row: Any) -> FieldSettings:
    """Return the settings of a field: those with a column, and those of `parameters`."""
    columns = cast(FieldSettings, row._mapping)
    return columns if row.parameters is None else {**columns, **row.parameters}


def _counts_integers(row: Any, *, is_copy: bool) -> bool:
    """Return whether the collection's field counts in integers.

    A spike's overrides do not decide it, so that the values of a field keep their JSON type.
    """
    return counts_integers(
        {name: row[_FIELD_PREFIX + name] for name in EXACT_SETTING_NAMES} if is_copy else row
    )


# --- Statements, compiled once: that takes longer than to run them --------------------------------------

_COLLECTION_ID: sa.BindParameter[Any] = sa.bindparam("collection_id")
_TYPE: sa.BindParameter[Any] = sa.bindparam("collection_type")
_NOW: sa.BindParameter[Any] = sa.bindparam("now")

_COLLECTION = sa.select(
    Collection.revision,
    sa.select(sa.func.min(SpikeSchedule.start_datetime))
    .where(SpikeSchedule.collection_id == Collection.id, SpikeSchedule.start_datetime > _NOW)
    .scalar_subquery()
    .label("next_start"),
).where(Collection.id == _COLLECTION_ID)

# Of the schedules that have started, the two that end last: the active one, if there is one, and an expired
# one, if there is any.
_LAST_STARTED = (
    sa.select(
        SpikeSchedule.id,
        SpikeSchedule.name,
        SpikeSchedule.start_datetime,
        SpikeSchedule.end_datetime,
        Rehearsal.id.label("rehearsal_id"),
    )
    .outerjoin(Rehearsal, Rehearsal.spike_schedule_id == SpikeSchedule.id)
    .where(SpikeSchedule.collection_id == _COLLECTION_ID, SpikeSchedule.start_datetime <= _NOW)
    .order_by(SpikeSchedule.end_datetime.desc())
    .limit(2)
)


_FIELD_PREFIX = "field_"


def _select_fields(table: Any, field_id: Any, overridden: Any, *more: Any) -> sa.Select[*tuple[Any, ...]]:
    names = ("id", "field_name", "value_type", "parameters", *COLUMN_SETTING_NAMES)
    columns = [getattr(table, name) for name in names]
    source = field_id.label("field_id"), overridden.label("overridden")
    return sa.select(*source, *columns, *more).where(table.collection_type == _TYPE)


# The fields to serve, in the order in which they were created; during a spike its copies.
_FIELDS = (
    _select_fields(Field, Field.id, sa.null(), Field.metric)
    .where(Field.collection_id == _COLLECTION_ID)
    .order_by(Field.id)
)
_COPIES = (
    _select_fields(
        SpikeScheduleField,
        SpikeScheduleField.original_field_id,
        SpikeScheduleField.overridden_settings,
        Field.metric,
        *(getattr(Field, name).label(_FIELD_PREFIX + name) for name in EXACT_SETTING_NAMES),
    )
    .join(Field, Field.id == SpikeScheduleField.original_field_id)
    .where(SpikeScheduleField.spike_schedule_id == sa.bindparam("spike_id"))
    .order_by(SpikeScheduleField.original_field_id)
)
