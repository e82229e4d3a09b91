"""Polls of type Performance during a spike are counted for its record, without a statement of their own."""

import pytest
import sqlalchemy as sa

from app.db.session import db
from app.generation import usage
from app.generation.reference_polls import ReferencePolls
from app.generation.usage import UsageRecorder
from tests.support.concurrency import run_concurrently
from tests.support.statements import work
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection(
        "Truck 01",
        {"value_type": "NUMBER_FIXED", "name": "cpu"},
        {"value_type": "INCREMENT", "name": "km"},
        {"value_type": "TEXT_FIXED", "name": "plate", "collection_type": "Configuration"},
    )


@pytest.fixture
def hot(truck):
    return {"original_field_id": truck["fields"][0]["id"], "fixed_value_number": 99}


@pytest.fixture
def fast_km(truck):
    return {"original_field_id": truck["fields"][1]["id"], "step_number": 100}


@pytest.fixture
def tool(make):
    return make.key(label="prometheus")


@pytest.fixture
def get_polls(owner):
    """Return a function that returns the polls in the record of a spike."""

    def get(spike, caller=owner):
        return caller.get(f"/api/rehearsals/{spike['rehearsal_id']}").json["polls"]

    return get


def test_the_first_poll_in_a_window_is_noted_at_once(make, truck, hot, tool, clock, get_polls):
    spike = make.spike(truck, hot)
    clock.shift(3.5)
    tool.data("Truck 01")
    assert get_polls(spike) == [
        {
            "api_key_id": tool.id,
            "label": "prometheus",
            "polls": 1,
            "first_polled_at": at(3.5 / 60),
            "first_after": 3.5,
            "last_polled_at": at(3.5 / 60),
            "times": [3.5],
            "minutes": [],
            "served": {"cpu": {"min": 99, "max": 99, "last": 99}},
            "after": None,
        }
    ]


def test_further_polls_are_noted_once_a_minute(make, truck, hot, tool, clock, get_polls):
    spike = make.spike(truck, hot)
    noted = []
    for _ in range(9):
        tool.data("Truck 01")
        noted.append(get_polls(spike)[0]["polls"])
        clock.shift(15)
    assert noted == [1, 1, 1, 1, 5, 5, 5, 5, 9]
    assert get_polls(spike)[0]["times"] == [15.0 * number for number in range(9)]


def test_the_last_polls_are_noted_with_the_first_one_after_the_window(
    make, truck, hot, fast_km, tool, clock, get_polls
):
    spike = make.spike(truck, hot, fast_km, duration=40, counters_after="continue")
    for _ in range(4):
        tool.data("Truck 01")
        clock.shift(13)
    (polls,) = get_polls(spike)
    assert (polls["polls"], polls["after"]) == (1, None)
    data = tool.data("Truck 01")
    (polls,) = get_polls(spike)
    assert (polls["polls"], polls["last_polled_at"]) == (4, at(39 / 60))
    assert polls["served"]["cpu"] == {"min": 99, "max": 99, "last": 99}
    served_km = polls["served"]["km"]
    assert (served_km["max"] - served_km["min"], served_km["last"]) == (300, served_km["max"])
    assert polls["after"] == data == {"cpu": 7, "km": served_km["last"] + 5}


def test_what_came_after_a_window_is_kept(make, truck, hot, tool, clock, get_polls):
    spike = make.spike(truck, hot, duration=30)
    tool.data("Truck 01")
    clock.shift(30)
    for _ in range(3):
        tool.data("Truck 01")
        clock.shift(60)
    (polls,) = get_polls(spike)
    assert (polls["polls"], polls["last_polled_at"], polls["after"]) == (1, at(0), {"cpu": 7})


def test_a_poll_of_the_next_spike_is_the_first_after_the_one_before(make, truck, hot, tool, clock, get_polls):
    one = make.spike(truck, hot, duration=60)
    other = make.spike(truck, hot | {"fixed_value_number": 50}, start_datetime=at(1), duration=60)
    tool.data("Truck 01")
    clock.shift(60)
    tool.data("Truck 01")
    assert get_polls(one)[0]["after"] == {"cpu": 50}
    assert [polls["polls"] for polls in get_polls(other)] == [1]


