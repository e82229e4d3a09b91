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
