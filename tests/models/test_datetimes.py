"""Datetimes are stored in UTC, whatever their offset was, and returned with a Z."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from app.db.session import Base, db
from app.models import SpikeSchedule
from tests.support.timestamps import NOW, at

IN_BERLIN = "2026-11-27T12:00:00.000001+02:00"
STORED = datetime(2026, 11, 27, 10, 0, 0, 1, tzinfo=UTC)
TABLE = SpikeSchedule.__table__


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"name": "km", "value_type": "INCREMENT"})


@pytest.fixture
def connection(app):
    with app.app_context(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


def test_a_datetime_with_an_offset_is_stored_as_the_same_instant(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    assert connection.scalar(sa.select(TABLE.c.start_datetime)) == STORED


def test_a_stored_datetime_reads_as_utc_in_sql(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
    stored = connection.scalar(sa.text("SELECT CAST(start_datetime AS VARCHAR) FROM spike_schedules"))
    assert re.fullmatch(r"2026-11-27 10:00:00\.000001(\+00)?", stored)


def test_a_session_in_another_time_zone_reads_the_same_instant(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL TIME ZONE 'America/New_York'"))
    stored = connection.scalar(sa.select(TABLE.c.start_datetime))
    assert (stored, stored.tzinfo) == (STORED, UTC)


def test_a_datetime_without_a_time_zone_is_refused(make, truck, connection):
    with pytest.raises(StatementError, match="has no time zone"):
        connection.execute(sa.update(TABLE).values(start_datetime=STORED.replace(tzinfo=None)))


def test_datetimes_are_compared_as_instants(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    elsewhere = STORED.astimezone(timezone(timedelta(hours=-11)))
    for other, expected in ((elsewhere, False), (elsewhere + timedelta(microseconds=1), True)):
        assert (
            connection.scalar(sa.select(TABLE.c.id).where(TABLE.c.start_datetime < other)) is not None
        ) == (expected)


def test_every_datetime_column_is_a_utc_datetime():
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    columns_of_datetimes = [column for column in columns if column.name.endswith(("_at", "_datetime"))]
    assert len(columns_of_datetimes) > 10
    assert {type(column.type).__name__ for column in columns_of_datetimes} == {"UtcDateTime"}


@pytest.fixture
def machine_in_new_york(monkeypatch):
    """Set the time zone of the machine to New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_time_zone_of_the_machine_has_no_effect(machine_in_new_york, owner, make, truck):
    spike = make.spike(truck, start_datetime="2026-11-27T09:00:00", end_datetime=IN_BERLIN)
    assert spike["start_datetime"] == "2026-11-27T09:00:00Z"
    assert spike["end_datetime"] == "2026-11-27T10:00:00.000001Z"
    assert spike["created_at"] == "2026-11-27T08:00:00Z"
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike


def find_datetimes(content):
    """Return all values of keys that are named like datetimes, at any depth."""
    if isinstance(content, list):
        return [found for each in content for found in find_datetimes(each)]
    if not isinstance(content, dict):
        return []
    own = [
        value
        for name, value in content.items()
        if name.endswith(("_at", "_datetime", "_start")) and value is not None
    ]
    return own + [found for value in content.values() for found in find_datetimes(value)]


def test_every_datetime_in_a_response_ends_with_z(admin, owner, make, truck):
    spike = make.spike(truck, end_datetime=IN_BERLIN)
    tool = make.key(expires_at="2027-01-01T00:00:00+02:00")
    poll = tool.poll("Truck 01")
    body = {"collection_id": truck["id"], "name": "Again", "duration": 60}
    responses = [
        admin.get("/api/users"),
        owner.get("/api/auth/me"),
        owner.get("/api/auth/sign-ins"),
        owner.get("/api/collections"),
        owner.get(f"/api/collections/{truck['id']}"),
        owner.get(f"/api/collections/{truck['id']}/fields"),
        owner.get(f"/api/fields/{truck['fields'][0]['id']}"),
        owner.get("/api/spike-schedules"),
        owner.get(f"/api/spike-schedules/{spike['id']}"),
        owner.get("/api/api-keys"),
        owner.get(f"/api/api-keys/{tool.id}"),
        owner.post("/api/spike-schedules", body),
        owner.post(f"/api/spike-schedules/{spike['id']}/end"),
    ]
    for response in responses:
        found = find_datetimes(response.json)
        assert found, response.request.path
        for instant in [*found, poll.headers["X-Spike-Ends"]]:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", instant)


def test_the_test_clock_starts_at_now(owner, make, truck):
    assert make.spike(truck)["start_datetime"] == at(0) == NOW.isoformat().replace("+00:00", "Z")
