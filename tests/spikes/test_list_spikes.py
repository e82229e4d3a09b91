"""GET /api/spike-schedules and GET /api/collections/{id}/spike-schedules."""

import pytest

from tests.support.problems import faults, refused
from tests.support.timestamps import at


@pytest.fixture
def collections(make):
    """Create two collections of the owner with three fields each."""
    fields = [{"name": name} for name in ("cpu", "ram", "disk")]
    return {name: make.collection(name, *fields) for name in ("Truck", "Änne's 100 %")}


@pytest.fixture
def spikes(make, clock, collections):
    """Create four spikes: at 08:05 one is expired, two are active and one is scheduled."""
    spikes = {}
    for name, collection, start, end in (
        ("expired", "Truck", 0, 5),
        ("active", "Truck", 5, 30),
        ("scheduled", "Truck", 30, 50),
        ("Übung_1", "Änne's 100 %", 2, 40),
    ):
        spikes[name] = make.spike(
            collections[collection], name=name, start_datetime=at(start), end_datetime=at(end)
        )
        clock.shift(1)
    clock.move_to(at(5))
    return spikes


def list_names(caller, path="/api/spike-schedules", **query):
    response = caller.get(path, query_string=query)
    assert response.status_code == 200, response.text
    assert response.json["total"] == len(response.json["items"])
    return [item["name"] for item in response.json["items"]]


def test_the_list_is_empty_without_spikes(owner):
    page = owner.get("/api/spike-schedules").json
    assert page == {"items": [], "total": 0, "page": 1, "per_page": 50}


def test_list_items_contain_only_the_overridden_copies(owner, make, collections):
    truck = collections["Truck"]
    cpu, _, disk = truck["fields"]
    spike = make.spike(
        truck,
        {"original_field_id": disk["id"], "range_start_number": 6},
        {"original_field_id": cpu["id"], "range_start_number": 6},
    )
    (item,) = owner.get("/api/spike-schedules").json["items"]
    assert len(spike["spike_fields"]) == 3
    overridden = [copy for copy in spike["spike_fields"] if copy["is_overridden"]]
    assert [copy["field_name"] for copy in overridden] == ["cpu", "disk"]
    assert item == item | spike | {"spike_fields": overridden}


def test_spikes_are_sorted_by_start_by_default(owner, spikes):
    assert list_names(owner) == ["expired", "Übung_1", "active", "scheduled"]


def test_users_see_the_spikes_of_their_own_collections_and_admins_all(
    owner, stranger, viewer, admin, spikes, collections
):
    collection_id = collections["Änne's 100 %"]["id"]
    admin.patch(f"/api/collections/{collection_id}", {"owner_id": viewer.user_id})
    assert list_names(owner) == ["expired", "active", "scheduled"]
    assert list_names(viewer) == ["Übung_1"]
    assert list_names(viewer, f"/api/collections/{collection_id}/spike-schedules") == ["Übung_1"]
    assert list_names(stranger) == []
    assert len(list_names(admin)) == 4


def test_the_list_may_be_limited_to_one_collection(owner, collections, spikes):
    truck = collections["Truck"]["id"]
    assert list_names(owner, collection_id=truck) == ["expired", "active", "scheduled"]
    assert list_names(owner, f"/api/collections/{truck}/spike-schedules") == [
        "expired",
        "active",
        "scheduled",
    ]


def test_spikes_of_another_users_collection_are_hidden(stranger, collections, spikes):
    truck = collections["Truck"]["id"]
    assert list_names(stranger, collection_id=truck) == []
    refused(stranger.get(f"/api/collections/{truck}/spike-schedules"), 404)


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("expired", ["expired"]),
        ("active", ["Übung_1", "active"]),
        ("scheduled", ["scheduled"]),
    ],
)
def test_the_status_filter_uses_the_current_status(owner, spikes, status, found):
    assert list_names(owner, status=status) == found
    items = owner.get(f"/api/spike-schedules?status={status}").json["items"]
    assert {item["status"] for item in items} == {status}


def test_current_are_active_and_scheduled_ones(owner, spikes):
    items = owner.get("/api/spike-schedules?status=current&sort=standing").json["items"]
    assert [item["status"] for item in items] == ["active", "active", "scheduled"]


def test_the_filters_by_status_collection_and_search_combine(owner, spikes, collections):
    truck = collections["Truck"]["id"]
    path = f"/api/collections/{truck}/spike-schedules"
    assert list_names(owner, status="active", collection_id=truck) == ["active"]
    assert list_names(owner, path, status="active") == ["active"]
    assert list_names(owner, path, status="active", search="ACT") == ["active"]
    assert list_names(owner, path, status="active", search="exp") == []


