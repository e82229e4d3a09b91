"""A change of any column that polls return gives the collection a new revision."""

import pytest
import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.models import Field, SpikeSchedule, SpikeScheduleField
from app.models.mixins import ValueColumns

COUNTER_STATE = "current_number"
"""Each poll advances it, which does not change the configuration of the field."""
VALUES = [name for name in vars(ValueColumns) if name in Field.__table__.columns and name != COUNTER_STATE]
SERVED = [
    *((Field, name) for name in ("collection_id", "metric", *VALUES)),
    *(
        (SpikeScheduleField, name)
        for name in ("spike_schedule_id", "original_field_id", "overridden_settings")
    ),
    *((SpikeScheduleField, name) for name in VALUES),
    *((SpikeSchedule, name) for name in ("collection_id", "name", "start_datetime", "end_datetime")),
]


@pytest.fixture
def write_column(app, make):
    """Return a function that writes a column, and returns the revision before and after."""
    collection = make.collection("Truck 01")
    make.field(collection, "INCREMENT", start_number=0, step_number=1)
    make.spike(collection)
    select_revision = sa.text("SELECT revision FROM collections")

    def write(model, column: str) -> tuple[int, int]:
        transactions.begin(writes=True)
        before = db.session.scalar(select_revision)
        db.session.execute(sa.text(f"UPDATE {model.__tablename__} SET {column} = {column}"))
        return before, db.session.scalar(select_revision)

    with app.app_context():
        yield write
        db.session.rollback()


def get_revising_columns(write_column, columns) -> list[str]:
    """Return the columns whose change gives a new revision."""
    seen = [(f"{model.__tablename__}.{column}", write_column(model, column)) for model, column in columns]
    return [column for column, (before, after) in seen if after != before]


def test_changing_a_served_column_gives_a_new_revision(write_column):
    assert get_revising_columns(write_column, SERVED) == [
        f"{model.__tablename__}.{column}" for model, column in SERVED
    ]


def test_advancing_a_counter_gives_no_new_revision(write_column):
    assert (
        get_revising_columns(write_column, [(Field, COUNTER_STATE), (SpikeScheduleField, COUNTER_STATE)])
        == []
    )
