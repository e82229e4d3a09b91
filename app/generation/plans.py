"""The plans that this process has read: where they come from, and the one place where they are kept."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask

from app import database
from app.database import db
from app.generation.plan import Plan, Source, Spike, sorted_out
from app.models import Collection, Field, SpikeSchedule, SpikeScheduleField
from app.models.spike import goes_on
from app.values import SETTING_NAMES, CollectionType, Settings

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
        self._plans: OrderedDict[Key, Plan] = OrderedDict()
        self._lock = threading.Lock()

    def last(self, key: Key) -> Plan | None:
        """The plan that is kept, whether it holds or not."""
        plan = self._plans.get(key)
        if plan is None:
            return None
        try:
            self._plans.move_to_end(key)
        except KeyError:
            return plan  # another thread has let go of it meanwhile
        return plan

    def find(self, key: Key, revision: int, now: datetime) -> Plan | None:
        """The plan that holds, if it is kept."""
        plan = self.last(key)
        return plan if plan is not None and plan.holds(revision, now) else None

    def keep(self, key: Key, plan: Plan) -> None:
        """Keep a plan, and let go of those that were not used for longest."""
        with self._lock:
            self._forget(self._plans.pop(key, None))
            self._plans[key] = plan
            self._fields += _weight(plan)
            while self._fields > self._most_fields:
                self._forget(self._plans.popitem(last=False)[1])

    def _forget(self, plan: Plan | None) -> None:
        self._fields -= _weight(plan) if plan else 0

    def __len__(self) -> int:
        return len(self._plans)


def _weight(plan: Plan) -> int:
    return 1 + len(plan.fixed)


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
            database.begin(writes=False)  # all of a plan is of one moment
            plan = read(collection_id, collection_type, now)
            db.session.rollback()
        if plan is not None:
            plans.keep(key, plan)
    return plan


def read(collection_id: int, collection_type: CollectionType, now: datetime) -> Plan | None:
    """What the collection is served from at `now`, and how long; the same few queries for any size."""
    revision = db.session.scalar(sa.select(Collection.revision).where(Collection.id == collection_id))
    if revision is None:
        return None
    begun = _last_begun(collection_id, now)
    active = next((row for row in begun if row.end_datetime > now), None)
    spike = Spike(active.id, active.end_datetime) if active else None
    has_expired = any(row.end_datetime <= now for row in begun)
    since = max((active.start_datetime if active else row.end_datetime for row in begun), default=EARLIEST)
    until = spike.ends if spike else _next_start(collection_id, now) or LATEST
    return Plan(
        revision,
        since,
        until,
        spike,
        has_expired,
        *sorted_out(_sources(collection_id, collection_type, spike)),
    )


def _last_begun(collection_id: int, now: datetime) -> Sequence[sa.Row[int, datetime, datetime]]:
    """The two that end last among the schedules that have begun: the active one is among them, and one
    that has expired, if there are such."""
    query = (
        sa.select(SpikeSchedule.id, SpikeSchedule.start_datetime, SpikeSchedule.end_datetime)
        .where(SpikeSchedule.collection_id == collection_id, SpikeSchedule.start_datetime <= now)
        .order_by(SpikeSchedule.end_datetime.desc())
        .limit(2)
    )
    return db.session.execute(query).all()


def _next_start(collection_id: int, now: datetime) -> datetime | None:
    query = sa.select(sa.func.min(SpikeSchedule.start_datetime)).where(
        SpikeSchedule.collection_id == collection_id, SpikeSchedule.start_datetime > now
    )
    return db.session.scalar(query)


def _sources(collection_id: int, collection_type: CollectionType, spike: Spike | None) -> list[Source]:
    """The fields to serve, in the order in which they were created: the copies during a spike."""
    if spike is None:
        table: Any = Field
        query: sa.Select[*tuple[Any, ...]] = sa.select(sa.literal(value=False).label("goes_on"))
        query = query.where(Field.collection_id == collection_id).order_by(Field.id)
    else:
        table = SpikeScheduleField
        own_start = SpikeScheduleField.overridden_settings.label("overridden")
        query = sa.select(own_start).where(SpikeScheduleField.spike_schedule_id == spike.id)
        query = query.order_by(SpikeScheduleField.original_field_id)
    columns = [getattr(table, name) for name in ("id", "field_name", "value_type", *SETTING_NAMES)]
    query = query.add_columns(*columns).where(table.collection_type == collection_type)
    return [
        Source(
            row.id,
            row.field_name,
            row.value_type,
            cast(Settings, row._mapping),
            goes_on=spike is not None and goes_on(row.overridden),
        )
        for row in db.session.execute(query)
    ]
