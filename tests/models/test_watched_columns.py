"""Every change of a column that is served gives the collection a new revision."""

import pytest
import sqlalchemy as sa

from app.db import transactions
from app.db.session import db
from app.models import Field, SpikeSchedule, SpikeScheduleField
from app.models.mixins import ValueColumns

STATE = "current_number"
"""Polls move it with each answer: what is served stays as it was."""
VALUES = [name for name in vars(ValueColumns) if name in Field.__table__.columns and name != STATE]
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
def revise(app, make):
    """`revise(Field, "step_number")` writes that column, and returns the revision before and after."""
    collection = make.collection("Truck 01")
    make.field(collection, "INCREMENT", start_number=0, step_number=1)
    make.spike(collection)
    asked = sa.text("SELECT revision FROM collections")

    def write(model, column: str) -> tuple[int, int]:
        transactions.begin(writes=True)
        before = db.session.scalar(asked)
        db.session.execute(sa.text(f"UPDATE {model.__tablename__} SET {column} = {column}"))
        return before, db.session.scalar(asked)

    with app.app_context():
        yield write
        db.session.rollback()


def revised(revise, columns) -> list[str]:
    """Return those of the columns whose change gives a new revision."""
    seen = [(f"{model.__tablename__}.{column}", revise(model, column)) for model, column in columns]
    return [column for column, (before, after) in seen if after != before]


def test_a_change_of_what_is_served_is_a_new_revision(revise):
    assert revised(revise, SERVED) == [f"{model.__tablename__}.{column}" for model, column in SERVED]


def test_a_counter_that_moves_is_none(revise):
    assert revised(revise, [(Field, STATE), (SpikeScheduleField, STATE)]) == []
