"""Windows of one collection never overlap; the 409 lists the conflicts and the next free start."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.hypothesis_settings import talks_to_the_app
from tests.support.problems import refused
from tests.support.timestamps import at


@pytest.fixture
def truck(make):
    return make.collection("Truck 01", {"value_type": "NUMBER_RANGE", "name": "cpu"})


def create_spike(caller, collection, start, end, name="Spike"):
    """Request a spike from `start` to `end`, in minutes from now."""
    return caller.post(
        "/api/spike-schedules",
        {
            "collection_id": collection["id"],
            "name": name,
            "start_datetime": at(start),
            "end_datetime": at(end),
        },
    )


def summarize(spike):
    return {name: spike[name] for name in ("id", "name", "start_datetime", "end_datetime")}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(60, 120, id="the same window"),
        pytest.param(50, 70, id="over the start"),
        pytest.param(110, 130, id="over the end"),
        pytest.param(70, 110, id="inside"),
        pytest.param(50, 130, id="contains it"),
        pytest.param(60, 70, id="the first part"),
        pytest.param(110, 120, id="the last part"),
        pytest.param(50, 120, id="from before the start to the end"),
        pytest.param(60, 130, id="from the start to after the end"),
        pytest.param(50, 60 + 1e-6, id="60 µs of the start"),
        pytest.param(120 - 1e-6, 130, id="60 µs of the end"),
        pytest.param(-600, 6000, id="contains it with hours on each side"),
    ],
)
def test_a_window_that_overlaps_another_is_refused(owner, truck, start, end):
    existing = create_spike(owner, truck, 60, 120, "Black Friday").json
    problem = refused(create_spike(owner, truck, start, end), 409)
    assert problem["conflicts"] == [summarize(existing)]
    assert problem["type"] == "urn:spikecast:problem:overlap"
    assert problem["detail"].startswith("The window overlaps 'Black Friday'.")
    assert owner.get("/api/spike-schedules").json["total"] == 1


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(0, 60, id="ends at its start"),
        pytest.param(120, 180, id="starts at its end"),
        pytest.param(0, 30, id="before"),
        pytest.param(150, 180, id="after"),
    ],
)
def test_a_window_that_overlaps_no_other_is_accepted(owner, truck, start, end):
    create_spike(owner, truck, 60, 120)
    assert create_spike(owner, truck, start, end).status_code == 201


def test_a_gap_between_two_windows_may_be_filled_exactly(owner, truck):
    create_spike(owner, truck, 0, 60)
    create_spike(owner, truck, 120, 180)
    assert create_spike(owner, truck, 60, 120).status_code == 201


def test_windows_with_different_utc_offsets_are_compared_in_utc(owner, truck):
    body = {"collection_id": truck["id"], "name": "Spike"}
    existing = {"start_datetime": "2026-11-27T12:00:00+02:00", "end_datetime": "2026-11-27T13:00:00+02:00"}
    same = {"start_datetime": "2026-11-27T10:30:00", "end_datetime": "2026-11-27T11:30:00Z"}
    after = {"start_datetime": "2026-11-27T08:00:00-03:00", "end_datetime": "2026-11-27T12:00:00Z"}
    assert owner.post("/api/spike-schedules", body | existing).status_code == 201
    refused(owner.post("/api/spike-schedules", body | same), 409)
    assert owner.post("/api/spike-schedules", body | after).status_code == 201


def test_other_collections_may_have_the_same_window(owner, truck, make):
    create_spike(owner, truck, 60, 120)
    other = make.collection("Truck 02", {"value_type": "NUMBER_RANGE"})
    assert create_spike(owner, other, 60, 120).status_code == 201


def test_all_conflicts_are_listed_earliest_first(owner, truck):
    for start in (120, 0, 60, 180, 240):
        create_spike(owner, truck, start, start + 30, f"at {start}")
    problem = refused(create_spike(owner, truck, 10, 190), 409)
    assert [each["name"] for each in problem["conflicts"]] == ["at 0", "at 60", "at 120", "at 180"]
    assert problem["detail"] == (
        "The window overlaps 'at 0', 'at 60', 'at 120' and 1 more. The next free start is "
        "2026-11-27T12:30:00Z."
    )


def test_the_next_free_start_has_room_for_a_window_of_the_same_length(owner, truck):
    create_spike(owner, truck, 60, 120)
    create_spike(owner, truck, 130, 180)
    assert refused(create_spike(owner, truck, 90, 100), 409)["next_free_start"] == at(120)
    assert refused(create_spike(owner, truck, 90, 101), 409)["next_free_start"] == at(180)
    assert refused(create_spike(owner, truck, 55, 65), 409)["next_free_start"] == at(120)


def test_the_next_free_start_is_null_if_the_window_would_end_after_9998(owner, truck):
    body = {"collection_id": truck["id"], "name": "Spike"}
    owner.post("/api/spike-schedules", body | {"end_datetime": "9998-12-31T23:00:00Z"})
    problem = refused(owner.post("/api/spike-schedules", body | {"duration": 3600}), 409)
    assert problem["next_free_start"] is None
    problem = refused(owner.post("/api/spike-schedules", body | {"duration": 3599}), 409)
    assert problem["next_free_start"] == "9998-12-31T23:00:00Z"


def test_the_window_of_a_deleted_spike_is_free(owner, truck):
    existing = create_spike(owner, truck, 60, 120).json
    refused(create_spike(owner, truck, 60, 120), 409)
    owner.delete(f"/api/spike-schedules/{existing['id']}")
    assert create_spike(owner, truck, 60, 120).status_code == 201


def test_the_rest_of_an_ended_spikes_window_is_free(owner, truck, clock):
    existing = create_spike(owner, truck, 0, 120).json
    clock.shift(60 * 30)
    owner.post(f"/api/spike-schedules/{existing['id']}/end")
    assert create_spike(owner, truck, 30, 60).status_code == 201


def test_an_expired_window_still_conflicts_until_a_poll_deletes_it(owner, truck, clock, make):
    existing = create_spike(owner, truck, 0, 10).json
    clock.shift(60 * 20)
    problem = refused(create_spike(owner, truck, 5, 30), 409)
    assert problem["conflicts"] == [summarize(existing)]
    make.key().data("Truck 01")
    assert create_spike(owner, truck, 5, 30).status_code == 201


def test_a_spike_that_was_ended_at_its_start_conflicts_with_no_window(owner, truck):
    existing = create_spike(owner, truck, 0, 60).json
    ended = owner.post(f"/api/spike-schedules/{existing['id']}/end").json
    assert (ended["start_datetime"], ended["end_datetime"]) == (at(0), at(0))
    assert create_spike(owner, truck, -30, 30).status_code == 201


def overlaps(one, other):
    return one[0] < other[1] and other[0] < one[1]


def find_free_start(windows, start, length):
    """Return the first minute from `start` at which a window of that length is free, by trying each."""
    while any(overlaps((start, start + length), window) for window in windows):
        start += 1
    return start


windows = st.tuples(st.integers(0, 120), st.integers(1, 60)).map(lambda each: (each[0], sum(each)))


@given(requested=st.lists(windows, min_size=2, max_size=8))
@example(requested=[(60, 120), (0, 180), (70, 80), (60, 120), (0, 60), (120, 180)])
@talks_to_the_app
def test_a_window_is_accepted_exactly_if_it_overlaps_no_other_and_fits_at_the_next_free_start(
    owner, make, requested
):
    collection = make.collection(None, {"value_type": "NUMBER_RANGE"})
    accepted: dict[tuple[int, int], int] = {}
    for start, end in requested:
        response = create_spike(owner, collection, start, end)
        conflicts = sorted(window for window in accepted if overlaps(window, (start, end)))
        if not conflicts:
            assert response.status_code == 201, response.text
            accepted[start, end] = response.json["id"]
            continue
        problem = refused(response, 409)
        assert [each["id"] for each in problem["conflicts"]] == [accepted[window] for window in conflicts]
        free = find_free_start(accepted, start, end - start)
        assert problem["next_free_start"] == at(free)
        at_the_free_start = create_spike(owner, collection, free, free + end - start)
        assert at_the_free_start.status_code == 201, at_the_free_start.text
        owner.delete(at_the_free_start.headers["Location"])


@given(
    existing=st.lists(windows, min_size=1, max_size=4),
    moved=windows,
    ends=st.sampled_from([("start_datetime",), ("end_datetime",), ("start_datetime", "end_datetime")]),
)
@talks_to_the_app
def test_a_window_is_moved_exactly_if_it_then_overlaps_no_other(owner, make, existing, moved, ends):
    collection = make.collection(None, {"value_type": "NUMBER_RANGE"})
    others = [each for each in existing if create_spike(owner, collection, *each).status_code == 201]
    last = max(end for _, end in others)
    spike = create_spike(owner, collection, last + 10, last + 20).json
    changes = {"start_datetime": at(moved[0]), "end_datetime": at(moved[1])}
    start = moved[0] if "start_datetime" in ends else last + 10
    end = moved[1] if "end_datetime" in ends else last + 20
    response = owner.patch(f"/api/spike-schedules/{spike['id']}", {name: changes[name] for name in ends})
    if start >= end:
        assert response.status_code == 422
    elif any(overlaps(other, (start, end)) for other in others):
        problem = refused(response, 409)
        assert problem["next_free_start"] == at(find_free_start(others, start, end - start))
    else:
        assert response.status_code == 200, response.text
        assert (response.json["start_datetime"], response.json["end_datetime"]) == (at(start), at(end))
    if response.status_code != 200:
        assert owner.get(f"/api/spike-schedules/{spike['id']}").json == spike
