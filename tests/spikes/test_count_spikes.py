"""GET /api/spike-schedules/counts: the number of spikes per status, also of a search."""

import pytest

from tests.support.problems import faults, refused
from tests.support.timestamps import at


@pytest.fixture
def devices(make, clock):
    """Create an expired, an active and two scheduled spikes on the truck, and an active one on the server."""
    cpu = {"value_type": "NUMBER_RANGE", "name": "Cpu Load"}
    truck = make.collection("Truck", cpu, {"value_type": "INCREMENT", "name": "km"})
    server = make.collection("Server", cpu)
    cpu_id, km_id = (field["id"] for field in truck["fields"])
    hot = {"original_field_id": cpu_id, "range_end_number": 100}
    make.spike(truck, hot, name="early", duration=60)
    clock.shift(120)
    make.spike(truck, {"original_field_id": km_id, "step_number": 50}, name="current")
    make.spike(truck, name="later", start_datetime=at(120))
    make.spike(truck, hot, name="last", start_datetime=at(240))
    make.spike(server, name="server's")
    return {"truck": truck, "server": server}


def get_counts(caller, query=""):
    response = caller.get(f"/api/spike-schedules/counts{query}")
    assert response.status_code == 200, response.text
    return response.json


def get_names(caller, query):
    response = caller.get(f"/api/spike-schedules{query}")
    assert response.status_code == 200, response.text
    return [spike["name"] for spike in response.json["items"]]


def test_spikes_are_counted_by_status(owner, devices):
    assert get_counts(owner) == {"all": 5, "active": 2, "scheduled": 2, "expired": 1}


def test_all_counts_are_zero_without_spikes(owner):
    assert get_counts(owner) == {"all": 0, "active": 0, "scheduled": 0, "expired": 0}


def test_counts_may_be_limited_to_one_collection(owner, devices):
    query = f"?collection_id={devices['truck']['id']}"
    assert get_counts(owner, query) == {"all": 4, "active": 1, "scheduled": 2, "expired": 1}


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("LAT", ["later"]),
        ("server", ["server's"]),
        ("truck", ["early", "current", "later", "last"]),
        ("cpu load", ["early", "last"]),
        ("km", ["current"]),
        ("%", []),
    ],
    ids=[
        "a name",
        "a collection",
        "another collection",
        "an overridden field",
        "another field",
        "a wildcard",
    ],
)
def test_list_and_counts_search_names_collections_and_overridden_fields(owner, devices, search, names):
    query = f"?search={search.replace('%', '%25')}"
    assert get_names(owner, query) == names
    assert get_counts(owner, query)["all"] == len(names)


def test_the_list_of_one_collection_also_searches_overridden_fields(owner, devices):
    path = f"/api/collections/{devices['truck']['id']}/spike-schedules?search=km"
    assert [spike["name"] for spike in owner.get(path).json["items"]] == ["current"]


def test_a_spike_found_by_one_overridden_field_shows_all_its_overrides(owner, make):
    fields = [{"value_type": "NUMBER_RANGE", "name": name} for name in ("cpu", "memory")]
    truck = make.collection("Truck", *fields)
    make.spike(
        truck, *({"original_field_id": each["id"], "range_end_number": 30} for each in truck["fields"])
    )
    spike = owner.get("/api/spike-schedules?search=memory").json["items"][0]
    assert [copy["field_name"] for copy in spike["spike_fields"]] == ["cpu", "memory"]


def test_users_count_their_own_spikes_and_admins_all_spikes(admin, stranger, devices):
    assert get_counts(admin)["all"] == 5
    assert get_counts(stranger)["all"] == 0
    assert get_counts(stranger, f"?collection_id={devices['truck']['id']}")["all"] == 0


def test_counts_require_a_sign_in_and_refuse_unknown_parameters(owner, nobody):
    refused(nobody.get("/api/spike-schedules/counts"), 401)
    assert list(faults(owner.get("/api/spike-schedules/counts?status=active"))) == ["status"]
