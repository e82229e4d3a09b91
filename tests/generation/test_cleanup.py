"""Expired schedules go away with the next poll, and with nothing else."""

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
def minute_of(make):
    """Schedules a spike of a minute in a collection, so many minutes from NOW on."""

    def scheduled(collection, minute: int = 0):
        start = NOW + minute * MINUTE
        cpu = {"original_field_id": collection["fields"][0]["id"], "fixed_value_number": 99}
        return make.spike(collection, cpu, start_datetime=start.isoformat(), duration=60)

    return scheduled


def schedules(make, collection) -> list[tuple[int, str]]:
    listed = make.person.get(f"/api/collections/{collection['id']}/spike-schedules").json["items"]
    return [(spike["id"], spike["status"]) for spike in listed]


def test_an_expired_schedule_is_shown_as_expired_until_the_next_poll_deletes_it(
    make, truck, tool, minute_of, clock
):
    spike = minute_of(truck)
    clock.shift(30 * MINUTE)
    assert schedules(make, truck) == [(spike["id"], "expired")]
    assert make.person.get(f"/api/spike-schedules/{spike['id']}").json["status"] == "expired"
    tool.data("Truck 01")
    assert schedules(make, truck) == []
    assert make.person.get(f"/api/spike-schedules/{spike['id']}").status_code == 404


def test_the_poll_that_deletes_it_serves_normal_values(truck, tool, minute_of, clock):
    minute_of(truck)
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
def test_a_poll_of_either_type_by_name_or_by_id_deletes_it(make, truck, tool, minute_of, clock, path):
    minute_of(truck)
    clock.shift(MINUTE)
    assert tool.get(path.format(id=truck["id"])).status_code == 200
    assert schedules(make, truck) == []


def test_its_copies_go_with_it(app, truck, tool, minute_of, clock):
    minute_of(truck)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(SpikeScheduleField.id))) == 0


def test_it_is_deleted_at_its_end_and_not_before(make, truck, tool, minute_of, clock):
    spike = minute_of(truck)
    clock.shift(MINUTE - timedelta(microseconds=1))
    tool.data("Truck 01")
    assert schedules(make, truck) == [(spike["id"], "active")]
    clock.shift(timedelta(microseconds=1))
    tool.data("Truck 01")
    assert schedules(make, truck) == []


def test_one_that_was_ended_early_is_deleted_by_the_next_poll(make, truck, tool, minute_of, clock):
    spike = minute_of(truck)
    clock.shift(1)
    make.person.post(f"/api/spike-schedules/{spike['id']}/end")
    assert schedules(make, truck) == [(spike["id"], "expired")]
    assert tool.data("Truck 01") == {"cpu": 7}
    assert schedules(make, truck) == []


def test_several_expired_ones_are_deleted_at_once(make, truck, tool, minute_of, clock):
    for minute in (0, 1, 3, 4):
        minute_of(truck, minute)
    clock.shift(10 * MINUTE)
    tool.data("Truck 01")
    assert schedules(make, truck) == []


def test_those_that_are_active_or_yet_to_come_stay(make, truck, tool, minute_of, clock):
    _, _, active, scheduled = [minute_of(truck, minute) for minute in (0, 1, 2, 3)]
    clock.shift(2 * MINUTE)
    assert tool.data("Truck 01") == {"cpu": 99}
    assert schedules(make, truck) == [(active["id"], "active"), (scheduled["id"], "scheduled")]


def test_one_that_comes_before_a_gap_is_deleted_within_the_gap(make, truck, tool, minute_of, clock):
    _, later = minute_of(truck, 0), minute_of(truck, 5)
    clock.shift(3 * MINUTE)
    assert tool.data("Truck 01") == {"cpu": 7}
    assert schedules(make, truck) == [(later["id"], "scheduled")]


def test_a_poll_of_a_type_without_fields_is_404_and_deletes_it_all_the_same(make, tool, minute_of, clock):
    truck = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    minute_of(truck)
    clock.shift(MINUTE)
    assert tool.poll("Truck 01", "configuration").status_code == 404
    assert schedules(make, truck) == []