@pytest.mark.parametrize(
    ("minute", "expected"),
    [
        (0, ["active", "scheduled", "scheduled", "scheduled"]),
        (5, ["expired", "active", "active", "scheduled"]),
        (30, ["expired", "active", "expired", "active"]),
        (50, ["expired", "expired", "expired", "expired"]),
    ],
)
def test_the_status_of_each_item_follows_the_clock_and_matches_the_filter(
    owner, spikes, clock, minute, expected
):
    clock.move_to(at(minute))
    items = owner.get("/api/spike-schedules").json["items"]
    assert [item["status"] for item in items] == expected
    for status in ("expired", "active", "scheduled"):
        assert list_names(owner, status=status) == [
            item["name"] for item in items if item["status"] == status
        ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ACTIVE", ["active"]),
        ("e", ["expired", "Übung_1", "active", "scheduled"]),
        ("üBUNG", ["Übung_1"]),
        ("ÄNNE", ["Übung_1"]),
        ("truck", ["expired", "active", "scheduled"]),
        ("%", ["Übung_1"]),
        ("_", ["Übung_1"]),
        ("'", ["Übung_1"]),
        ("act_ve", []),
        ("Bridge", []),
    ],
)
def test_search_finds_part_of_the_spike_name_or_collection_name(owner, spikes, search, found):
    assert list_names(owner, search=search) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", ["expired", "active", "scheduled", "Übung_1"]),
        ("-id", ["Übung_1", "scheduled", "active", "expired"]),
        ("name", ["active", "expired", "scheduled", "Übung_1"]),
        ("-name", ["Übung_1", "scheduled", "expired", "active"]),
        ("collection_name", ["expired", "active", "scheduled", "Übung_1"]),
        ("-collection_name", ["Übung_1", "scheduled", "active", "expired"]),
        ("start_datetime", ["expired", "Übung_1", "active", "scheduled"]),
        ("-start_datetime", ["scheduled", "active", "Übung_1", "expired"]),
        ("end_datetime", ["expired", "active", "Übung_1", "scheduled"]),
        ("-end_datetime", ["scheduled", "Übung_1", "active", "expired"]),
        ("created_at", ["expired", "active", "scheduled", "Übung_1"]),
        ("-created_at", ["Übung_1", "scheduled", "active", "expired"]),
    ],
)
def test_the_list_is_sorted_by_a_column_in_either_direction(owner, spikes, sort, order):
    assert list_names(owner, sort=sort) == order


def test_sorting_by_standing_lists_expired_spikes_last(owner, spikes, clock):
    assert list_names(owner, sort="standing") == ["Übung_1", "active", "scheduled", "expired"]
    clock.move_to(at(35))
    assert list_names(owner, sort="standing") == ["Übung_1", "scheduled", "active", "expired"]
    assert list_names(owner, sort="-standing") == ["expired", "active", "scheduled", "Übung_1"]


def test_pages_are_consecutive_and_report_the_total(owner, spikes):
    pages = [
        owner.get("/api/spike-schedules", query_string={"per_page": 3, "page": page}).json
        for page in (1, 2, 3)
    ]
    assert [[item["name"] for item in page["items"]] for page in pages] == [
        ["expired", "Übung_1", "active"],
        ["scheduled"],
        [],
    ]
    assert {page["total"] for page in pages} == {4}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("status=over", "status"),
        ("status=", "status"),
        ("status=Active", "status"),
        ("collection_id=0", "collection_id"),
        ("collection_id=Truck", "collection_id"),
        ("collection_id=2147483648", "collection_id"),
        ("sort=status", "sort"),
        ("sort=spike_fields", "sort"),
        ("per_page=0", "per_page"),
        ("per_page=201", "per_page"),
        ("page=0", "page"),
        ("colour=red", "colour"),
    ],
)
def test_an_invalid_or_unknown_query_parameter_is_refused(owner, query, path):
    assert set(faults(owner.get(f"/api/spike-schedules?{query}"))) == {path}


def test_the_list_of_one_collection_refuses_a_collection_id_parameter(owner, collections):
    truck = collections["Truck"]["id"]
    errors = faults(owner.get(f"/api/collections/{truck}/spike-schedules?collection_id={truck}"))
    assert errors == {"collection_id": ["is not a known key"]}


def test_the_number_of_queries_does_not_grow_with_the_number_of_spikes(
    owner, spikes, make, collections, queries
):
    with queries() as few:
        assert len(list_names(owner, status="expired")) == 1
    for number in range(5):
        truck = collections["Truck"]
        overrides = [{"original_field_id": field["id"], "range_start_number": 6} for field in truck["fields"]]
        start, end = at(100 + 10 * number), at(110 + 10 * number)
        make.spike(truck, *overrides, start_datetime=start, end_datetime=end)
    with queries() as many:
        assert len(list_names(owner)) == 9
    assert many.count <= few.count
