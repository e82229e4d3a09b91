"""The windows of many collections side by side."""

import pytest

from tests.support.problems import faults, refused
from tests.support.statements import work
from tests.support.timestamps import at


@pytest.fixture
def devices(make):
    """Three collections; B has an active spike and one to come, C one in a month."""
    a, b, c = (make.collection(name, {}) for name in ("A", "B", "C"))
    return {
        "A": a,
        "B": b,
        "C": c,
        "now": make.spike(b, name="now"),
        "soon": make.spike(b, name="soon", start_datetime=at(120)),
        "far": make.spike(c, name="far", start_datetime=at(60 * 24 * 30)),
    }


def shown(caller, query=""):
    response = caller.get(f"/api/timeline{query}")
    assert response.status_code == 200, response.text
    return {item["name"]: [spike["name"] for spike in item["spikes"]] for item in response.json["items"]}


def test_it_shows_each_collection_with_its_windows(owner, make, devices):
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


def test_without_bounds_it_shows_the_week_ahead(owner, make, devices):
    assert shown(owner) == {"A": [], "B": ["now", "soon"], "C": []}
    make.spike(devices["A"], name="begins in time", start_datetime=at(60 * 24 * 7 - 1))
    make.spike(devices["C"], name="begins too late", start_datetime=at(60 * 24 * 7))
    assert shown(owner) == {"A": ["begins in time"], "B": ["now", "soon"], "C": []}


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
    ids=["ends at its start", "ends within", "begins within", "between", "to the next", "its end", "inside"],
)
def test_a_window_shows_where_it_shares_an_instant_with_the_span(owner, devices, start, end, seen):
    assert shown(owner, f"?from={start}&to={end}")["B"] == seen


def test_the_span_may_be_in_the_past(owner, devices):
    assert shown(owner, "?from=1970-01-01T00:00:00Z&to=1970-02-01T00:00:00Z") == {"A": [], "B": [], "C": []}


def test_one_bound_gives_the_other(owner, devices):
    assert shown(owner, f"?from={at(60 * 24 * 29)}")["C"] == ["far"]
    assert shown(owner, f"?to={at(60 * 24 * 31)}")["C"] == ["far"]


@pytest.mark.parametrize("span", ["", "?from=2031-01-01T00:00:00Z", "?to=1970-02-01T00:00:00Z"], ids=str)
def test_the_active_schedule_or_else_the_next_is_told_wherever_the_span_is(owner, devices, span):
    items = owner.get(f"/api/timeline{span}").json["items"]
    told = {item["name"]: item["spike"] and item["spike"]["name"] for item in items}
    assert told == {"A": None, "B": "now", "C": "far"}


def test_it_comes_in_pages_and_is_searched_by_name(owner, devices):
    assert list(shown(owner, "?per_page=2")) == ["A", "B"]
    assert list(shown(owner, "?per_page=2&page=2")) == ["C"]
    assert shown(owner, "?search=b") == {"B": ["now", "soon"]}


def test_it_is_searched_by_the_names_of_spikes_and_of_what_they_override(owner, make, devices):
    disk = make.collection("D", {"name": "disk_io"}, {"name": "cpu"})
    make.spike(disk, {"original_field_id": disk["fields"][0]["id"], "range_start_number": 6}, name="drill")
    assert list(shown(owner, "?search=FAR")) == ["C"]
    assert list(shown(owner, "?search=k_io")) == ["D"]
    assert list(shown(owner, "?search=cpu")) == []


def test_one_collection_alone(owner, stranger, devices):
    path = f"?collection_id={devices['B']['id']}"
    assert shown(owner, path) == {"B": ["now", "soon"]}
    assert shown(stranger, path) == {}


def test_an_expired_window_shows_until_a_poll_clears_it_away(owner, make, devices, clock):
    owner.patch(f"/api/spike-schedules/{devices['now']['id']}", {"end_datetime": at(30)})
    clock.shift(30 * 60)
    item = owner.get("/api/timeline?search=B").json["items"][0]
    assert [spike["status"] for spike in item["spikes"]] == ["expired", "scheduled"]
    make.key().data("B")
    assert shown(owner)["B"] == ["soon"]


def test_what_ended_today_still_shows_without_bounds(owner, make, devices, clock):
    make.spike(devices["A"], name="early", duration=60)
    clock.shift(30 * 60)
    assert shown(owner)["A"] == ["early"]


def test_everybody_sees_their_own_and_an_admin_all(admin, stranger, viewer, devices):
    assert list(shown(admin)) == ["A", "B", "C"]
    assert shown(stranger) == {}
    admin.patch(f"/api/collections/{devices['B']['id']}", {"owner_id": viewer.user_id})
    assert shown(viewer) == {"B": ["now", "soon"]}


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
    ids=["inside out", "empty", "more than 400 days", "no date", "past 9998", "unknown"],
)
def test_a_span_that_is_none_is_refused(owner, query, path):
    assert list(faults(owner.get(f"/api/timeline?{query}"))) == [path]


def test_400_days_are_shown(owner, devices):
    assert shown(owner, f"?from={at(0)}&to={at(60 * 24 * 400)}")["C"] == ["far"]


def test_nobody_may_look_without_signing_in(nobody):
    refused(nobody.get("/api/timeline"), 401)


def test_the_number_of_queries_is_the_same_for_many(owner, make, devices, queries):
    with queries() as few:
        shown(owner)
    for number in range(6):
        make.spike(make.collection(f"More {number}", {}))
    with queries() as many:
        shown(owner)
    assert len(work(few)) == len(work(many))