def test_each_key_has_its_own_count(make, truck, hot, tool, get_polls):
    spike = make.spike(truck, hot)
    make.key(label="other").data("Truck 01")
    tool.data("Truck 01")
    assert {polls["label"]: polls["polls"] for polls in get_polls(spike)} == {"other": 1, "prometheus": 1}


def test_a_spike_without_overrides_counts_polls_too(make, truck, tool, get_polls):
    spike = make.spike(truck)
    tool.data("Truck 01")
    (polls,) = get_polls(spike)
    assert (polls["polls"], polls["served"]) == (1, {})


def test_values_of_the_first_twenty_overridden_fields_are_noted(make, tool, get_polls):
    many = make.collection("Rack", *({"value_type": "NUMBER_FIXED", "name": f"{n:02}"} for n in range(22)))
    overrides = [{"original_field_id": each["id"], "fixed_value_number": 1} for each in many["fields"]]
    spike = make.spike(many, *overrides)
    tool.data("Rack")
    assert list(get_polls(spike)[0]["served"]) == [f"{number:02}" for number in range(20)]


def test_a_counter_that_is_no_float_is_noted_by_the_nearest_one(make, tool, get_polls):
    tank = make.collection(
        "Tank", {"value_type": "INCREMENT", "name": "n", "start_number": 0.00000001, "step_number": 1}
    )
    spike = make.spike(tank, {"original_field_id": tank["fields"][0]["id"], "step_number": 2})
    tool.data("Tank")
    assert get_polls(spike)[0]["served"]["n"]["last"] == pytest.approx(1e-8)


def test_polls_of_configuration_and_outside_of_windows_are_not_counted(
    make, truck, hot, tool, clock, get_polls
):
    spike = make.spike(truck, hot, start_datetime=at(1), duration=60)
    tool.data("Truck 01")
    clock.shift(60)
    tool.data("Truck 01", "configuration")
    clock.shift(60)
    tool.data("Truck 01", "configuration")
    assert get_polls(spike) == []


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_add_up_what_they_counted(
    app, make, truck, fast_km, tool, clock, get_polls, monkeypatch, workers
):
    spike = make.spike(truck, fast_km, duration=300)
    recorders = [UsageRecorder(app, batch_seconds=0) for _ in range(workers)]
    for number in range(25):
        monkeypatch.setitem(app.extensions, "usage", recorders[number % workers])
        tool.data("Truck 01")
        clock.shift(10)
    for recorder in recorders:
        recorder.write_all()
    (polls,) = get_polls(spike)
    assert polls["polls"] == 25
    assert polls["times"] == [10.0 * number for number in range(25)]
    assert polls["served"]["km"] == {"min": 10, "max": 2410, "last": 2410}


def test_a_poll_that_is_only_counted_executes_no_further_statement(make, truck, hot, tool, queries):
    make.spike(truck, hot)
    tool.data("Truck 01")
    with queries() as seen:
        tool.data("Truck 01")
    assert len(work(seen)) == 1


def test_a_note_with_counts_costs_three_statements_more(make, truck, hot, tool, clock, queries):
    def count_statements():
        tool.data("Truck 01")
        clock.shift(60)
        with queries() as seen:
            tool.data("Truck 01")
        return len(work(seen))

    without = count_statements()
    make.spike(truck, hot)
    assert count_statements() - without == 3


def test_a_locked_database_loses_no_count(app, make, tool, clock, get_polls):
    rack = make.collection("Rack", {"value_type": "NUMBER_FIXED", "name": "cpu"})
    spike = make.spike(rack, {"original_field_id": rack["fields"][0]["id"], "fixed_value_number": 9})
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.text("SELECT id FROM api_keys FOR UPDATE"))
        for _ in range(3):
            tool.data("Rack")
            clock.shift(60)
        connection.rollback()
    assert get_polls(spike) == []
    tool.data("Rack")
    assert get_polls(spike)[0]["times"] == [0.0, 60.0, 120.0, 180.0]


def test_concurrent_polls_are_all_counted(app, make, truck, hot, tool, get_polls):
    spike = make.spike(truck, hot)
    answers = run_concurrently(*[lambda: tool.poll("Truck 01").status_code] * 12)
    assert set(answers) == {200}
    app.extensions["usage"].write_all()
    assert get_polls(spike)[0]["polls"] == 12


