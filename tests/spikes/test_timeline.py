"""GET /api/timeline: the spikes of many collections within a time range."""

import pytest

from tests.support.problems import faults, refused
from tests.support.statements import work
from tests.support.timestamps import at


@pytest.fixture
def devices(make):
    """Create three collections: B has an active and a scheduled spike, C one in a month."""
    a, b, c = (make.collection(name, {}) for name in ("A", "B", "C"))
    return {
        "A": a,
        "B": b,
        "C": c,
        "now": make.spike(b, name="now"),
        "soon": make.spike(b, name="soon", start_datetime=at(120)),
        "far": make.spike(c, name="far", start_datetime=at(60 * 24 * 30)),
    }


def get_timeline(caller, query=""):
    response = caller.get(f"/api/timeline{query}")
    assert response.status_code == 200, response.text
    return {item["name"]: [spike["name"] for spike in item["spikes"]] for item in response.json["items"]}


def test_an_item_is_a_collection_with_its_spikes(owner, make, devices):
    make.key(label="prometheus").data("B")
    response = owner.get("/api/timeline")
    assert {name: response.json[name] for name in ("total", "page", "per_page")} == {
        "total": 3,
        "page": 1,
        "per_page": 50,
    }
    item = response.json["items"][1]
    assert item["spike"] == item["spikes"][0]
    assert item == {
        "spike": item["spike"],
        "id": devices["B"]["id"],
        "name": "B",
        "last_polled_at": at(0),
        "spikes": [
            {
                "id": devices["now"]["id"],
                "name": "now",
                "start_datetime": at(0),
                "end_datetime": at(60),
                "status": "active",
            },
            {
                "id": devices["soon"]["id"],
                "name": "soon",
                "start_datetime": at(120),
                "end_datetime": at(180),
                "status": "scheduled",
            },
        ],
        "earlier": None,
        "later": None,
    }


def test_the_default_range_ends_in_7_days(owner, make, devices):
    assert get_timeline(owner) == {"A": [], "B": ["now", "soon"], "C": []}
    make.spike(devices["A"], name="begins in time", start_datetime=at(60 * 24 * 7 - 1))
    make.spike(devices["C"], name="begins too late", start_datetime=at(60 * 24 * 7))
    assert get_timeline(owner) == {"A": ["begins in time"], "B": ["now", "soon"], "C": []}


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        (at(-60), at(0), []),
        (at(-60), at(0.1), ["now"]),
        (at(59), at(120), ["now"]),
        (at(60), at(120), []),
        (at(60), at(121), ["soon"]),
        (at(179), at(500), ["soon"]),
        (at(30), at(31), ["now"]),
    ],
    ids=[
        "ends at the start of a spike",
        "ends during a spike",
        "starts during a spike",
        "between two spikes",
        "ends during the next spike",
        "starts during the next spike",
        "within a spike",
    ],
)
def test_spikes_that_overlap_the_range_are_shown(owner, devices, start, end, seen):
    assert get_timeline(owner, f"?from={start}&to={end}")["B"] == seen


def test_the_range_may_be_in_the_past(owner, devices):
    assert get_timeline(owner, "?from=1970-01-01T00:00:00Z&to=1970-02-01T00:00:00Z") == {
        "A": [],
        "B": [],
        "C": [],
    }


def test_one_bound_of_the_range_is_enough(owner, devices):
    assert get_timeline(owner, f"?from={at(60 * 24 * 29)}")["C"] == ["far"]
    assert get_timeline(owner, f"?to={at(60 * 24 * 31)}")["C"] == ["far"]


@pytest.mark.parametrize("span", ["", "?from=2031-01-01T00:00:00Z", "?to=1970-02-01T00:00:00Z"], ids=str)
def test_the_active_or_else_the_next_spike_is_included_whatever_the_range(owner, devices, span):
    items = owner.get(f"/api/timeline{span}").json["items"]
    current = {item["name"]: item["spike"] and item["spike"]["name"] for item in items}
    assert current == {"A": None, "B": "now", "C": "far"}


def test_the_timeline_has_pages_and_searches_collection_names(owner, devices):
    assert list(get_timeline(owner, "?per_page=2")) == ["A", "B"]
    assert list(get_timeline(owner, "?per_page=2&page=2")) == ["C"]
    assert get_timeline(owner, "?search=b") == {"B": ["now", "soon"]}


def test_the_timeline_searches_the_names_of_spikes_and_overridden_fields(owner, make, devices):
    disk = make.collection("D", {"name": "disk_io"}, {"name": "cpu"})
    make.spike(disk, {"original_field_id": disk["fields"][0]["id"], "range_start_number": 6}, name="drill")
    assert list(get_timeline(owner, "?search=FAR")) == ["C"]
    assert list(get_timeline(owner, "?search=k_io")) == ["D"]
    assert list(get_timeline(owner, "?search=cpu")) == []


