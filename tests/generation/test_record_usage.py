"""Which key polled what, and when: noted along the way, at no poll's cost."""

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation import usage
from app.generation.usage import UsageRecorder
from tests.support.concurrency import run_concurrently
from tests.support.statements import get_writes
from tests.support.timestamps import at


def polls(caller, query=""):
    response = caller.get(f"/api/polls{query}")
    assert response.status_code == 200, response.text
    return response.json["items"]


def test_a_poll_is_noted_with_its_key_and_type(owner, make):
    collection = make.collection("Truck 01", {})
    poller = make.key(label="prometheus")
    poller.data("Truck 01")
    assert polls(owner) == [
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


def test_a_poll_that_moves_a_counter_is_noted_as_well(owner, make):
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    make.key().data("Truck 01")
    assert [poll["polled_at"] for poll in polls(owner)] == [at(0)]


def test_a_poll_during_a_spike_is_noted_as_well(owner, make):
    make.spike(make.collection("Truck 01", {}))
    make.key().data("Truck 01")
    assert [poll["polled_at"] for poll in polls(owner)] == [at(0)]


@pytest.mark.parametrize("collection_type", ["performance", "configuration"])
def test_what_the_poll_got_is_noted_not_what_the_collection_is_up_to_since(
    owner, make, clock, collection_type
):
    fields = [{}, {"value_type": "TEXT_FIXED", "collection_type": "Configuration"}]
    collection, tool = make.collection("Truck 01", *fields), make.key()
    tool.data("Truck 01", collection_type)
    clock.shift(1)
    spike = make.spike(collection)
    assert polls(owner)[0]["spike_schedule_id"] is None, "this poll got normal values"
    tool.data("Truck 01", collection_type)
    assert polls(owner)[0]["spike_schedule_id"] == spike["id"]
    clock.shift(1)
    owner.post(f"/api/spike-schedules/{spike['id']}/end")
    assert polls(owner)[0]["spike_schedule_id"] == spike["id"], "nobody has polled since"
    tool.data("Truck 01", collection_type)
    assert polls(owner)[0]["spike_schedule_id"] is None


def test_the_first_poll_of_a_window_and_the_first_after_it_are_noted_at_once(owner, make, clock):
    collection, tool = make.collection("Truck 01", {}), make.key()
    spike = make.spike(collection, start_datetime=at(0.25), end_datetime=at(0.75))
    noted = []
    for _ in range(6):
        tool.data("Truck 01")
        [poll] = polls(owner)
        noted.append((poll["polled_at"], poll["spike_schedule_id"]))
        clock.shift(10)
    inside = spike["id"]
    first, hot, after = at(0), at(20 / 60), at(50 / 60)
    assert noted == [(first, None)] * 2 + [(hot, inside)] * 3 + [(after, None)]


def test_each_key_collection_and_type_is_noted_by_itself(owner, make):
    fields = [{}, {"value_type": "TEXT_FIXED", "collection_type": "Configuration"}]
    for name in ("Truck 01", "Truck 02"):
        make.collection(name, *fields)
    one, other = make.key(label="one"), make.key(label="other")
    one.data("Truck 01")
    one.data("Truck 01", "configuration")
    one.data("Truck 02")
    other.data("Truck 01")
    seen = {
        (poll["api_key_label"], poll["collection_name"], poll["collection_type"]) for poll in polls(owner)
    }
    assert seen == {
        ("one", "Truck 01", "Performance"),
        ("one", "Truck 01", "Configuration"),
        ("one", "Truck 02", "Performance"),
        ("other", "Truck 01", "Performance"),
    }


def test_it_is_noted_at_most_once_a_minute(owner, make, clock):
    make.collection("Truck 01", {})
    poller = make.key()
    noted = []
    for _ in range(5):
        poller.data("Truck 01")
        noted.append(polls(owner)[0]["polled_at"])
        clock.shift(30)
    assert noted == [at(0), at(0), at(1), at(1), at(2)]


def test_another_worker_does_not_note_the_same_again_within_the_minute(app, owner, make, clock, monkeypatch):
    make.collection("Truck 01", {})
    poller = make.key()
    poller.data("Truck 01")
    monkeypatch.setitem(app.extensions, "usage", UsageRecorder(app, batch_seconds=0))
    noted = []
    for seconds in (25, 34, 26):
        clock.shift(seconds)
        poller.data("Truck 01")
        key = owner.get(f"/api/api-keys/{poller.id}").json
        noted.append((polls(owner)[0]["polled_at"], key["last_used_at"]))
    assert noted == [(at(0), at(0)), (at(0), at(0)), (at(85 / 60), at(85 / 60))]


def test_a_clock_that_is_set_back_is_believed(owner, make, clock):
    make.collection("Truck 01", {})
    poller = make.key()
    clock.shift(3600)
    poller.data("Truck 01")
    clock.shift(-3600)
    poller.data("Truck 01")
    assert polls(owner)[0]["polled_at"] == at(0)
    assert owner.get(f"/api/api-keys/{poller.id}").json["last_used_at"] == at(0)


def test_more_pollers_than_a_worker_can_keep_in_mind_are_noted_as_well(owner, make, monkeypatch):
    monkeypatch.setattr(usage, "MAX_TRACKED", 2)
    poller = make.key()
    for number in range(5):
        make.collection(f"Truck {number}", {})
        poller.data(f"Truck {number}")
    assert len(polls(owner)) == 5


def test_a_poll_within_the_minute_only_reads(make, clock, queries):
    make.collection("Truck 01", {})
    poller = make.key()
    poller.data("Truck 01")
    clock.shift(59)
    with queries() as seen:
        poller.data("Truck 01")
    assert get_writes(seen) == []


def test_a_poll_that_is_refused_is_not_noted(owner, make):
    make.collection("Truck 01")
    assert make.key().poll("Truck 01").status_code == 404
    assert polls(owner) == []


def test_a_sample_is_no_poll(owner, make):
    collection = make.collection("Truck 01", {})
    assert owner.get(f"/api/collections/{collection['id']}/sample/performance").status_code == 200
    assert polls(owner) == []


def test_the_notes_go_with_the_key(owner, make):
    make.collection("Truck 01", {})
    poller = make.key()
    poller.data("Truck 01")
    assert owner.delete(f"/api/api-keys/{poller.id}").status_code == 204
    assert polls(owner) == []


def test_the_notes_go_with_the_collection(owner, make):
    collection = make.collection("Truck 01", {})
    make.key().data("Truck 01")
    assert owner.delete(f"/api/collections/{collection['id']}").status_code == 204
    assert polls(owner) == []


def test_a_busy_database_costs_the_note_not_the_poll(app, owner, make):
    make.collection("Truck 01", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    poller = make.key()
    with app.app_context(), db.engine.connect() as connection:
        _keep_busy(connection)
        assert poller.data("Truck 01") == {"cpu": 7}
        connection.rollback()
    assert polls(owner) == []
    poller.data("Truck 01")
    assert len(polls(owner)) == 1


def _keep_busy(connection):
    """Hold what a note has to wait for: SQLite's write lock, or the key's row."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.text("SELECT id FROM api_keys FOR UPDATE"))


def test_first_polls_at_the_same_moment_leave_one_note(owner, make):
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    poller = make.key()
    answers = run_concurrently(*[lambda: poller.poll("Truck 01").status_code] * 8)
    assert set(answers) == {200}
    assert len(polls(owner)) == 1


def test_a_key_that_is_deleted_meanwhile_fails_no_poll(owner, make):
    make.collection("Truck 01", {"value_type": "INCREMENT"})
    for _ in range(5):
        poller = make.key()
        deleted, *polled = run_concurrently(
            lambda key_id=poller.id: owner.delete(f"/api/api-keys/{key_id}").status_code,
            *[lambda poller=poller: poller.poll("Truck 01").status_code] * 3,
        )
        assert deleted == 204
        assert set(polled) <= {200, 401}
    assert polls(owner) == []


class TestGathering:
    """A worker that has just written notes gathers the next ones."""

    @pytest.fixture
    def gathering(self, app, make, monkeypatch):
        for number in range(3):
            make.collection(f"Truck {number}", {})
        gathering = UsageRecorder(app, batch_seconds=3600)
        monkeypatch.setitem(app.extensions, "usage", gathering)
        yield gathering
        gathering.stop()

    def test_the_first_is_written_at_once_and_those_that_follow_together(
        self, owner, make, gathering, queries
    ):
        one, other = make.key(), make.key()
        one.data("Truck 0")
        assert len(polls(owner)) == 1
        for number in range(3):
            for _ in range(2):
                one.data(f"Truck {number}")
                other.data(f"Truck {number}")
        assert len(polls(owner)) == 1
        with queries() as seen:
            gathering.write()
        assert len(get_writes(seen)) <= 3
        assert len(polls(owner)) == 6
        assert owner.get(f"/api/api-keys/{other.id}").json["last_used_at"] == at(0)

    def test_what_is_gone_by_then_is_left_out(self, owner, make, gathering):
        one, other = make.key(), make.key()
        for key in (one, other):
            key.data("Truck 0")
        other.data("Truck 1")
        owner.delete(f"/api/api-keys/{one.id}")
        ids = {each["name"]: each["id"] for each in owner.get("/api/collections").json["items"]}
        owner.delete(f"/api/collections/{ids['Truck 0']}")
        gathering.write()
        assert [poll["collection_name"] for poll in polls(owner)] == ["Truck 1"]