class TestBatching:
    """A worker that has just written collects what comes next."""

    @pytest.fixture
    def recorder(self, app, monkeypatch):
        recorder = UsageRecorder(app, batch_seconds=3600)
        monkeypatch.setitem(app.extensions, "usage", recorder)
        yield recorder
        recorder.stop()

    def test_many_receipts_are_written_in_three_statements(
        self, make, truck, hot, tool, recorder, queries, get_polls
    ):
        tool.data("Truck 01")
        spike = make.spike(truck, hot)
        keys = [make.key() for _ in range(5)]
        for key in (tool, *keys):
            key.data("Truck 01")
        with queries() as seen:
            recorder.write()
        assert len([each for each in seen.statements if "rehearsal_polls" in each]) == 3
        assert len(get_polls(spike)) == 6

    def test_receipts_of_keys_and_records_deleted_meanwhile_are_skipped(
        self, owner, make, truck, hot, tool, recorder, get_polls
    ):
        spike = make.spike(truck, hot)
        tool.data("Truck 01")
        gone, kept = make.key(), make.key()
        other = make.spike(make.collection("Gone", {}))
        for key in (gone, kept):
            key.data("Truck 01")
        kept.data("Gone")
        owner.delete(f"/api/api-keys/{gone.id}")
        owner.delete(f"/api/collections/{other['collection_id']}")
        recorder.write()
        assert [polls["api_key_id"] for polls in get_polls(spike)] == [tool.id, kept.id]

    def test_polls_of_a_window_that_was_moved_meanwhile_are_dropped(
        self, owner, make, truck, hot, tool, clock, recorder, get_polls
    ):
        make.key().data("Truck 01")
        spike = make.spike(truck, hot, duration=600)
        tool.data("Truck 01")
        clock.shift(1)
        owner.patch(f"/api/spike-schedules/{spike['id']}", {"start_datetime": at(5)})
        recorder.write()
        assert get_polls(spike) == []

    def test_beyond_the_bound_all_receipts_are_written_with_the_next_record(
        self, make, truck, hot, recorder, get_polls, monkeypatch
    ):
        spike = make.spike(truck, hot)
        keys = [make.key() for _ in range(4)]
        for key in keys:
            key.data("Truck 01")
        recorder.write()
        monkeypatch.setattr(usage, "MAX_TALLIES", 2)
        for key in keys:
            key.data("Truck 01")
        recorder.write()
        assert [polls["polls"] for polls in get_polls(spike)] == [2, 2, 2, 1]

    def test_at_twice_the_bound_other_keys_are_not_counted(
        self, make, truck, hot, recorder, get_polls, monkeypatch
    ):
        spike = make.spike(truck, hot)
        keys = [make.key() for _ in range(3)]
        for key in keys:
            key.data("Truck 01")
        recorder.write()
        monkeypatch.setattr(usage, "MAX_TALLIES", 1)
        for key in (*keys, *keys):
            key.data("Truck 01")
        recorder.write_all()
        assert [polls["polls"] for polls in get_polls(spike)] == [3, 3, 1]


# --- Windows that move ---------------------------------------------------------------------------------


def test_a_spike_that_is_moved_to_the_future_forgets_its_polls(
    owner, make, truck, hot, tool, clock, get_polls
):
    spike = make.spike(truck, hot, duration=600)
    tool.data("Truck 01")
    clock.shift(10)
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"start_datetime": at(5), "duration": 600})
    assert get_polls(spike) == []
    tool.data("Truck 01")
    clock.move_to(at(6))
    tool.data("Truck 01")
    assert [polls["times"] for polls in get_polls(spike)] == [[60.0]]


def test_an_earlier_start_counts_the_times_from_there(owner, make, truck, hot, tool, get_polls):
    spike = make.spike(truck, hot, duration=600)
    tool.data("Truck 01")
    owner.patch(f"/api/spike-schedules/{spike['id']}", {"start_datetime": at(-1)})
    (polls,) = get_polls(spike)
    assert (polls["first_after"], polls["times"]) == (60.0, [60.0])


def test_the_reference_poll_counts_as_well(app, make, truck, hot, tool, clock, get_polls, monkeypatch):
    monkeypatch.setitem(app.extensions, "polls", ReferencePolls(app))
    spike = make.spike(truck, hot, duration=30)
    tool.data("Truck 01")
    clock.shift(30)
    tool.data("Truck 01")
    (polls,) = get_polls(spike)
    assert (polls["polls"], polls["served"]["cpu"]["max"], polls["after"]) == (1, 99, {"cpu": 7})