def test_lanes_can_be_sorted_by_their_active_or_next_spike(owner, make, devices):
    make.collection("0 without spikes", {})
    make.spike(make.collection("Z", {}), name="next", start_datetime=at(90))
    make.spike(make.collection("Y", {}), name="also active", start_datetime=at(-10), duration=3600)
    assert list(get_timeline(owner, "?sort=standing")) == ["Y", "B", "Z", "C", "0 without spikes", "A"]
    assert list(get_timeline(owner, "?sort=standing&per_page=2&page=2")) == ["Z", "C"]
    assert list(get_timeline(owner, "?sort=standing&search=s")) == ["Y", "B", "0 without spikes"]


def test_a_spike_that_has_ended_does_not_move_its_lane_up(owner, devices, clock):
    owner.post(f"/api/spike-schedules/{devices['now']['id']}/end")
    owner.delete(f"/api/spike-schedules/{devices['soon']['id']}")
    clock.shift(1)
    assert list(get_timeline(owner, "?sort=standing")) == ["C", "A", "B"]


def outside(caller, query):
    items = caller.get(f"/api/timeline{query}").json["items"]
    return {item["name"]: (item["earlier"], item["later"]) for item in items}


def test_spikes_outside_of_the_range_are_counted_with_the_nearest_start(owner, make, devices):
    make.spike(devices["B"], name="last", start_datetime=at(600))
    found = outside(owner, f"?from={at(60)}&to={at(120)}")
    assert found == {
        "A": (None, None),
        "B": ({"count": 1, "start_datetime": at(0)}, {"count": 2, "start_datetime": at(120)}),
        "C": (None, {"count": 1, "start_datetime": devices["far"]["start_datetime"]}),
    }
    later = {"count": 1, "start_datetime": at(600)}
    assert outside(owner, f"?from={at(121)}&to={at(122)}")["B"] == (
        {"count": 1, "start_datetime": at(0)},
        later,
    )


def test_of_the_spikes_outside_of_the_range_only_found_ones_are_counted(owner, devices):
    span = f"&from={at(180)}&to={at(200)}"
    start = {name: {"count": 1, "start_datetime": devices[name]["start_datetime"]} for name in ("now", "far")}
    assert outside(owner, f"?search=NOW{span}") == {"B": (start["now"], None)}
    assert outside(owner, f"?search=far{span}") == {"C": (None, start["far"])}
    assert outside(owner, f"?search=b{span}") == {"B": ({"count": 2, "start_datetime": at(120)}, None)}


def test_a_spike_that_was_ended_at_its_start_is_not_counted_outside_of_the_range(owner, devices):
    owner.post(f"/api/spike-schedules/{devices['now']['id']}/end")
    assert outside(owner, f"?search=now&from={at(180)}&to={at(200)}") == {"B": (None, None)}


def test_the_timeline_may_be_limited_to_one_collection(owner, stranger, devices):
    path = f"?collection_id={devices['B']['id']}"
    assert get_timeline(owner, path) == {"B": ["now", "soon"]}
    assert get_timeline(stranger, path) == {}


def test_an_expired_spike_is_shown_until_a_poll_deletes_it(owner, make, devices, clock):
    owner.patch(f"/api/spike-schedules/{devices['now']['id']}", {"end_datetime": at(30)})
    clock.shift(30 * 60)
    item = owner.get("/api/timeline?search=B").json["items"][0]
    assert [spike["status"] for spike in item["spikes"]] == ["expired", "scheduled"]
    make.key().data("B")
    assert get_timeline(owner)["B"] == ["soon"]


def test_the_default_range_includes_spikes_that_ended_earlier_today(owner, make, devices, clock):
    make.spike(devices["A"], name="early", duration=60)
    clock.shift(30 * 60)
    assert get_timeline(owner)["A"] == ["early"]


def test_users_see_their_own_collections_and_admins_all(admin, stranger, viewer, devices):
    assert list(get_timeline(admin)) == ["A", "B", "C"]
    assert get_timeline(stranger) == {}
    admin.patch(f"/api/collections/{devices['B']['id']}", {"owner_id": viewer.user_id})
    assert get_timeline(viewer) == {"B": ["now", "soon"]}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (f"from={at(1)}&to={at(0)}", "to"),
        (f"from={at(0)}&to={at(0)}", "to"),
        (f"from={at(0)}&to={at(60 * 24 * 400 + 1)}", "to"),
        ("from=yesterday", "from"),
        ("to=9999-01-01T00:00:00Z", "to"),
        ("form=x", "form"),
    ],
    ids=["ends before it starts", "empty", "more than 400 days", "no date", "past 9998", "unknown"],
)
def test_an_invalid_range_is_refused(owner, query, path):
    assert list(faults(owner.get(f"/api/timeline?{query}"))) == [path]


def test_a_range_of_400_days_is_accepted(owner, devices):
    assert get_timeline(owner, f"?from={at(0)}&to={at(60 * 24 * 400)}")["C"] == ["far"]


def test_the_timeline_requires_a_sign_in(nobody):
    refused(nobody.get("/api/timeline"), 401)


def test_the_number_of_queries_does_not_grow_with_the_number_of_collections(owner, make, devices, queries):
    with queries() as few:
        get_timeline(owner)
    for number in range(6):
        make.spike(make.collection(f"More {number}", {}))
    with queries() as many:
        get_timeline(owner)
    assert len(work(few)) == len(work(many))
