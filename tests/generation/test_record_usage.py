"""Recording which key polled which collection, and when, without delaying polls."""

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation import usage
from app.generation.usage import UsageRecorder
from tests.support.concurrency import run_concurrently
from tests.support.statements import get_writes
from tests.support.timestamps import at


def list_polls(caller, query=""):
    response = caller.get(f"/api/polls{query}")
    assert response.status_code == 200, response.text
    return response.json["items"]


def test_a_poll_is_recorded_with_its_key_and_type(owner, make):
    collection = make.collection("Truck 01", {})
    poller = make.key(label="prometheus")
    poller.data("Truck 01")
    assert list_polls(owner) == [
        {
            "collection_id": collection["id"],
            "collection_name": "Truck 01",
            "collection_type": "Performance",
            "api_key_id": poller.id,
            "api_key_label": "prometheus",
            "polled_at": at(0),
            "spike_schedule_id": None,
        }
    ]


def test_a_poll_that_advances_a_counter_is_recorded(owner, make):
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    make.key().data("Truck 01")
    assert [poll["polled_at"] for poll in list_polls(owner)] == [at(0)]


def test_a_poll_during_a_spike_is_recorded(owner, make):
    make.spike(make.collection("Truck 01", {}))
    make.key().data("Truck 01")
    assert [poll["polled_at"] for poll in list_polls(owner)] == [at(0)]


@pytest.mark.parametrize("collection_type", ["performance", "configuration"])
def test_the_recorded_spike_is_that_of_the_poll_not_the_current_one(owner, make, clock, collection_type):
    fields = [{}, {"value_type": "TEXT_FIXED", "collection_type": "Configuration"}]
    collection, tool = make.collection("Truck 01", *fields), make.key()
    tool.data("Truck 01", collection_type)
    clock.shift(1)
    spike = make.spike(collection)
    assert list_polls(owner)[0]["spike_schedule_id"] is None, "this poll got normal values"
    tool.data("Truck 01", collection_type)
    assert list_polls(owner)[0]["spike_schedule_id"] == spike["id"]
    clock.shift(1)
    owner.post(f"/api/spike-schedules/{spike['id']}/end")
    assert list_polls(owner)[0]["spike_schedule_id"] == spike["id"], "there was no poll since"
    tool.data("Truck 01", collection_type)
    assert list_polls(owner)[0]["spike_schedule_id"] is None


def test_the_first_polls_in_a_window_and_after_it_are_recorded_at_once(owner, make, clock):
    collection, tool = make.collection("Truck 01", {}), make.key()
    spike = make.spike(collection, start_datetime=at(0.25), end_datetime=at(0.75))
    recorded = []
    for _ in range(6):
        tool.data("Truck 01")
        [poll] = list_polls(owner)
        recorded.append((poll["polled_at"], poll["spike_schedule_id"]))
        clock.shift(10)
    inside = spike["id"]
    first, hot, after = at(0), at(20 / 60), at(50 / 60)
    assert recorded == [(first, None)] * 2 + [(hot, inside)] * 3 + [(after, None)]


def test_each_key_collection_and_type_is_recorded_separately(owner, make):
    fields = [{}, {"value_type": "TEXT_FIXED", "collection_type": "Configuration"}]
    for name in ("Truck 01", "Truck 02"):
        make.collection(name, *fields)
    one, other = make.key(label="one"), make.key(label="other")
    one.data("Truck 01")
    one.data("Truck 01", "configuration")
    one.data("Truck 02")
    other.data("Truck 01")
    seen = {
        (poll["api_key_label"], poll["collection_name"], poll["collection_type"])
        for poll in list_polls(owner)
    }
    assert seen == {
        ("one", "Truck 01", "Performance"),
        ("one", "Truck 01", "Configuration"),
        ("one", "Truck 02", "Performance"),
        ("other", "Truck 01", "Performance"),
    }


def test_polls_are_recorded_at_most_once_a_minute(owner, make, clock):
    make.collection("Truck 01", {})
    poller = make.key()
    recorded = []
    for _ in range(5):
        poller.data("Truck 01")
        recorded.append(list_polls(owner)[0]["polled_at"])
        clock.shift(30)
    assert recorded == [at(0), at(0), at(1), at(1), at(2)]


def test_another_worker_does_not_record_the_same_poll_within_the_minute(app, owner, make, clock, monkeypatch):
    make.collection("Truck 01", {})
    poller = make.key()
    poller.data("Truck 01")
    monkeypatch.setitem(app.extensions, "usage", UsageRecorder(app, batch_seconds=0))
    recorded = []
    for seconds in (25, 34, 26):
        clock.shift(seconds)
        poller.data("Truck 01")
        key = owner.get(f"/api/api-keys/{poller.id}").json
        recorded.append((list_polls(owner)[0]["polled_at"], key["last_used_at"]))
    assert recorded == [(at(0), at(0)), (at(0), at(0)), (at(85 / 60), at(85 / 60))]


