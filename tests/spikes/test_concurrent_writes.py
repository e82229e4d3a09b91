"""Concurrent requests that create, move and extend spikes, and change the fields of their collection."""

import random
from itertools import pairwise

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.problems import refused
from tests.support.timestamps import at
from tests.support.value_types import SOME_VALUE

THREADS = 16
ROUNDS = 3


def create_spike(caller, collection, start, end, **more):
    body = {
        "collection_id": collection["id"],
        "name": f"{start} to {end}",
        "start_datetime": at(start),
        "end_datetime": at(end),
    }
    return caller.post("/api/spike-schedules", body | more)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_only_one_of_16_concurrent_spikes_with_the_same_window_is_created(owner, make, round_):
    truck = make.collection("Truck 01", {"name": "cpu"})
    responses = run_concurrently(*[lambda: create_spike(owner, truck, 10, 20)] * THREADS)
    assert sorted(response.status_code for response in responses) == [201] + [409] * (THREADS - 1)
    (winner,) = (response.json for response in responses if response.status_code == 201)
    for response in responses:
        if response.status_code == 409:
            problem = refused(response, 409)
            assert [each["id"] for each in problem["conflicts"]] == [winner["id"]]
            assert problem["next_free_start"] == at(20)
    assert owner.get("/api/spike-schedules").json["total"] == 1


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_windows_that_are_created_concurrently_never_overlap(owner, make, seed):
    rng = random.Random(seed)
    truck = make.collection("Truck 01", {"name": "cpu"})
    starts = [rng.randrange(100) for _ in range(THREADS)]
    requested = [(start, start + rng.randrange(1, 40)) for start in starts]
    responses = run_concurrently(
        *(lambda window=window: create_spike(owner, truck, *window) for window in requested)
    )
    assert {response.status_code for response in responses} <= {201, 409}
    stored = owner.get("/api/spike-schedules?sort=start_datetime").json["items"]
    assert {spike["id"] for spike in stored} == {
        response.json["id"] for response in responses if response.status_code == 201
    }
    assert all(before["end_datetime"] <= after["start_datetime"] for before, after in pairwise(stored)), (
        stored
    )
    # No request was refused without reason: each refused window overlaps a stored one.
    windows = [(spike["start_datetime"], spike["end_datetime"]) for spike in stored]
    for (start, end), response in zip(requested, responses, strict=True):
        if response.status_code == 409:
            assert any(
                at(start) < taken_until and taken_from < at(end) for taken_from, taken_until in windows
            )


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_only_one_of_16_spikes_that_are_moved_to_the_same_window_concurrently_is_moved(owner, make, round_):
    truck = make.collection("Truck 01", {"name": "cpu"})
    spikes = [create_spike(owner, truck, 100 + 10 * n, 105 + 10 * n).json for n in range(THREADS)]
    same_window = {"start_datetime": at(10), "end_datetime": at(20)}
    responses = run_concurrently(
        *(
            lambda spike=spike: owner.patch(f"/api/spike-schedules/{spike['id']}", same_window)
            for spike in spikes
        )
    )
    assert sorted(response.status_code for response in responses) == [200] + [409] * (THREADS - 1)
    stored = owner.get("/api/spike-schedules").json["items"]
    assert sum(spike["start_datetime"] == at(10) for spike in stored) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_either_an_extension_or_a_concurrent_overlapping_new_spike_is_refused(owner, make, round_):
    truck = make.collection("Truck 01", {"name": "cpu"})
    spike = create_spike(owner, truck, 0, 10).json
    extended, created = run_concurrently(
        lambda: owner.post(f"/api/spike-schedules/{spike['id']}/extend", {"duration": 600}),
        lambda: create_spike(owner, truck, 15, 25),
    )
    assert (extended.status_code, created.status_code) in [(200, 409), (409, 201)]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_spike_copies_match_fields_that_are_changed_while_spikes_are_created(owner, make, round_):
    truck = make.collection("Truck 01", *({"name": f"field {n}"} for n in range(8)))
    ids = [field["id"] for field in truck["fields"]]
    override = {"original_field_id": ids[0], "range_start_number": 6}

    def change(id_, **changes):
        return lambda: owner.patch(f"/api/fields/{id_}", changes)

    def add(name):
        field = {"collection_type": "Performance", "field_name": name, "value_type": "EPOCH_NOW"}
        return lambda: owner.post(f"/api/collections/{truck['id']}/fields", field)

    calls = [
        *(
            lambda n=n: create_spike(owner, truck, 10 * n, 10 * n + 10, spike_fields=[override])
            for n in range(8)
        ),
        change(ids[0], field_name="renamed though overridden"),
        change(ids[1], field_name="renamed"),
        change(ids[2], range_end_number=30),
        change(ids[3], value_type="NUMBER_FIXED", fixed_value_number=1),
        change(ids[4], collection_type="Configuration"),
        lambda: owner.delete(f"/api/fields/{ids[5]}"),
        add("new"),
        add("newer"),
    ]
    responses = run_concurrently(*calls)
    assert {response.status_code for response in responses} <= {200, 201, 204}
    fields = owner.get(f"/api/collections/{truck['id']}").json["fields"]
    assert len(fields) == 9
    shared = ("collection_type", "field_name", "value_type", *SOME_VALUE)
    spikes = owner.get("/api/spike-schedules").json["items"]
    assert len(spikes) == 8
    for spike in spikes:
        copies = owner.get(f"/api/spike-schedules/{spike['id']}").json["spike_fields"]
        assert [copy["original_field_id"] for copy in copies] == [field["id"] for field in fields]
        for copy, field in zip(copies, fields, strict=True):
            expected = {name: field[name] for name in shared}
            if field["id"] == ids[0]:
                expected["range_start_number"] = 6
            assert {name: copy[name] for name in shared} == expected


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_deleting_a_collection_while_spikes_are_created_leaves_no_spikes(owner, make, round_):
    truck = make.collection("Truck 01", {"name": "cpu"})
    calls = [lambda n=n: create_spike(owner, truck, 10 * n, 10 * n + 10) for n in range(THREADS - 1)]
    *created, deleted = run_concurrently(*calls, lambda: owner.delete(f"/api/collections/{truck['id']}"))
    assert deleted.status_code == 204
    assert {response.status_code for response in created} <= {201, 404}
    assert owner.get("/api/spike-schedules").json["total"] == 0
