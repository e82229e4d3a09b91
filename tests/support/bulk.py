"""Bulk inserts without the API, for tests of how the work of a request grows."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.db import transactions
from app.db.session import db
from app.models import Field, SpikeSchedule, SpikeScheduleField
from app.values import CollectionType, validate_settings
from tests.support.factory import SETTINGS


def insert_fields(
    app: Flask, collection: dict[str, Any], count: int, value_type: str = "NUMBER_RANGE", **settings: Any
) -> None:
    """Insert Performance fields named `<value type> <number>`."""
    completed, errors = validate_settings(value_type, settings or SETTINGS[value_type])
    assert not errors
    usual = completed | {
        "collection_id": collection["id"],
        "collection_type": CollectionType.PERFORMANCE,
        "value_type": value_type,
    }
    _insert(app, Field, [usual | {"field_name": f"{value_type} {n}"} for n in range(count)])


def insert_schedules(app: Flask, collection: dict[str, Any], count: int) -> None:
    """Insert back-to-back schedules of one minute from tomorrow on, each with its copies of all fields."""
    tomorrow = clock.now() + timedelta(days=1)
    minute = timedelta(minutes=1)
    rows = [
        {
            "collection_id": collection["id"],
            "name": f"Spike {n}",
            "start_datetime": tomorrow + n * minute,
            "end_datetime": tomorrow + (n + 1) * minute,
        }
        for n in range(count)
    ]
    _insert(app, SpikeSchedule, rows)
    shared = {column.name for column in Field.__table__.c} & {c.name for c in SpikeScheduleField.__table__.c}
    copied = sorted(shared - {"id"})
    copies = (
        sa.select(SpikeSchedule.id, Field.id, sa.literal(""), *(Field.__table__.c[name] for name in copied))
        .join(Field, Field.collection_id == SpikeSchedule.collection_id)
        .where(SpikeSchedule.collection_id == collection["id"])
    )
    columns = ["spike_schedule_id", "original_field_id", "overridden_settings", *copied]
    _run(app, sa.insert(SpikeScheduleField).from_select(columns, copies))


def _insert(app: Flask, model: type, rows: list[dict[str, Any]]) -> None:
    if rows:
        _run(app, sa.insert(model), rows)


def _run(app: Flask, statement: sa.Executable, *rows: Any) -> None:
    with app.app_context():
        transactions.begin(writes=True)
        db.session.execute(statement, *rows)
        db.session.commit()
        transactions.set_mode(writes=False)