def test_a_poll_of_a_collection_without_any_field_left_deletes_it_too(make, tool, minute_of, clock):
    truck = make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    minute_of(truck)
    make.person.delete(f"/api/fields/{truck['fields'][0]['id']}")
    clock.shift(MINUTE)
    assert tool.poll("Truck 01").status_code == 404
    assert schedules(make, truck) == []


def test_the_schedules_of_other_collections_are_left_alone(make, truck, tool, minute_of, clock):
    other = make.collection("Truck 02", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    minute_of(truck)
    spike = minute_of(other)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    assert schedules(make, other) == [(spike["id"], "expired")]


def test_the_window_is_free_again_once_it_is_deleted(make, truck, tool, minute_of, clock):
    minute_of(truck)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    start, end = NOW.isoformat(), (NOW + HOUR).isoformat()
    assert make.spike(truck, start_datetime=start, end_datetime=end)["status"] == "active"


# --- What does not delete ------------------------------------------------------------------------------


def test_looking_at_it_does_not_delete_it(make, truck, minute_of, clock):
    spike = minute_of(truck)
    clock.shift(MINUTE)
    paths = [
        "/api/spike-schedules",
        f"/api/spike-schedules/{spike['id']}",
        f"/api/collections/{truck['id']}",
        f"/api/collections/{truck['id']}/spike-schedules?status=expired",
    ]
    for path in paths:
        assert make.person.get(path).status_code == 200
    assert schedules(make, truck) == [(spike["id"], "expired")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/api/data/Truck%2001/performance", 405),
        ("OPTIONS", "/api/data/Truck%2001/performance", 200),
        ("GET", "/api/data/Truck%2001/no-type", 400),
        ("GET", "/api/data/Truck%2002/performance", 404),
    ],
)
def test_a_request_that_serves_nothing_does_not_delete_it(
    make, truck, tool, minute_of, clock, method, path, status
):
    spike = minute_of(truck)
    clock.shift(MINUTE)
    assert tool.call(method, path).status_code == status
    assert schedules(make, truck) == [(spike["id"], "expired")]


def test_a_key_that_may_not_read_the_collection_does_not_delete_it(make, truck, minute_of, clock):
    other = make.collection("Truck 02")
    limited = make.key(allowed_collections=[{"collection_id": other["id"]}])
    spike = minute_of(truck)
    clock.shift(MINUTE)
    assert limited.poll("Truck 01").status_code == 404
    assert schedules(make, truck) == [(spike["id"], "expired")]


# --- What is written -----------------------------------------------------------------------------------


@pytest.mark.parametrize("spike", ["none", "active", "scheduled"])
def test_a_poll_that_has_no_counter_and_nothing_expired_only_reads(
    truck, tool, minute_of, queries, clock, spike
):
    if spike != "none":
        minute_of(truck, 0 if spike == "active" else 5)
    tool.data("Truck 01")  # notes that the key was used
    clock.shift(1)
    with queries() as seen:
        tool.data("Truck 01")
    assert seen.count
    assert get_writes(seen) == []


def test_the_poll_after_the_one_that_deletes_only_reads(truck, tool, minute_of, queries, clock):
    minute_of(truck)
    clock.shift(MINUTE)
    tool.data("Truck 01")
    with queries() as seen:
        tool.data("Truck 01")
    assert get_writes(seen) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True, scope="session")
def test_a_poll_that_is_overtaken_by_the_one_that_clears_is_of_an_instant_after_the_end(
    make, clock, monkeypatch
):
    """Otherwise it would find no window, and serve usual values as of an instant within it."""
    collection = make.collection("Truck", {"value_type": "NUMBER_FIXED"})
    ends = make.spike(collection)["end_datetime"]
    slow, quick = make.key(), make.key()
    read = ThreadLocalConnection.read

    def overtaken(*asked):
        monkeypatch.setattr(ThreadLocalConnection, "read", read)
        clock.move_to(datetime.fromisoformat(ends))
        assert quick.poll("Truck").status_code == 200
        return read(*asked)

    monkeypatch.setattr(ThreadLocalConnection, "read", overtaken)
    epoch = slow.poll("Truck").json["generated_at_epoch"]
    assert epoch >= datetime.fromisoformat(ends).timestamp()
