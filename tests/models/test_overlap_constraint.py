"""The database refuses overlapping windows of a collection, also in writes that bypass the app."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from app.db.errors import constraint_name
from app.db.session import db
from app.models import SpikeSchedule
from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.timestamps import NOW

TABLE = SpikeSchedule.__table__


@pytest.fixture
def connection(app):
    """Return a connection whose changes are rolled back after the test."""
    with app.app_context(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def trucks(make):
    return [make.collection(name)["id"] for name in ("Truck 01", "Truck 02")]


def window_columns(start, end):
    return {
        "start_datetime": NOW + timedelta(minutes=start),
        "end_datetime": NOW + timedelta(minutes=end),
    }


def insert(connection, collection_id, start, end):
    """Insert a spike without the checks of the service, in a savepoint; return its id."""
    row = {"collection_id": collection_id, "name": "Spike", "created_at": NOW, "updated_at": NOW}
    statement = sa.insert(TABLE).values(row | window_columns(start, end)).returning(TABLE.c.id)
    with connection.begin_nested():
        return connection.scalar(statement)


def update(connection, id_, **values):
    with connection.begin_nested():
        connection.execute(sa.update(TABLE).where(TABLE.c.id == id_).values(values))


def get_violated_constraint(call, *args, **values):
    """Return the name of the constraint that refuses the statement."""
    with pytest.raises(IntegrityError) as caught:
        call(*args, **values)
    return constraint_name(caught.value)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(60, 120, id="the same window"),
        pytest.param(50, 70, id="over the start"),
        pytest.param(110, 130, id="over the end"),
        pytest.param(70, 110, id="inside"),
        pytest.param(50, 130, id="contains it"),
        pytest.param(0, 60 + 1e-6, id="60 µs of the start"),
        pytest.param(120 - 1e-6, 130, id="60 µs of the end"),
    ],
)
def test_inserting_or_updating_to_an_overlapping_window_is_refused(connection, trucks, start, end):
    insert(connection, trucks[0], 60, 120)
    assert get_violated_constraint(insert, connection, trucks[0], start, end) == "spike_no_overlap"
    apart = insert(connection, trucks[0], 200, 210)
    assert (
        get_violated_constraint(update, connection, apart, **window_columns(start, end)) == "spike_no_overlap"
    )


@pytest.mark.parametrize(("start", "end"), [(0, 60), (120, 180), (0, 30), (150, 180)])
def test_windows_that_touch_or_are_apart_are_accepted(connection, trucks, start, end):
    insert(connection, trucks[0], 60, 120)
    id_ = insert(connection, trucks[0], start, end)
    update(connection, id_, **window_columns(start, end))


def test_an_update_of_only_one_end_to_an_overlap_is_refused(connection, trucks):
    insert(connection, trucks[0], 60, 120)
    before, after = insert(connection, trucks[0], 0, 60), insert(connection, trucks[0], 120, 180)
    end = {"end_datetime": window_columns(0, 61)["end_datetime"]}
    start = {"start_datetime": window_columns(119, 180)["start_datetime"]}
    assert get_violated_constraint(update, connection, before, **end) == "spike_no_overlap"
    assert get_violated_constraint(update, connection, after, **start) == "spike_no_overlap"


def test_a_spike_may_be_moved_to_overlap_its_own_old_window(connection, trucks):
    id_ = insert(connection, trucks[0], 60, 120)
    update(connection, id_, **window_columns(70, 130), name="Renamed")


def test_windows_of_different_collections_may_overlap(connection, trucks):
    insert(connection, trucks[0], 60, 120)
    id_ = insert(connection, trucks[1], 60, 120)
    assert get_violated_constraint(update, connection, id_, collection_id=trucks[0]) == "spike_no_overlap"


def test_an_empty_window_overlaps_no_other(connection, trucks):
    insert(connection, trucks[0], 60, 60)
    insert(connection, trucks[0], 60, 60)
    insert(connection, trucks[0], 0, 120)
    insert(connection, trucks[0], 90, 90)


def test_a_window_that_ends_before_its_start_is_refused(connection, trucks):
    assert get_violated_constraint(insert, connection, trucks[0], 120, 60) == "ck_spike_schedules_window"


windows = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda each: (each[0], sum(each)))


@given(requested=st.lists(windows, min_size=2, max_size=12))
@talks_to_the_app
def test_a_window_is_accepted_exactly_if_it_overlaps_no_other(connection, trucks, requested):
    stored: list[tuple[int, int]] = []
    for start, end in requested:
        if any(start < until and since < end for since, until in stored):
            assert get_violated_constraint(insert, connection, trucks[0], start, end) == "spike_no_overlap"
        else:
            insert(connection, trucks[0], start, end)
            stored.append((start, end))
    connection.rollback()
