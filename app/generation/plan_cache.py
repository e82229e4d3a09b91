"""The plans that this process has read: where they come from, and the one place where they are kept."""

import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask

from app.db import transactions
from app.db.session import db
from app.generation.plan import Plan, Source, Spike, sorted_out
from app.models import Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.spike import goes_on
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
Key = tuple[int, CollectionType]


class Plans:
    """The plans that were used last, as many as have so many fields together.

    They are asked for with the revision that the collection has in the database at this moment, and
    with the instant; a plan that does not hold is as good as none. So what is kept here can be too
    much, but never wrong.
    """

    def __init__(self, app: Flask, most_fields: int) -> None:
        self.app, self._most_fields, self._fields = app, most_fields, 0
        self._crowded = most_fields * 3 // 4
        self._plans: OrderedDict[Key, tuple[Plan, int]] = OrderedDict()
        self._lock = threading.Lock()

    def last(self, key: Key) -> Plan | None:
        """The plan that is kept, whether it holds or not."""
        kept = self._plans.get(key)
        # While there is room, nobody has to go, and to keep order would touch the neighbours' memory too.
        if kept is not None and self._fields > self._crowded:
            with suppress(KeyError):  # another thread has let go of it meanwhile
                self._plans.move_to_end(key)
        return kept[0] if kept else None

    def find(self, key: Key, revision: int, now: datetime) -> Plan | None:
        """The plan that holds, if it is kept."""
        plan = self.last(key)
        return plan if plan is not None and plan.holds(revision, now) else None

    def keep(self, key: Key, plan: Plan) -> None:
        """Keep a plan, and let go of those that were not used for longest."""
        with self._lock:
            if key in self._plans:
                self._fields -= self._plans.pop(key)[1]
            weight = _weight(plan)
            self._plans[key] = plan, weight
            self._fields += weight
            while self._fields > self._most_fields:
                self._fields -= self._plans.popitem(last=False)[1][1]

    def __len__(self) -> int:
        return len(self._plans)


def _weight(plan: Plan) -> int:
    """Return how many ordinary fields would take as much memory as this plan: long texts count for many."""
    texts = (text for text in (*plan.fixed, *plan.fixed.values()) if isinstance(text, str))
    beyond = sum(max(0, sys.getsizeof(text) - ORDINARY_TEXT) for text in texts)
    return 1 + len(plan.fixed) + beyond // BYTES_OF_A_FIELD


BYTES_OF_A_FIELD = 400
"""What a field takes in a plan, on average: the setting CACHED_FIELDS counts fields of this size."""
ORDINARY_TEXT = 150
"""Bytes of a name or a text that belong to that average."""


def init_app(app: Flask) -> None:
    """Keep plans for this app."""
    app.extensions["plans"] = Plans(app, app.config["CACHED_FIELDS"])


def plan_of(
    plans: Plans, collection_id: int, collection_type: CollectionType, revision: int, now: datetime
) -> Plan | None:
    """The plan that holds at `now`: kept or read; None where the collection is gone."""
    key = (collection_id, collection_type)
    plan = plans.find(key, revision, now)
    if plan is None:
        with plans.app.app_context():
            transactions.begin(writes=False)  # all of a plan is of one moment
            plan = read(collection_id, collection_type, now)
            db.session.rollback()
        if plan is not None:
            plans.keep(key, plan)
    return plan


def read(collection_id: int, collection_type: CollectionType, now: datetime) -> Plan | None:
    """What the collection is served from at `now`, and how long; the same few queries for any size."""
    connection = db.session.connection()  # columns are all that is wanted, no models
    asked = {"collection_id": collection_id, "collection_type": collection_type, "now": now}
    collection = connection.execute(_COLLECTION, asked).one_or_none()
    if collection is None:
        return None
    begun = connection.execute(_LAST_BEGUN, asked).all()
    active = next((row for row in begun if row.end_datetime > now), None)
    spike = Spike(active.id, active.end_datetime) if active else None
    has_expired = any(row.end_datetime <= now for row in begun)
    since = max((active.start_datetime if active else row.end_datetime for row in begun), default=EARLIEST)
    until = spike.ends if spike else collection.next_start or LATEST
    rows = connection.execute(_COPIES if spike else _FIELDS, asked | {"spike_id": spike and spike.id})
    return Plan(
        collection.revision, since, until, spike, has_expired, *sorted_out([_source(row) for row in rows])
    )


def _source(row: sa.Row[*tuple[Any, ...]]) -> Source:
    of_copy = row.overridden is not None
    return Source(
        row.id,
        row.field_name,
        row.value_type,
        cast(FieldSettings, row._mapping),
        is_counter(row.value_type) and _counts_whole(row._mapping, of_copy=of_copy),
        goes_on=of_copy and goes_on(row.overridden),
    )


def _counts_whole(row: Any, *, of_copy: bool) -> bool:
    """Ask the collection's field, whatever a spike overrides: its values keep their JSON type."""
    return counts_integers({name: row[_OF_FIELD + name] for name in EXACT_SETTING_NAMES} if of_copy else row)


# --- Statements, made once: that takes longer than to run them -----------------------------------------

_ASKED: sa.BindParameter[Any] = sa.bindparam("collection_id")
_TYPE: sa.BindParameter[Any] = sa.bindparam("collection_type")
_NOW: sa.BindParameter[Any] = sa.bindparam("now")

_COLLECTION = sa.select(
    Collection.revision,
    sa.select(sa.func.min(SpikeSchedule.start_datetime))
    .where(SpikeSchedule.collection_id == Collection.id, SpikeSchedule.start_datetime > _NOW)
    .scalar_subquery()
    .label("next_start"),
).where(Collection.id == _ASKED)

# The two that end last among the schedules that have begun: the active one is among them, and one that has
# expired, if there are such.
_LAST_BEGUN = (
    sa.select(SpikeSchedule.id, SpikeSchedule.start_datetime, SpikeSchedule.end_datetime)
    .where(SpikeSchedule.collection_id == _ASKED, SpikeSchedule.start_datetime <= _NOW)
    .order_by(SpikeSchedule.end_datetime.desc())
    .limit(2)
)


_OF_FIELD = "field_"


def _served(table: Any, overridden: Any, *more: Any) -> sa.Select[*tuple[Any, ...]]:
    columns = [getattr(table, name) for name in ("id", "field_name", "value_type", *COLUMN_SETTING_NAMES)]
    return sa.select(overridden.label("overridden"), *columns, *more).where(table.collection_type == _TYPE)


# The fields to serve, in the order in which they were created: the copies during a spike.
_FIELDS = _served(Field, sa.null()).where(Field.collection_id == _ASKED).order_by(Field.id)
_COPIES = (
    _served(
        SpikeScheduleField,
        SpikeScheduleField.overridden_settings,
        *(getattr(Field, name).label(_OF_FIELD + name) for name in EXACT_SETTING_NAMES),
    )
    .join(Field, Field.id == SpikeScheduleField.original_field_id)
    .where(SpikeScheduleField.spike_schedule_id == sa.bindparam("spike_id"))
    .order_by(SpikeScheduleField.original_field_id)
)
