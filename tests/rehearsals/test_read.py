"""GET /api/rehearsals and GET /api/rehearsals/{id}: which records, in which order, and what they show."""

from datetime import timedelta

import pytest

from tests.support.problems import refused
from tests.support.receipts import add_receipt, to_ms
from tests.support.timestamps import NOW, at

PATH = "/api/rehearsals"


@pytest.fixture
def spikes(owner, make, truck, clock):
    """Create a spike in each state."""
    made = {
        name: make.spike(truck, name=name, start_datetime=at(start), end_datetime=at(start + 5))
        for name, start in (("observed", 0), ("running", 10), ("scheduled", 20), ("cancelled", 30))
    }
    owner.delete(f"/api/spike-schedules/{made['cancelled']['id']}")
    clock.move_to(at(12))
    return made


def names(caller, query=""):
    response = caller.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.text
    return [each["name"] for each in response.json["items"]]


def test_records_are_listed_with_the_last_start_first(owner, spikes):
    assert names(owner) == ["cancelled", "scheduled", "running", "observed"]


def test_an_item_of_the_list_is_the_record_without_its_polls(owner, make, truck, hot):
    spike = make.spike(truck, hot)
    (item,) = owner.get(PATH).json["items"]
    whole = owner.get(f"{PATH}/{spike['rehearsal_id']}").json
    alone = {"polls", "expectations", "unexpected", "warnings"}
    assert item == {name: value for name, value in whole.items() if name not in alone}


@pytest.mark.parametrize("state", ["scheduled", "running", "observed", "cancelled"])
def test_records_are_filtered_by_state(owner, spikes, state):
    assert names(owner, f"state={state}") == [state]


@pytest.mark.parametrize(
    ("is_over", "found"), [("true", ["cancelled", "observed"]), ("false", ["scheduled", "running"])]
)
def test_records_are_filtered_by_whether_the_spike_is_over(owner, spikes, is_over, found):
    assert names(owner, f"is_over={is_over}") == found


def test_a_record_tells_how_many_polls_by_how_many_keys_there_were(app, owner, spikes, get_rehearsal):
    observed = spikes["observed"]
    for key, polls in ((1, 2), (2, 5)):
        add_receipt(app, observed["rehearsal_id"], api_key_id=key, polls=polls)
    counts = {each["name"]: (each["poll_count"], each["key_count"]) for each in owner.get(PATH).json["items"]}
    assert counts == {"observed": (7, 2), "running": (0, 0), "scheduled": (0, 0), "cancelled": (0, 0)}
    whole = get_rehearsal(observed)
    assert (whole["poll_count"], whole["key_count"]) == (7, 2)


def test_records_are_filtered_by_collection_schedule_and_name(owner, make, spikes):
    other = make.spike(make.collection("Truck 02", {}), name="running")
    assert names(owner, f"collection_id={other['collection_id']}") == ["running"]
    assert names(owner, f"spike_schedule_id={spikes['observed']['id']}") == ["observed"]
    assert len(names(owner, "name=running")) == 2
    assert names(owner, "name=Running") == []


def test_records_are_filtered_by_start(owner, spikes):
    assert names(owner, f"since={at(10)}&until={at(20)}") == ["running"]


def test_records_are_found_by_name_and_by_that_of_their_collection(owner, make, spikes):
    make.spike(make.collection("Bridge", {}), name="Flood")
    assert names(owner, "search=FLOO") == names(owner, "search=bridge") == ["Flood"]


@pytest.mark.parametrize("sort", ["id", "name", "collection_name", "start_datetime", "end_datetime"])
def test_records_are_sorted(owner, make, spikes, sort):
    make.spike(make.collection("A", {}), name="b", start_datetime=at(40))
    items = owner.get(f"{PATH}?sort={sort}").json["items"]
    assert [each["id"] for each in items] == [
        each["id"] for each in sorted(items, key=lambda each: (each[sort], each["id"]))
    ]
    backwards = owner.get(f"{PATH}?sort=-{sort}").json["items"]
    assert [each[sort] for each in backwards] == [each[sort] for each in items][::-1]


def test_others_see_no_records_and_an_admin_sees_all(admin, stranger, viewer, spikes):
    assert names(stranger) == names(viewer) == []
    assert len(names(admin)) == 4


def test_an_unknown_state_is_refused(owner):
    problem = refused(owner.get(f"{PATH}?state=active"), 422)
    states = "scheduled, running, observed, passed, failed, inconclusive, cancelled"
    assert problem["errors"]["state"] == [f"must be one of {states}"]


def test_the_number_of_statements_is_the_same_for_any_number_of_records(owner, make, truck, queries):
    counts = []
    for number in range(3):
        make.spike(truck, start_datetime=at(10 * number), duration=60)
        with queries() as seen:
            owner.get(PATH)
        counts.append(len(seen.statements))
    assert len(set(counts)) == 1


# --- Polls ---------------------------------------------------------------------------------------------


def test_polls_are_shown_by_key_in_seconds_since_the_start(app, owner, make, truck, get_rehearsal):
    spike = make.spike(truck, start_datetime=at(-1))
    add_receipt(
        app,
        spike["rehearsal_id"],
        api_key_id=7,
        key_owner_id=owner.user_id,
        polls=5,
        times=[to_ms(NOW), to_ms(NOW) + 60_250],
        minutes={str(to_ms(NOW) // 60_000 + minute): polls for minute, polls in ((9, 1), (2, 2))},
        served={"cpu": [90, 100, 97]},
        after={"cpu": 12},
    )
    assert get_rehearsal(spike)["polls"] == [
        {
            "api_key_id": 7,
            "label": "prometheus",
            "polls": 5,
            "first_polled_at": at(0),
            "first_after": 60.0,
            "last_polled_at": at(1),
            "times": [60.0, 120.25],
            "minutes": [[3, 2], [10, 1]],
            "served": {"cpu": {"min": 90, "max": 100, "last": 97}},
            "after": {"cpu": 12},
        }
    ]


def test_the_key_that_polled_first_comes_first(app, owner, make, truck, get_rehearsal):
    spike = make.spike(truck)
    for key, seconds in ((1, 9), (2, 3), (3, 3)):
        first = NOW + timedelta(seconds=seconds)
        add_receipt(
            app,
            spike["rehearsal_id"],
            api_key_id=key,
            key_owner_id=owner.user_id,
            first_polled_at=first,
        )
    assert [each["api_key_id"] for each in get_rehearsal(spike)["polls"]] == [2, 3, 1]


def test_keys_of_others_are_not_named(app, owner, admin, make, truck, get_rehearsal):
    spike = make.spike(truck)
    add_receipt(app, spike["rehearsal_id"], key_owner_id=admin.user_id)
    (polls,) = get_rehearsal(spike)["polls"]
    assert (polls["api_key_id"], polls["label"], polls["polls"]) == (None, None, 2)
    (polls,) = get_rehearsal(spike, admin)["polls"]
    assert (polls["api_key_id"], polls["label"]) == (1, "prometheus")


# --- ETags ---------------------------------------------------------------------------------------------


def test_the_etag_changes_with_the_record_and_not_with_time(owner, make, truck, clock):
    spike = make.spike(truck)
    path = f"{PATH}/{spike['rehearsal_id']}"
    before = owner.get(path).headers["ETag"]
    clock.shift(60)
    assert owner.get(path).headers["ETag"] == before
    owner.post(f"/api/spike-schedules/{spike['id']}/end")
    assert owner.get(path).headers["ETag"] != before
