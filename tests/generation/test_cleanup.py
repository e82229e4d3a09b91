"""Expired spike schedules are deleted by the next poll, and by nothing else."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation.fastpath.connection import ThreadLocalConnection
from app.models import SpikeScheduleField
from tests.conftest import NOW
from tests.support.statements import get_writes

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def truck(make):
    """A collection with fields of both types."""
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_FIXED", "name": "cpu"},
        {
            "value_type": "TEXT_FIXED",
            "name": "model",
            "collection_type": "Configuration",
            "fixed_value_text": "X",
        },
    )


@pytest.fixture
def tool(make):
    return make.key()


@pytest.fixture
def schedule_minute(make):
    """Return a function that schedules a one-minute spike, `minute` minutes from NOW."""

    def schedule(collection, minute: int = 0):
        start = NOW + minute * MINUTE
        cpu = {"original_field_id": collection["fields"][0]["id"], "fixed_value_number": 99}
        return make.spike(collection, cpu, start_datetime=start.isoformat(), duration=60)

    return schedule


def list_schedules(make, collection) -> list[tuple[int, str]]:
    listed = make.person.get(f"/api/collections/{collection['id']}/spike-schedules").json["items"]
    return [(spike["id"], spike["status"]) for spike in listed]


def test_an_expired_schedule_is_shown_as_expired_until_the_next_poll_deletes_it(
    make, truck, tool, schedule_minute, clock
):
    spike = schedule_minute(truck)
    clock.shift(30 * MINUTE)
    assert list_schedules(make, truck) == [(spike["id"], "expired")]
    assert make.person.get(f"/api/spike-schedules/{spike['id']}").json["status"] == "expired"
    tool.data("Truck 01")
    assert list_schedules(make, truck) == []
    assert make.person.get(f"/api/spike-schedules/{spike['id']}").status_code == 404


def test_the_poll_that_deletes_an_expired_schedule_serves_normal_values(truck, tool, schedule_minute, clock):
    schedule_minute(truck)
    clock.shift(MINUTE)
    response = tool.poll("Truck 01")
    assert response.json["data"] == {"cpu": 7}
    assert "X-Spike-Schedule" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/data/Truck%2001/performance",
        "/api/data/Truck%2001/configuration",
        "/api/collections/{id}/data/performance",
        "/api/collections/{id}/data/configuration",
    ],
)
def test_a_poll_of_either_type_by_name_or_by_id_deletes_an_expired_schedule(
    make, truck, tool, schedule_minute, clock, path
):
    schedule_minute(truck)
    clock.shift(MINUTE)
    assert tool.get(path.format(id=truck["id"])).status_code == 200
    assert list_schedules(make, truck) == []


def test_the_copies_of_an_expired_schedule_are_deleted_with_it(app, truck, tool, schedule_minute, clock):
    schedule_minute(truck)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(SpikeScheduleField.id))) == 0


def test_a_schedule_is_deleted_at_its_end_and_not_before(make, truck, tool, schedule_minute, clock):
    spike = schedule_minute(truck)
    clock.shift(MINUTE - timedelta(microseconds=1))
    tool.data("Truck 01")
    assert list_schedules(make, truck) == [(spike["id"], "active")]
    clock.shift(timedelta(microseconds=1))
    tool.data("Truck 01")
    assert list_schedules(make, truck) == []


def test_a_schedule_that_was_ended_early_is_deleted_by_the_next_poll(
    make, truck, tool, schedule_minute, clock
):
    spike = schedule_minute(truck)
    clock.shift(1)
    make.person.post(f"/api/spike-schedules/{spike['id']}/end")
    assert list_schedules(make, truck) == [(spike["id"], "expired")]
    assert tool.data("Truck 01") == {"cpu": 7}
    assert list_schedules(make, truck) == []


def test_several_expired_schedules_are_deleted_at_once(make, truck, tool, schedule_minute, clock):
    for minute in (0, 1, 3, 4):
        schedule_minute(truck, minute)
    clock.shift(10 * MINUTE)
    tool.data("Truck 01")
    assert list_schedules(make, truck) == []


def test_active_and_future_schedules_are_not_deleted(make, truck, tool, schedule_minute, clock):
    _, _, active, scheduled = [schedule_minute(truck, minute) for minute in (0, 1, 2, 3)]
    clock.shift(2 * MINUTE)
    assert tool.data("Truck 01") == {"cpu": 99}
    assert list_schedules(make, truck) == [(active["id"], "active"), (scheduled["id"], "scheduled")]


def test_an_expired_schedule_is_deleted_before_the_next_one_starts(make, truck, tool, schedule_minute, clock):
    _, later = schedule_minute(truck, 0), schedule_minute(truck, 5)
    clock.shift(3 * MINUTE)
    assert tool.data("Truck 01") == {"cpu": 7}
    assert list_schedules(make, truck) == [(later["id"], "scheduled")]


def test_a_poll_of_a_type_without_fields_is_404_and_deletes_an_expired_schedule(
    make, tool, schedule_minute, clock
):
    truck = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    schedule_minute(truck)
    clock.shift(MINUTE)
    assert tool.poll("Truck 01", "configuration").status_code == 404
    assert list_schedules(make, truck) == []


def test_a_poll_of_a_collection_without_fields_deletes_an_expired_schedule(
    make, tool, schedule_minute, clock
):
    truck = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    schedule_minute(truck)
    make.person.delete(f"/api/fields/{truck['fields'][0]['id']}")
    clock.shift(MINUTE)
    assert tool.poll("Truck 01").status_code == 404
    assert list_schedules(make, truck) == []


def test_schedules_of_other_collections_are_not_deleted(make, truck, tool, schedule_minute, clock):
    other = make.collection("Truck 02", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    schedule_minute(truck)
    spike = schedule_minute(other)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    assert list_schedules(make, other) == [(spike["id"], "expired")]


def test_the_window_of_a_deleted_schedule_is_free_again(make, truck, tool, schedule_minute, clock):
    schedule_minute(truck)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    start, end = NOW.isoformat(), (NOW + HOUR).isoformat()
    assert make.spike(truck, start_datetime=start, end_datetime=end)["status"] == "active"


# --- Requests that delete nothing ----------------------------------------------------------------------


def test_reading_an_expired_schedule_does_not_delete_it(make, truck, schedule_minute, clock):
    spike = schedule_minute(truck)
    clock.shift(MINUTE)
    paths = [
        "/api/spike-schedules",
        f"/api/spike-schedules/{spike['id']}",
        f"/api/collections/{truck['id']}",
        f"/api/collections/{truck['id']}/spike-schedules?status=expired",
    ]
    for path in paths:
        assert make.person.get(path).status_code == 200
    assert list_schedules(make, truck) == [(spike["id"], "expired")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/api/data/Truck%2001/performance", 405),
        ("OPTIONS", "/api/data/Truck%2001/performance", 200),
        ("GET", "/api/data/Truck%2001/no-type", 400),
        ("GET", "/api/data/Truck%2002/performance", 404),
    ],
)
def test_a_request_that_returns_no_values_does_not_delete_an_expired_schedule(
    make, truck, tool, schedule_minute, clock, method, path, status
):
    spike = schedule_minute(truck)
    clock.shift(MINUTE)
    assert tool.call(method, path).status_code == status
    assert list_schedules(make, truck) == [(spike["id"], "expired")]


def test_a_poll_by_a_key_that_may_not_read_the_collection_deletes_no_schedule(
    make, truck, schedule_minute, clock
):
    other = make.collection("Truck 02")
    limited = make.key(allowed_collections=[{"collection_id": other["id"]}])
    spike = schedule_minute(truck)
    clock.shift(MINUTE)
    assert limited.poll("Truck 01").status_code == 404
    assert list_schedules(make, truck) == [(spike["id"], "expired")]


# --- Writes of a poll ----------------------------------------------------------------------------------


@pytest.mark.parametrize("spike", ["none", "active", "scheduled"])
def test_a_poll_without_counters_and_expired_schedules_writes_nothing(
    truck, tool, schedule_minute, queries, clock, spike
):
    if spike != "none":
        schedule_minute(truck, 0 if spike == "active" else 5)
    tool.data("Truck 01")  # records the use of the key
    clock.shift(1)
    with queries() as seen:
        tool.data("Truck 01")
    assert seen.count
    assert get_writes(seen) == []


def test_the_poll_after_a_cleanup_writes_nothing(truck, tool, schedule_minute, queries, clock):
    schedule_minute(truck)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    with queries() as seen:
        tool.data("Truck 01")
    assert get_writes(seen) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_a_slow_poll_is_dated_after_the_end_if_another_poll_deletes_the_schedule_first(
    make, clock, monkeypatch
):
    """Otherwise it would find no window and serve normal values, dated within it."""
    collection = make.collection("Truck", {"value_type": "NUMBER_FIXED"})
    ends = make.spike(collection)["end_datetime"]
    slow, quick = make.key(), make.key()
    read = ThreadLocalConnection.read

    def read_after_cleanup(*args):
        monkeypatch.setattr(ThreadLocalConnection, "read", read)
        clock.move_to(datetime.fromisoformat(ends))
        assert quick.poll("Truck").status_code == 200
        return read(*args)

    monkeypatch.setattr(ThreadLocalConnection, "read", read_after_cleanup)
    epoch = slow.poll("Truck").json["generated_at_epoch"]
    assert epoch >= datetime.fromisoformat(ends).timestamp()
