"""The database itself keeps the windows of a collection apart, whoever writes to it, and however."""

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
    """A connection whose work is undone at the end."""
    with app.app_context(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def trucks(make):
    return [make.collection(name)["id"] for name in ("Truck 01", "Truck 02")]


def columns(start, end):
    return {
        "start_datetime": NOW + timedelta(minutes=start),
        "end_datetime": NOW + timedelta(minutes=end),
    }


def insert(connection, collection_id, start, end):
    """The id of a schedule that no service has looked at; a refusal undoes only itself."""
    row = {"collection_id": collection_id, "name": "Spike", "created_at": NOW, "updated_at": NOW}
    statement = sa.insert(TABLE).values(row | columns(start, end)).returning(TABLE.c.id)
    with connection.begin_nested():
        return connection.scalar(statement)


def update(connection, id_, **values):
    with connection.begin_nested():
        connection.execute(sa.update(TABLE).where(TABLE.c.id == id_).values(values))


def refused(call, *args, **values):
    """The name of the constraint that refuses the statement."""
    with pytest.raises(IntegrityError) as caught:
        call(*args, **values)
    return constraint_name(caught.value)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(60, 120, id="the same"),
        pytest.param(50, 70, id="over its start"),
        pytest.param(110, 130, id="over its end"),
        pytest.param(70, 110, id="within"),
        pytest.param(50, 130, id="around"),
        pytest.param(0, 60 + 1e-6, id="an instant of its start"),
        pytest.param(120 - 1e-6, 130, id="an instant of its end"),
    ],
)
def test_an_overlap_is_refused_when_it_is_inserted_and_when_it_is_updated(connection, trucks, start, end):
    insert(connection, trucks[0], 60, 120)
    assert refused(insert, connection, trucks[0], start, end) == "spike_no_overlap"
    apart = insert(connection, trucks[0], 200, 210)
    assert refused(update, connection, apart, **columns(start, end)) == "spike_no_overlap"


@pytest.mark.parametrize(("start", "end"), [(0, 60), (120, 180), (0, 30), (150, 180)])
def test_windows_back_to_back_or_apart_are_taken(connection, trucks, start, end):
    insert(connection, trucks[0], 60, 120)
    id_ = insert(connection, trucks[0], start, end)
    update(connection, id_, **columns(start, end))


def test_an_update_of_one_end_alone_is_refused_too(connection, trucks):
    insert(connection, trucks[0], 60, 120)
    before, after = insert(connection, trucks[0], 0, 60), insert(connection, trucks[0], 120, 180)
    end = {"end_datetime": columns(0, 61)["end_datetime"]}
    start = {"start_datetime": columns(119, 180)["start_datetime"]}
    assert refused(update, connection, before, **end) == "spike_no_overlap"
    assert refused(update, connection, after, **start) == "spike_no_overlap"


def test_a_schedule_may_be_updated_over_itself(connection, trucks):
    id_ = insert(connection, trucks[0], 60, 120)
    update(connection, id_, **columns(70, 130), name="Renamed")


def test_each_collection_has_windows_of_its_own(connection, trucks):
    insert(connection, trucks[0], 60, 120)
    id_ = insert(connection, trucks[1], 60, 120)
    assert refused(update, connection, id_, collection_id=trucks[0]) == "spike_no_overlap"


def test_a_window_that_holds_no_instant_overlaps_none(connection, trucks):
    insert(connection, trucks[0], 60, 60)
    insert(connection, trucks[0], 60, 60)
    insert(connection, trucks[0], 0, 120)
    insert(connection, trucks[0], 90, 90)


def test_a_window_that_is_inside_out_is_refused(connection, trucks):
    assert refused(insert, connection, trucks[0], 120, 60) == "ck_spike_schedules_window"


windows = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda each: (each[0], sum(each)))


@given(wanted=st.lists(windows, min_size=2, max_size=12))
@talks_to_the_app
def test_a_window_is_taken_exactly_where_it_overlaps_none(connection, trucks, wanted):
    taken: list[tuple[int, int]] = []
    for start, end in wanted:
        if any(start < until and since < end for since, until in taken):
            assert refused(insert, connection, trucks[0], start, end) == "spike_no_overlap"
        else:
            insert(connection, trucks[0], start, end)
            taken.append((start, end))
    connection.rollback()
