"""Instants are kept in UTC, whatever the zone they came in, and leave the API with a Z."""

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
KEPT = datetime(2026, 11, 27, 10, 0, 0, 1, tzinfo=UTC)
TABLE = SpikeSchedule.__table__


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"name": "km", "value_type": "INCREMENT"})


@pytest.fixture
def connection(app):
    with app.app_context(), db.engine.connect() as connection:
        yield connection
        connection.rollback()


def test_what_came_with_an_offset_is_stored_as_the_same_instant(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    assert connection.scalar(sa.select(TABLE.c.start_datetime)) == KEPT


def test_it_is_stored_in_utc_in_plain_sight(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
    stored = connection.scalar(sa.text("SELECT CAST(start_datetime AS VARCHAR) FROM spike_schedules"))
    assert re.fullmatch(r"2026-11-27 10:00:00\.000001(\+00)?", stored)


def test_a_session_in_another_zone_reads_the_same_instant(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SET LOCAL TIME ZONE 'America/New_York'"))
    stored = connection.scalar(sa.select(TABLE.c.start_datetime))
    assert (stored, stored.tzinfo) == (KEPT, UTC)


def test_an_instant_without_a_zone_is_refused_for_nobody_knows_which_it_is(make, truck, connection):
    with pytest.raises(StatementError, match="has no time zone"):
        connection.execute(sa.update(TABLE).values(start_datetime=KEPT.replace(tzinfo=None)))


def test_instants_are_compared_as_such(make, truck, connection):
    make.spike(truck, start_datetime=IN_BERLIN, duration=60)
    elsewhere = KEPT.astimezone(timezone(timedelta(hours=-11)))
    for other, expected in ((elsewhere, False), (elsewhere + timedelta(microseconds=1), True)):
        assert (
            connection.scalar(sa.select(TABLE.c.id).where(TABLE.c.start_datetime < other)) is not None
        ) == (expected)


def test_every_column_of_instants_has_a_zone():
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    instants = [column for column in columns if column.name.endswith(("_at", "_datetime"))]
    assert len(instants) > 10
    assert {type(column.type).__name__ for column in instants} == {"UtcDateTime"}


@pytest.fixture
def far_zone(monkeypatch):
    """The machine's own time zone is not UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_zone_of_the_machine_does_not_matter(far_zone, owner, make, truck):
    spike = make.spike(truck, start_datetime="2026-11-27T09:00:00", end_datetime=IN_BERLIN)
    assert spike["start_datetime"] == "2026-11-27T09:00:00Z"
    assert spike["end_datetime"] == "2026-11-27T10:00:00.000001Z"
    assert spike["created_at"] == "2026-11-27T08:00:00Z"
    assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike


def instants_in(answer):
    """Every value under a key that names an instant, at any depth."""
    if isinstance(answer, list):
        return [found for each in answer for found in instants_in(each)]
    if not isinstance(answer, dict):
        return []
    own = [
        value
        for name, value in answer.items()
        if name.endswith(("_at", "_datetime", "_start")) and value is not None
    ]
    return own + [found for value in answer.values() for found in instants_in(value)]


def test_every_instant_leaves_with_a_z(admin, owner, make, truck):
    spike = make.spike(truck, end_datetime=IN_BERLIN)
    tool = make.key(expires_at="2027-01-01T00:00:00+02:00")
    poll = tool.poll("Truck 01")
    body = {"collection_id": truck["id"], "name": "Again", "duration": 60}
    answers = [
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
    for answer in answers:
        found = instants_in(answer.json)
        assert found, answer.request.path
        for instant in [*found, poll.headers["X-Spike-Ends"]]:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", instant)


def test_the_clock_of_the_tests_is_the_one_that_these_moments_are_told_from(owner, make, truck):
    assert make.spike(truck)["start_datetime"] == at(0) == NOW.isoformat().replace("+00:00", "Z")