def test_a_poll_after_the_clock_is_set_back_is_recorded_at_the_earlier_time(owner, make, clock):
    make.collection("Truck 01", {})
    poller = make.key()
    clock.shift(3600)
    poller.data("Truck 01")
    clock.shift(-3600)
    poller.data("Truck 01")
    assert list_polls(owner)[0]["polled_at"] == at(0)
    assert owner.get(f"/api/api-keys/{poller.id}").json["last_used_at"] == at(0)


def test_more_polls_than_a_worker_can_track_are_recorded(owner, make, monkeypatch):
    monkeypatch.setattr(usage, "MAX_TRACKED", 2)
    poller = make.key()
    for number in range(5):
        make.collection(f"Truck {number}", {})
        poller.data(f"Truck {number}")
    assert len(list_polls(owner)) == 5


def test_a_second_poll_within_the_minute_writes_nothing(make, clock, queries):
    make.collection("Truck 01", {})
    poller = make.key()
    poller.data("Truck 01")
    clock.shift(59)
    with queries() as seen:
        poller.data("Truck 01")
    assert get_writes(seen) == []


def test_a_refused_poll_is_not_recorded(owner, make):
    make.collection("Truck 01")
    assert make.key().poll("Truck 01").status_code == 404
    assert list_polls(owner) == []


def test_a_sample_is_not_recorded_as_a_poll(owner, make):
    collection = make.collection("Truck 01", {})
    assert owner.get(f"/api/collections/{collection['id']}/sample/performance").status_code == 200
    assert list_polls(owner) == []


def test_usage_records_are_deleted_with_the_key(owner, make):
    make.collection("Truck 01", {})
    poller = make.key()
    poller.data("Truck 01")
    assert owner.delete(f"/api/api-keys/{poller.id}").status_code == 204
    assert list_polls(owner) == []


def test_usage_records_are_deleted_with_the_collection(owner, make):
    collection = make.collection("Truck 01", {})
    make.key().data("Truck 01")
    assert owner.delete(f"/api/collections/{collection['id']}").status_code == 204
    assert list_polls(owner) == []


def test_a_locked_database_skips_the_record_but_serves_the_poll(app, owner, make):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    poller = make.key()
    with app.app_context(), db.engine.connect() as connection:
        _hold_lock(connection)
        assert poller.data("Truck 01") == {"cpu": 7}
        connection.rollback()
    assert list_polls(owner) == []
    poller.data("Truck 01")
    assert len(list_polls(owner)) == 1


def _hold_lock(connection):
    """Hold the lock that recording needs: SQLite's write lock, or the one of the key's row."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.text("SELECT id FROM api_keys FOR UPDATE"))


def test_simultaneous_first_polls_are_recorded_once(owner, make):
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    poller = make.key()
    answers = run_concurrently(*[lambda: poller.poll("Truck 01").status_code] * 8)
    assert set(answers) == {200}
    assert len(list_polls(owner)) == 1


def test_deleting_a_key_during_its_polls_causes_no_server_error(owner, make):
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    for _ in range(5):
        poller = make.key()
        deleted, *polled = run_concurrently(
            lambda key_id=poller.id: owner.delete(f"/api/api-keys/{key_id}").status_code,
            *[lambda poller=poller: poller.poll("Truck 01").status_code] * 3,
        )
        assert deleted == 204
        assert set(polled) <= {200, 401}
    assert list_polls(owner) == []


class TestBatching:
    """A worker that has just written usage records collects the next ones in a batch."""

    @pytest.fixture
    def recorder(self, app, make, monkeypatch):
        for number in range(3):
            make.collection(f"Truck {number}", {})
        recorder = UsageRecorder(app, batch_seconds=3600)
        monkeypatch.setitem(app.extensions, "usage", recorder)
        yield recorder
        recorder.stop()

    def test_the_first_record_is_written_at_once_and_the_next_ones_together(
        self, owner, make, recorder, queries
    ):
        one, other = make.key(), make.key()
        one.data("Truck 0")
        assert len(list_polls(owner)) == 1
        for number in range(3):
            for _ in range(2):
                one.data(f"Truck {number}")
                other.data(f"Truck {number}")
        assert len(list_polls(owner)) == 1
        with queries() as seen:
            recorder.write()
        assert len(get_writes(seen)) <= 3
        assert len(list_polls(owner)) == 6
        assert owner.get(f"/api/api-keys/{other.id}").json["last_used_at"] == at(0)

    def test_records_of_keys_and_collections_deleted_meanwhile_are_skipped(self, owner, make, recorder):
        one, other = make.key(), make.key()
        for key in (one, other):
            key.data("Truck 0")
        other.data("Truck 1")
        owner.delete(f"/api/api-keys/{one.id}")
        ids = {each["name"]: each["id"] for each in owner.get("/api/collections").json["items"]}
        owner.delete(f"/api/collections/{ids['Truck 0']}")
        recorder.write()
        assert [poll["collection_name"] for poll in list_polls(owner)] == ["Truck 1"]
